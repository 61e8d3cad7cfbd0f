// Package relation puts together what belongs together in a room: edits,
// reactions, threads and polls, from events in any order.
//
// Its law: what it answers depends on which events it has and not on when they
// came. A relation may come before its target, be redacted before it comes, or be
// decrypted last; no rule may be checked only once. It has no I/O and no clock,
// and it trusts no event: what does not fit counts for nothing.
//
// It reads relations as the server sees them, in the clear (event.Relation). It
// does not decide what is shown (timeline) or what is stored (history).
package relation

import (
	"cmp"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Event is what the set must know of an event.
type Event struct {
	ID     event.EventID
	Sender event.UserID
	// TS is origin_server_ts.
	TS int64
	// Pending orders what this device has on its way, from 1; 0 is for what the
	// server has. What is pending comes after everything else.
	Pending int
	State   bool
	// Redacted: the server has redacted it before it came.
	Redacted bool
	// Sealed: it came encrypted. Then Type and Content are what it was decrypted
	// to, and empty until it is.
	Sealed   bool
	Type     string
	Content  scan.Value
	Relation event.Relation
	// Bundled is what the server sums up of what relates to it, for the caller.
	Bundled scan.Value
}

func (e *Event) opened() bool { return e.Type != event.RoomEncrypted && e.Type != "" }

// compare orders events that compete, such as edits (spec: event replacements).
func compare(a, b *Event) int {
	return cmp.Or(cmp.Compare(a.Pending, b.Pending), cmp.Compare(a.TS, b.TS), cmp.Compare(a.ID, b.ID))
}

// Room is what the rules ask of a room.
type Room struct {
	Me event.UserID
	// Before tells the order of two events of the timeline.
	Before func(a, b event.EventID) bool
	// MayRedact reports whether a user may redact others' events now.
	MayRedact func(event.UserID) bool
}

// Set holds the events of a room that are known and answers what they make of
// each other. It is for one goroutine at a time.
type Set struct {
	room    Room
	events  map[event.EventID]*Event
	gone    map[event.EventID]int // how many redactions of an event there are
	ignored func(event.UserID) bool
	// related are the events that relate to a target, answers those that reply to
	// it, known or not.
	related map[event.EventID]members
	answers map[event.EventID]members
	bundles map[event.EventID]Bundle
	changed members
}

type members map[event.EventID]struct{}

// NewSet returns an empty set.
func NewSet(room Room) *Set {
	return &Set{
		room:    room,
		events:  map[event.EventID]*Event{},
		gone:    map[event.EventID]int{},
		related: map[event.EventID]members{},
		answers: map[event.EventID]members{},
		bundles: map[event.EventID]Bundle{},
		changed: members{},
		ignored: func(event.UserID) bool { return false },
	}
}

// Put adds an event, or what is known of it now.
func (s *Set) Put(e Event) {
	if old := s.events[e.ID]; old != nil {
		s.unlink(old)
	}
	if e.Relation.ID == e.ID {
		e.Relation = event.Relation{}
	}
	s.events[e.ID] = &e
	s.link(&e)
}

// Get returns what is known of an event, or nil.
func (s *Set) Get(id event.EventID) *Event { return s.events[id] }

// Remove forgets an event.
func (s *Set) Remove(id event.EventID) {
	if old := s.events[id]; old != nil {
		s.unlink(old)
		delete(s.events, id)
	}
	s.touch(id)
	delete(s.bundles, id)
}

// Redact notes a redaction of an event, known or not. Servers pass one on only
// where its sender was allowed to (spec: redactions).
func (s *Set) Redact(id event.EventID) {
	s.gone[id]++
	s.touchWithTarget(id)
}

// Unredact takes back a redaction that was noted, as one that was not sent.
func (s *Set) Unredact(id event.EventID) {
	if s.gone[id]--; s.gone[id] <= 0 {
		delete(s.gone, id)
	}
	s.touchWithTarget(id)
}

// Redacted reports whether an event is known to be redacted.
func (s *Set) Redacted(id event.EventID) bool {
	e := s.events[id]
	return s.gone[id] > 0 || e != nil && e.Redacted
}

func (s *Set) redacted(e *Event) bool { return e.Redacted || s.gone[e.ID] > 0 }

// IsPart reports whether an event is an edit or an annotation of another.
func (s *Set) IsPart(id event.EventID) bool {
	e := s.events[id]
	return e != nil && (e.Relation.Type == event.Replace || e.Relation.Type == event.Annotation)
}

// Ignored reports whether the user ignores another.
func (s *Set) Ignored(user event.UserID) bool { return s.ignored(user) }

// Ignore says whose events count for nothing (spec: ignoring users).
func (s *Set) Ignore(ignored func(event.UserID) bool) {
	for id, e := range s.events {
		if s.ignored(e.Sender) != ignored(e.Sender) {
			s.touchWithTarget(id)
		}
	}
	s.ignored = ignored
}

// Changed returns the events of which an answer may be another now, known or
// not, and forgets them.
func (s *Set) Changed() map[event.EventID]struct{} {
	changed := s.changed
	s.changed = members{}
	return changed
}

func (s *Set) link(e *Event) {
	insert(s.related, e.Relation.ID, e.ID)
	insert(s.answers, e.Relation.ReplyTo, e.ID)
	s.touchAll(e)
}

func (s *Set) unlink(e *Event) {
	s.touchAll(e)
	remove(s.related, e.Relation.ID, e.ID)
	remove(s.answers, e.Relation.ReplyTo, e.ID)
}

// touchAll marks all that an event has a part in.
func (s *Set) touchAll(e *Event) {
	s.touch(e.ID)
	if e.Relation.ID != "" {
		s.touch(e.Relation.ID)
	}
	s.touchThreads(e.ID, MaxHops+1)
}

// touchThreads marks what may belong to another thread now.
func (s *Set) touchThreads(id event.EventID, hops int) {
	for child := range s.related[id] {
		s.changed[child] = struct{}{}
		if hops > 1 {
			s.touchThreads(child, hops-1)
		}
	}
}

func (s *Set) touchWithTarget(id event.EventID) {
	s.touch(id)
	if e := s.events[id]; e != nil && e.Relation.ID != "" {
		s.touch(e.Relation.ID)
	}
}

// touch marks an event, those who quote it, and the thread that it may be the
// latest of.
func (s *Set) touch(id event.EventID) {
	s.changed[id] = struct{}{}
	for answer := range s.answers[id] {
		s.changed[answer] = struct{}{}
	}
	if e := s.events[id]; e != nil && e.Relation.Type == event.Thread {
		s.changed[e.Relation.ID] = struct{}{}
	}
}

// counts reports whether an event has effect on others.
func (s *Set) counts(e *Event) bool { return !s.redacted(e) && !s.ignored(e.Sender) && !e.State }

// children yields the events of that relation to a target that have effect.
func (s *Set) children(target event.EventID, relation string) func(yield func(*Event) bool) {
	return func(yield func(*Event) bool) {
		for id := range s.related[target] {
			if e := s.events[id]; e.Relation.Type == relation && s.counts(e) && !yield(e) {
				return
			}
		}
	}
}

func insert(all map[event.EventID]members, of, id event.EventID) {
	if of == "" {
		return
	}
	if all[of] == nil {
		all[of] = members{}
	}
	all[of][id] = struct{}{}
}

func remove(all map[event.EventID]members, of, id event.EventID) {
	if delete(all[of], id); len(all[of]) == 0 {
		delete(all, of)
	}
}

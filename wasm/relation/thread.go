package relation

import "github.com/alcove-chat/alcove/wasm/event"

// MaxHops is how far an event may be from one that is in a thread to belong to
// it (spec: threading).
const MaxHops = 3

// ThreadOf returns the root of the thread that an event belongs to, or "". The root
// itself is outside.
func (s *Set) ThreadOf(id event.EventID) event.EventID {
	e := s.events[id]
	for hop := 0; e != nil && hop <= MaxHops; hop++ {
		switch e.Relation.Type {
		case "":
			return ""
		case event.Thread:
			if !s.mayBeRoot(e.Relation.ID) {
				return ""
			}
			return e.Relation.ID
		}
		e = s.events[e.Relation.ID]
	}
	return ""
}

func (s *Set) mayBeRoot(id event.EventID) bool {
	root := s.events[id]
	return root == nil || root.Relation.Type == ""
}

// Thread sums up a thread.
type Thread struct {
	// Count counts its messages without the root.
	Count int
	// Participated: the user wrote one of them, or the root (spec: server-side
	// aggregation of m.thread).
	Participated bool
	// Latest is the last of those that are known, or "".
	Latest event.EventID
}

// Bundle is what a server says of a thread (spec: server-side aggregation of
// m.thread): it covers what the server knew then.
type Bundle struct {
	Count        int
	Participated bool
	Latest       event.EventID
	LatestTS     int64
}

// SetBundle notes what the server says of the thread of a root.
func (s *Set) SetBundle(root event.EventID, b Bundle) {
	s.bundles[root] = b
	s.touch(root)
}

// Thread returns the thread of a root, with Count 0 where there is none. What the
// server has counted and what came since is counted once (FEATURES 7-13).
func (s *Set) Thread(root event.EventID) Thread {
	if !s.mayBeRoot(root) {
		return Thread{}
	}
	b := s.bundles[root]
	t := Thread{Participated: b.Participated || s.isOwn(root)}
	known, since, gone := 0, 0, 0
	for id := range s.related[root] {
		e := s.events[id]
		if e.Relation.Type != event.Thread {
			continue
		}
		covered := b.Count > 0 && s.covers(b, e)
		switch {
		case !s.counts(e) && covered:
			gone++
			continue
		case !s.counts(e):
			continue
		case !covered:
			since++
		}
		known++
		t.Participated = t.Participated || e.Sender == s.room.Me
		if t.Latest == "" || s.room.Before(t.Latest, id) {
			t.Latest = id
		}
	}
	t.Count = max(known, b.Count+since-gone)
	return t
}

func (s *Set) isOwn(id event.EventID) bool {
	e := s.events[id]
	return e != nil && e.Sender == s.room.Me
}

// covers reports whether the server had counted an event. Where the latest that it
// knew is not known here, as behind a gap, the time they claim has to do.
func (s *Set) covers(b Bundle, e *Event) bool {
	switch {
	case e.Pending > 0:
		return false
	case e.ID == b.Latest:
		return true
	}
	if latest := s.events[b.Latest]; latest != nil && latest.Relation.Type == event.Thread && latest.Relation.ID == e.Relation.ID {
		return s.room.Before(e.ID, b.Latest)
	}
	return e.TS <= b.LatestTS
}

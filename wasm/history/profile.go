package history

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Past is what is known about the senders of an older page.
type Past struct {
	// Own is the user: only their events can have been sent by this device.
	Own event.UserID
	// State are the lazy-loaded members that came with the page: as of its
	// newest event.
	State []event.Event
	// Newer are stored entries that follow the page, oldest first.
	Newer []table.Entry
	// Current gives a member's profile of today; it may be nil.
	Current func(event.UserID) event.Profile
}

// Profiles gives each event of a /messages page, newest first, its sender's
// profile at the time. It walks back in time: a member event's own content
// holds for itself, what it replaced (unsigned.prev_content) for all before.
func Profiles(page []event.Event, past Past) []table.Entry {
	known := past.known()
	entries := make([]table.Entry, len(page))
	for i, e := range page {
		entries[i] = table.Entry{Event: e, Profile: profileAt(&e, known, past.Current)}
		if e.Sender == past.Own {
			entries[i].Txn = e.TxnID()
		}
		known[e.Sender] = entries[i].Profile
		unwind(&e, known)
	}
	return entries
}

// known are the profiles at the time of the page's newest event.
func (p *Past) known() map[event.UserID]event.Profile {
	known := map[event.UserID]event.Profile{}
	for i := range p.Newer {
		e := &p.Newer[len(p.Newer)-1-i]
		known[e.Sender] = e.Profile
		unwind(&e.Event, known)
	}
	for i := range p.State {
		if e := &p.State[i]; isMember(e) && event.ReadMembership(e.Content()) == event.Join {
			known[event.UserID(*e.StateKey)] = event.ReadProfile(e.Content())
		}
	}
	return known
}

// Strangers are the senders of a page whose profile of today may be asked for.
func (p *Past) Strangers(page []event.Event) (all []event.UserID) {
	known := p.known()
	for i := range page {
		if _, ok := known[page[i].Sender]; !ok {
			known[page[i].Sender] = event.Profile{}
			all = append(all, page[i].Sender)
		}
	}
	return all
}

// SyncProfiles gives each event of a sync page, oldest first, its sender's
// profile at the time: that of before, changed by the member events on the way.
func SyncProfiles(page []event.Event, own event.UserID, before func(event.UserID) event.Profile) []table.Entry {
	known := map[event.UserID]event.Profile{}
	entries := make([]table.Entry, len(page))
	for i, e := range page {
		profile, ok := known[e.Sender]
		if !ok {
			profile = before(e.Sender)
		}
		if isMember(&e) {
			if p, ok := memberProfile(&e); ok {
				known[event.UserID(*e.StateKey)] = p
				if e.Sender == event.UserID(*e.StateKey) {
					profile = p
				}
			}
		}
		entries[i] = table.Entry{Event: e, Profile: profile}
		if e.Sender == own {
			entries[i].Txn = e.TxnID()
		}
	}
	return entries
}

func profileAt(e *event.Event, known map[event.UserID]event.Profile, current func(event.UserID) event.Profile) event.Profile {
	if isMember(e) && e.Sender == event.UserID(*e.StateKey) {
		if p, ok := memberProfile(e); ok {
			return p
		}
	}
	if p, ok := known[e.Sender]; ok {
		return p
	}
	if current != nil {
		return current(e.Sender)
	}
	return event.Profile{}
}

// unwind makes known what held before a member event.
func unwind(e *event.Event, known map[event.UserID]event.Profile) {
	if !isMember(e) {
		return
	}
	prev := e.PrevContent()
	if prev != nil && hasProfile(prev) {
		known[event.UserID(*e.StateKey)] = event.ReadProfile(prev)
	}
}

// memberProfile is the profile that a member event shows for its target. Who
// leaves says nothing of a name, so theirs is the one they had.
func memberProfile(e *event.Event) (event.Profile, bool) {
	content := e.Content()
	if event.ReadMembership(content) == event.Join || hasProfile(content) {
		return event.ReadProfile(content), true
	}
	if prev := e.PrevContent(); prev != nil && hasProfile(prev) {
		return event.ReadProfile(prev), true
	}
	return event.Profile{}, false
}

// hasProfile reports whether a member content says how to show its target: a
// join always does, by leaving out what is unset.
func hasProfile(content []byte) bool {
	p := event.ReadProfile(content)
	return p != event.Profile{} || event.ReadMembership(content) == event.Join
}

func isMember(e *event.Event) bool { return e.Type == event.RoomMember && e.StateKey != nil }

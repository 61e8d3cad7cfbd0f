package syncer

import (
	"github.com/alcove-chat/alcove/wasm/event"
)

// joinsOrStays: the contents of leaves and bans hold no profile, so whoever
// leaves keeps the one they had.
func joinsOrStays(e *event.Event) bool {
	switch event.ReadMembership(e.Content()) {
	case event.Join, event.Invite, event.Knock:
		return true
	}
	return false
}

// profilesBefore returns the senders' profiles at the start of the timeline
// (FEATURES D-02): what is stored, then what the response says of the time before. Where it
// says only what holds after the timeline, a sender's first member event in
// the timeline tells by prev_content what was before it.
func (w *roomWork) profilesBefore(known members) map[event.UserID]event.Profile {
	profiles := map[event.UserID]event.Profile{}
	for i := range w.timeline {
		if _, p, ok := known(w.timeline[i].Sender); ok {
			profiles[w.timeline[i].Sender] = p
		}
	}
	before := w.base
	if w.body.after != nil {
		before = w.effective
	}
	for i := range before {
		if before[i].Type == event.RoomMember && joinsOrStays(&before[i]) {
			profiles[event.UserID(*before[i].StateKey)] = event.ReadProfile(before[i].Content())
		}
	}
	seen := map[event.UserID]bool{}
	for i := range w.timeline {
		e := &w.timeline[i]
		if e.Type != event.RoomMember || e.StateKey == nil || seen[event.UserID(*e.StateKey)] {
			continue
		}
		user := event.UserID(*e.StateKey)
		seen[user] = true
		if prev := e.PrevContent(); prev != nil {
			profiles[user] = event.ReadProfile(prev)
		}
	}
	return profiles
}

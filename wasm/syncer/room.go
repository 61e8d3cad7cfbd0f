package syncer

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// roomWork is one joined or left room of a response on its way into a turn:
// first prepare, which says what must be read, then write.
type roomWork struct {
	section
	body roomBody
	room *table.Room
	// effective are the state events that change the room's state, in order.
	effective []event.Event
	// base are the state events that held before the timeline, if known.
	base     []event.Event
	timeline []event.Event
	limited  bool
	prev     string
	unknown  bool // nothing is stored of the room
	fresh    bool // the room was not joined before this response
	poison   []scan.Value
}

// prepare reads the section and names what the turn must fetch. It returns nil
// for a left room that was never known.
func (p *pass) prepare(t *ledger.Turn, s section) *roomWork {
	if s.kind == left && t.Room(s.id) == nil {
		return nil
	}
	w := &roomWork{section: s, body: s.open()}
	w.room, w.unknown = p.addRoom(t, s.id)
	w.fresh = w.unknown || w.room.Membership != event.Join
	if w.fresh && s.kind == joined {
		// Stripped or archived state gives way to the state of the join.
		summary.ClearState(w.room)
		t.ClearState(w.room)
	}
	w.readState()
	w.needs(t, p.since)
	return w
}

func (p *pass) addRoom(t *ledger.Turn, id event.RoomID) (room *table.Room, isNew bool) {
	if room, isNew = t.AddRoom(id); isNew {
		p.added = append(p.added, id)
	}
	return room, isNew
}

func (w *roomWork) readState() {
	poison := func(raw scan.Value) { w.poison = append(w.poison, raw) }
	w.timeline = events(w.body.timeline.Get("events"), poison)
	w.limited = w.body.timeline.Get("limited").IsTrue()
	w.prev = w.body.timeline.Get("prev_batch").Text()
	if w.body.stateAfter.Exists() {
		// MSC4222: with state_after, timeline state must not touch the state,
		// even where state_after lacks it (FEATURES D-03).
		w.effective = states(events(w.body.stateAfter.Get("events"), poison))
		return
	}
	w.base = states(events(w.body.state.Get("events"), poison))
	w.effective = append(append([]event.Event(nil), w.base...), states(w.timeline)...)
}

func (w *roomWork) needs(t *ledger.Turn, since string) {
	for i := range w.effective {
		t.NeedState(w.room, w.effective[i].Type, *w.effective[i].StateKey)
	}
	for i := range w.timeline {
		t.NeedState(w.room, event.RoomMember, string(w.timeline[i].Sender))
	}
	for hero := range w.body.summary.Get("m.heroes").Items() {
		t.NeedState(w.room, event.RoomMember, hero.Text())
	}
	if (len(w.timeline) > 0 || w.limited) && !w.unknown {
		t.NeedHistory(w.room, w.limited || w.fresh || since == "")
	}
}

// write folds the section into the turn.
func (p *pass) write(t *ledger.Turn, w *roomWork) {
	w.room.Membership = event.Join
	if w.kind == left {
		w.room.Membership = event.Leave
	}
	before := w.profilesBefore(t)
	w.writeState(t, p.me)
	w.writeSummary(t, p.me)
	w.writeTimeline(t, p, before)
	w.writeUnread()
	p.writeEphemeral(t, w)
	p.writeRoomAccount(t, w)
	for _, raw := range w.poison {
		t.SetAside(raw)
	}
}

func (w *roomWork) writeState(t *ledger.Turn, me event.UserID) {
	state := t.State(w.room)
	for i := range w.effective {
		e := &w.effective[i]
		state.Set(e)
		summary.ApplyState(w.room, e, me)
		if e.Type == event.RoomMember && *e.StateKey == string(me) && w.kind == left {
			w.room.Membership = event.ReadMembership(e.Content())
		}
	}
	if w.room.Membership == event.Join && w.kind == left {
		w.room.Membership = event.Leave
	}
	c := t.Changed(w.room.ID)
	c.State = append(c.State, w.effective...)
}

func (w *roomWork) writeSummary(t *ledger.Turn, me event.UserID) {
	state := t.State(w.room)
	summary.ApplySummary(w.room, w.body.summary, me, func(id event.UserID) table.Hero {
		hero := table.Hero{ID: id}
		hero.Membership, hero.Profile, _ = state.Member(id)
		return hero
	})
	if w.fresh && !w.body.summary.Get("m.heroes").Exists() {
		w.room.Heroes = summary.Heroes(w.effective, me)
	}
}

// writeUnread takes the server's counts. Both members are deltas.
func (w *roomWork) writeUnread() {
	if n, ok := w.body.unread.Get("notification_count").AsInt(); ok && n >= 0 {
		w.room.Unread = int(n)
	}
	if n, ok := w.body.unread.Get("highlight_count").AsInt(); ok && n >= 0 {
		w.room.Highlights = int(n)
	}
	if w.kind == left {
		w.room.Unread, w.room.Highlights = 0, 0
	}
}

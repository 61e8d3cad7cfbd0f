package syncer

import (
	"slices"

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
	packed   bool // nothing but its parcel will be
	fresh    bool // the room was not joined before this response
	poison   []scan.Value
	read     []table.Receipt
	// others are stored events that new ones belong to.
	others []table.Entry
}

// prepare reads the section and names what the turn must fetch. It returns nil
// for a left room that was never known.
func (p *pass) prepare(t *ledger.Turn, s section) *roomWork {
	if s.kind == left && t.Room(s.id) == nil {
		return nil
	}
	w := &roomWork{section: s}
	if s.later != nil {
		w.body = *s.later
	} else {
		w.body = s.open()
	}
	w.room, w.unknown = p.addRoom(t, s.id)
	w.fresh = w.unknown || w.room.Membership != event.Join
	if w.fresh && s.kind == joined {
		// Stripped or archived state gives way to the state of the join.
		summary.ClearState(w.room)
		t.ClearState(w.room)
	}
	w.readState()
	if w.packed = s.later != nil || p.mayPack(t, w); !w.packed {
		w.read = w.receipts()
		w.needs(t, p.since)
		w.needsUnread(t, p.since)
	}
	return w
}

// mayPack: a room that comes with a first sync, and with nothing else, in which
// nobody asks this device for anything.
func (p *pass) mayPack(t *ledger.Turn, w *roomWork) bool {
	return p.since == "" && w.unknown && w.kind == joined && !p.twice[w.id] && t.MayPack(w.room, w.section.body) &&
		!p.asks(w)
}

func (p *pass) addRoom(t *ledger.Turn, id event.RoomID) (room *table.Room, isNew bool) {
	if room, isNew = t.AddRoom(id); isNew {
		p.added = append(p.added, id)
	}
	return room, isNew
}

func (w *roomWork) readState() {
	timeline, after := &w.body.timeline, w.body.after
	w.timeline, w.limited, w.prev = timeline.list, timeline.limited, timeline.prev
	if after != nil {
		// MSC4222: with state_after, timeline state must not touch the state,
		// even where state_after lacks it (FEATURES D-03).
		w.effective, w.poison = states(after.list[:0], after.list), slices.Concat(timeline.poison, after.poison)
		return
	}
	base := w.body.state.list
	w.base, w.poison = states(base[:0], base), slices.Concat(timeline.poison, w.body.state.poison)
	w.effective = states(w.base, w.timeline) // of which base stays the beginning
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

// write folds the section into the turn: what is stored of the room, and what
// lists show of it.
func (p *pass) write(t *ledger.Turn, w *roomWork) {
	if w.packed {
		entries, known := w.entries(p.me, nobody), w.member
		if w.later != nil {
			entries, known = w.following(p.me, t.Parcels(w.room)), nobody
		}
		t.Pack(w.room, w.section.body)
		p.show(t, w, eachOnce(entries), known)
		return
	}
	state := t.State(w.room)
	entries := w.entries(p.me, state.Member)
	w.meetEchoes(t, p.me, entries)
	p.show(t, w, w.store(t, p.since, entries), state.Member)
}

// store writes the records that the section makes. It returns the events of the
// timeline that were not known.
func (w *roomWork) store(t *ledger.Turn, since string, entries []table.Entry) []table.Entry {
	state := t.State(w.room)
	for i := range w.effective {
		state.Set(&w.effective[i])
	}
	c := t.Changed(w.room.ID)
	c.State = append(c.State, w.effective...)
	added := w.storeTimeline(t, since, entries)
	t.PutReceipts(w.room, w.read, w.unknown)
	w.countUnread(t, added)
	w.storeAccount(t)
	for _, raw := range w.poison {
		t.SetAside(raw)
	}
	return added
}

// members tells what is known of a member.
type members func(event.UserID) (event.Membership, event.Profile, bool)

func nobody(event.UserID) (event.Membership, event.Profile, bool) { return "", event.Profile{}, false }

// member is what the section alone says of a member.
func (w *roomWork) member(user event.UserID) (event.Membership, event.Profile, bool) {
	for i := len(w.effective) - 1; i >= 0; i-- {
		if e := &w.effective[i]; e.Type == event.RoomMember && *e.StateKey == string(user) {
			return event.ReadMembership(e.Content()), event.ReadProfile(e.Content()), true
		}
	}
	return nobody(user)
}

// show changes what lists show of the room; added are the events of the
// timeline that are new.
func (p *pass) show(t *ledger.Turn, w *roomWork, added []table.Entry, known members) {
	w.showState(t, p.me)
	w.showHeroes(p.me, known)
	w.showTimeline(t, p, added)
	w.showUnread()
	p.showTyping(t, w)
	w.showAccount()
}

func (w *roomWork) showState(t *ledger.Turn, me event.UserID) {
	w.room.Membership = event.Join
	if w.kind == left {
		w.room.Membership = event.Leave
	}
	for i := range w.effective {
		e := &w.effective[i]
		summary.ApplyState(w.room, e, me)
		if e.Type == event.RoomMember && *e.StateKey == string(me) && w.kind == left {
			w.room.Membership = event.ReadMembership(e.Content())
		}
	}
	if w.room.Membership == event.Join && w.kind == left {
		w.room.Membership = event.Leave
	}
	if w.room.Type == event.Space && slices.ContainsFunc(w.effective, func(e event.Event) bool { return summary.ConcernsSpace(e.Type) }) {
		summary.ApplySpace(t.Space(w.room.ID), w.room, w.effective)
	}
}

func (w *roomWork) showHeroes(me event.UserID, known members) {
	summary.ApplySummary(w.room, w.body.summary, me, func(id event.UserID) table.Hero {
		hero := table.Hero{ID: id}
		hero.Membership, hero.Profile, _ = known(id)
		return hero
	})
	if w.fresh && !w.body.summary.Get("m.heroes").Exists() {
		w.room.Heroes = summary.Heroes(w.effective, me)
	}
}

package syncer

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/verification"
)

var errUnpack = errors.New("parcel cannot be taken in")

// Unpack is ledger.Unpack: it makes the records that write would have made, had
// the room not been packed. What lists show was made then, and may be newer.
func Unpack(t *ledger.Turn, room *table.Room, body scan.Value, first bool) (err error) {
	s := section{id: room.ID, kind: joined, body: body}
	defer func() {
		if recover() != nil { // as in pass.guard
			t.SetAside(body)
			err = errUnpack
		}
	}()
	w := &roomWork{section: s, body: s.open(), room: room, unknown: first, fresh: first}
	w.readState()
	w.read = w.receipts()
	known := nobody
	if !first {
		known = t.State(room).Member
	}
	w.store(t, "", w.entries(t.Me(), known))
	return nil
}

// unpackOrFollow unpacks the rooms that sections are about, except where a
// section can be packed behind what is there.
func (p *pass) unpackOrFollow(ctx context.Context, t *ledger.Turn, rooms []section) error {
	for i := range rooms {
		if known := t.Room(rooms[i].id); known != nil && known.Packed {
			p.guard(t, rooms[i], func() { p.follow(t, known, &rooms[i]) })
			if rooms[i].later == nil {
				t.Need(known)
			}
		}
	}
	if err := t.Fetch(ctx); err != nil {
		return err
	}
	for i := range rooms {
		if s := &rooms[i]; s.later != nil && !s.later.follows(t.Parcels(t.Room(s.id))) {
			s.later = nil
			t.Need(t.Room(s.id))
		}
	}
	return t.Fetch(ctx)
}

// follow finds out whether a section may be packed behind what is there.
func (p *pass) follow(t *ledger.Turn, room *table.Room, s *section) {
	if p.since == "" || s.kind != joined || room.Membership != event.Join || p.twice[s.id] || !t.MayPackMore(room, s.body) {
		return
	}
	if body := s.open(); room.Last != nil && body.plain() {
		s.later = &body
		t.NeedParcels(room)
	}
}

// plain reports whether there is nothing but messages, and what does not touch
// what came before: of them lists need to know no more than who wrote the last.
// Questions to this device are not for lists.
func (b *roomBody) plain() bool {
	if b.timeline.limited || len(b.timeline.poison)+len(b.state.list)+len(b.state.poison) > 0 ||
		b.after != nil && len(b.after.list)+len(b.after.poison) > 0 || b.summary.Get("m.heroes").Exists() {
		return false
	}
	for i := range b.timeline.list {
		if e := &b.timeline.list[i]; e.StateKey != nil || e.Redacts() != "" || !verbatim(string(e.ID)) || verification.InRoom(e.Type, e.Content()) {
			return false
		}
	}
	return true
}

// heard are the events of a room that stays packed which are opened all the same:
// the newest, for its preview, and between two people those in which one of them
// may ask just now to verify.
func (p *pass) heard(w *roomWork) []event.Event {
	last := w.timeline[max(0, len(w.timeline)-1):]
	if len(w.timeline) < 2 || !p.isBetweenTwo(w) {
		return last
	}
	var events []event.Event
	for i := range w.timeline[:len(w.timeline)-1] {
		if e := &w.timeline[i]; p.isFresh(e) && ledger.Encrypted(e) {
			events = append(events, *e)
		}
	}
	return append(events, last...)
}

func (p *pass) isBetweenTwo(w *roomWork) bool {
	joined := w.room.Joined
	if n, ok := w.body.summary.Get("m.joined_member_count").AsInt(); ok {
		joined = int(n)
	}
	return joined <= 2 || w.room.Direct != "" || p.direct[w.id] != ""
}

// isFresh reports whether a verification that an event is of may still go on.
func (p *pass) isFresh(e *event.Event) bool {
	return e.TS >= p.now-verification.Lifetime.Milliseconds()
}

// asks reports whether somebody asks in plain to verify, which a packed room would
// not tell.
func (p *pass) asks(w *roomWork) bool {
	if !p.isBetweenTwo(w) {
		return false // where more people talk, nobody asks
	}
	for i := range w.timeline {
		if e := &w.timeline[i]; p.isFresh(e) && verification.InRoom(e.Type, e.Content()) {
			return true
		}
	}
	return false
}

// verbatim reports whether a text has one form in JSON, among those that servers
// write.
func verbatim(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7F || strings.ContainsRune(`"\/<>&'`, r) })
}

// follows reports whether the parcels are all there, and have none of the events.
func (b *roomBody) follows(parcels [][]byte) bool {
	for i := range b.timeline.list {
		id := []byte(b.timeline.list[i].ID)
		for _, parcel := range parcels {
			if bytes.Contains(parcel, id) {
				return false
			}
		}
	}
	return len(parcels) > 0
}

// following are the entries of a section behind these parcels, of which the
// newest message alone has its sender's profile: that one is shown.
func (w *roomWork) following(me event.UserID, parcels [][]byte) []table.Entry {
	entries := history.SyncProfiles(w.timeline, me, func(event.UserID) event.Profile { return event.Profile{} })
	if last := summary.Latest(entries); last != nil {
		for i := range entries {
			if entries[i].ID == last.EventID {
				entries[i].Profile = w.packedProfile(last.Sender.ID, parcels[0])
			}
		}
	}
	return entries
}

// packedProfile is what a packed room knows of a member. The first parcel alone
// has members; those that name the room are at hand.
func (w *roomWork) packedProfile(user event.UserID, first []byte) event.Profile {
	for i := range w.room.Heroes {
		if h := &w.room.Heroes[i]; h.ID == user && h.Profile.Name != "" {
			return h.Profile
		}
	}
	body, err := scan.Parse(first)
	if err != nil {
		return event.Profile{}
	}
	s := section{kind: joined, body: body}
	whole := &roomWork{section: s, body: s.open()}
	whole.readState()
	_, profile, _ := whole.member(user)
	return profile
}

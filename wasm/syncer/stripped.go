package syncer

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// writeStripped takes in an invitation or a knock. Its state is unsigned and
// spoofable: it names the room and nothing else, and it wins over archived
// state until a join brings the real one (FEATURES 2-20, D-25).
func (p *pass) writeStripped(t *ledger.Turn, s section) {
	room, isNew := p.addRoom(t, s.id)
	membership, list := event.Invite, s.body.Path("invite_state", "events")
	if s.kind == knocked {
		membership, list = event.Knock, s.body.Path("knock_state", "events")
	}
	if isNew || room.Membership != membership {
		room.Recency = p.now
	}
	encrypted := room.Encrypted
	summary.ClearState(room)
	room.Membership, room.Unread, room.Highlights, room.News = membership, 0, 0, table.Unread{}
	members := map[event.UserID]event.Profile{}
	for raw := range list.Items() {
		e, err := event.ParseStripped(raw)
		if err != nil {
			t.SetAside(raw)
			continue
		}
		summary.ApplyState(room, &e, p.me)
		if e.Type == event.RoomMember {
			members[event.UserID(*e.StateKey)] = event.ReadProfile(e.Content())
		}
	}
	room.Encrypted = encrypted // for ever, so not on the word of an invitation (D-33)
	room.Inviter.Profile = members[room.Inviter.ID]
	room.Inviter.Membership = event.Join
	if room.Inviter.ID == "" {
		room.Inviter = table.Hero{}
	}
}

// writeGone takes in a left room that was only an invitation or a knock: there
// is nothing to keep.
func (p *pass) writeGone(t *ledger.Turn, s section) (handled bool) {
	room := t.Room(s.id)
	if room == nil {
		return true
	}
	if room.Membership != event.Invite && room.Membership != event.Knock {
		return false
	}
	if room.HasState() { // archived: was joined before the invitation
		room.Membership = event.Leave
		t.NeedAllState(room)
		p.archived = append(p.archived, room)
		return true
	}
	t.RemoveRoom(s.id)
	return true
}

// writeArchived gives rooms back what their own state says, in place of the
// stripped state of an invitation that came to nothing.
func (p *pass) writeArchived(t *ledger.Turn) {
	for _, room := range p.archived {
		summary.ClearState(room)
		var state []event.Event
		t.State(room).Each(func(raw scan.Value) {
			if e, err := event.Parse(raw); err == nil {
				state = append(state, e)
			}
		})
		room.Heroes = summary.Heroes(state, p.me)
		for i := range state {
			summary.ApplyState(room, &state[i], p.me)
		}
		room.Inviter = table.Hero{}
	}
	p.archived = nil
}

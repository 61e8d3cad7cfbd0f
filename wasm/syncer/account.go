package syncer

import (
	"context"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func (p *pass) writeRoomAccount(t *ledger.Turn, w *roomWork) {
	for e := range w.body.account.Get("events").Items() {
		kind, content := e.Get("type").Text(), e.Get("content")
		if kind == "" || content.Kind() != scan.Object {
			t.SetAside(e)
			continue
		}
		t.PutAccountData(w.room, kind, content)
		switch kind {
		case event.Tag:
			w.room.Tags = tags(content)
		case event.FullyRead:
			w.room.FullyRead = event.EventID(content.Get("event_id").Text())
		case event.MarkedUnread:
			w.room.MarkedUnread = content.Get("unread").IsTrue()
		}
	}
}

func tags(content scan.Value) []api.Tag {
	var all []api.Tag
	for name, tag := range content.Get("tags").Members() {
		t := api.Tag{Name: name.Text()}
		if order := tag.Get("order"); order.Kind() == scan.Number {
			f := order.Float()
			t.Order = &f
		}
		all = append(all, t)
	}
	return all
}

// writeAccount takes in the user's own account data. Rooms of the response
// must be in the turn already, so that m.direct reaches new ones too.
func (p *pass) writeAccount(ctx context.Context, t *ledger.Turn, list scan.Value) error {
	for e := range list.Items() {
		kind, content := e.Get("type").Text(), e.Get("content")
		if kind == "" || content.Kind() != scan.Object {
			t.SetAside(e)
			continue
		}
		t.PutAccountData(nil, kind, content)
		if kind == event.Direct {
			p.direct = directs(content)
			p.directKnown = true
		}
	}
	if !p.directKnown {
		return p.markAdded(ctx, t)
	}
	p.writeDirects(t)
	return nil
}

// markAdded marks new rooms that m.direct has named before: the server does
// not repeat it for a room that was forgotten and comes back.
func (p *pass) markAdded(ctx context.Context, t *ledger.Turn) error {
	if len(p.added) == 0 {
		return nil
	}
	stored, err := p.ledger.Read(ctx, storage.Get(table.AccountData, table.AccountDataKey(0, event.Direct)))
	if err != nil {
		return err
	}
	content, err := table.DecodeAccountData(stored[0][0].Value)
	if err != nil {
		return nil // there is none, or opening finds it garbled and asks for it again
	}
	known := directs(content)
	for _, id := range p.added {
		if room := t.Room(id); room != nil && known[id] != "" {
			room.Direct = known[id]
		}
	}
	return nil
}

func directs(content scan.Value) map[event.RoomID]event.UserID {
	found := map[event.RoomID]event.UserID{}
	for user, rooms := range content.Members() {
		for room := range rooms.Items() {
			if id := event.RoomID(room.Text()); id != "" {
				found[id] = event.UserID(user.Text())
			}
		}
	}
	return found
}

// writeDirects marks the rooms of m.direct. Invitations say for themselves
// whether they are direct, until m.direct knows them.
func (p *pass) writeDirects(t *ledger.Turn) {
	for _, known := range t.Rooms() {
		user, ok := p.direct[known.ID]
		if !ok && known.Membership == event.Invite {
			continue
		}
		if known.Direct != user {
			t.Room(known.ID).Direct = user
		}
	}
}

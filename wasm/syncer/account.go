package syncer

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/table"
)

func (w *roomWork) storeAccount(t *ledger.Turn) {
	for e := range w.body.account.Get("events").Items() {
		if kind, content, ok := accountData(e); ok {
			t.PutAccountData(w.room, kind, content)
		} else {
			t.SetAside(e)
		}
	}
}

func (w *roomWork) showAccount() {
	for e := range w.body.account.Get("events").Items() {
		switch kind, content, _ := accountData(e); kind {
		case event.Tag:
			w.room.Tags = tags(content)
		case event.FullyRead:
			w.room.FullyRead = event.EventID(content.Get("event_id").Text())
		case event.MarkedUnread:
			w.room.MarkedUnread = content.Get("unread").IsTrue()
		case event.SpaceOrder:
			w.room.SpaceOrder = space.ReadOrder(content)
		}
	}
}

// accountData reads account data, the user's own or a room's.
func accountData(e scan.Value) (kind string, content scan.Value, ok bool) {
	kind, content = e.Get("type").Text(), e.Get("content")
	if kind == "" || content.Kind() != scan.Object {
		return "", nil, false
	}
	return kind, content, true
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
		if kind, content, ok := accountData(e); ok {
			t.PutAccountData(nil, kind, content)
			if crypto := t.Crypto(); kind == event.BackupKey && crypto != nil {
				crypto.LookForBackup() // another device made one
			}
		} else {
			t.SetAside(e)
		}
	}
	if p.direct == nil {
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
	content, err := p.ledger.ReadAccountData(ctx, nil, event.Direct)
	if errors.Is(err, table.ErrGarbled) {
		return nil // opening finds that, too, and asks for it again
	}
	if err != nil {
		return err
	}
	known := directs(content)
	for _, id := range p.added {
		if room := t.Room(id); room != nil && known[id] != "" {
			room.Direct = known[id]
		}
	}
	return nil
}

// readDirects finds m.direct in a response, nil where it is not.
func readDirects(list scan.Value) (found map[event.RoomID]event.UserID) {
	for e := range list.Items() {
		if kind, content, ok := accountData(e); ok && kind == event.Direct {
			found = directs(content)
		}
	}
	return found
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

package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// named is a live list that the registry forgets when the page closes it.
type named struct {
	*roomlist.List
	forget func()
}

func (n named) Close() {
	n.forget()
	n.List.Close()
}

// RoomList implements api.Client.
func (c *Client) RoomList(ctx context.Context, p api.RoomListParams) (api.Stream[api.ListUpdate[api.Room]], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	list, err := roomlist.Open(ctx, a.ledger, p)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.mayShow(a.lists[p.View] != nil); err != nil {
		list.Close()
		return nil, err
	}
	a.lists[p.View] = list
	return named{list, func() {
		a.mu.Lock()
		delete(a.lists, p.View)
		a.mu.Unlock()
	}}, nil
}

// RoomListChange implements api.Client.
func (c *Client) RoomListChange(_ context.Context, p api.RoomListChangeParams) error {
	a, err := c.inhabited()
	if err != nil {
		return err
	}
	a.mu.Lock()
	list := a.lists[p.View]
	a.mu.Unlock()
	if list == nil {
		return errNoView
	}
	list.Change(p)
	return nil
}

// CreateRoom implements api.Client.
func (c *Client) CreateRoom(ctx context.Context, p api.CreateRoomParams) (api.RoomRef, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.RoomRef{}, err
	}
	if p.Direct && len(p.Invite) == 0 {
		return api.RoomRef{}, errBadParams
	}
	id, err := server.CreateRoom(ctx, createBody(p))
	if err != nil {
		return api.RoomRef{}, err
	}
	// The room is there whatever becomes of the mark.
	direct := p.Direct && a.addDirect(ctx, server, p.Invite[0], id) == nil
	a.await(ctx, id, event.Join)
	if len(p.Invite) > 0 {
		// Nor may it tell of the invitations yet, and who is not known to be invited
		// gets no key of what is written next.
		_ = a.loadMembers(ctx, server, &arrivals{room: id, ahead: true})
	}
	if err := a.noteNew(ctx, id, p.Encrypted, direct, p.Invite); err != nil {
		return api.RoomRef{}, err
	}
	return api.RoomRef{RoomID: id}, nil
}

// noteNew notes what a new room is before the sync says so, which may tell of the
// room first: what is written then must not go in plain, nor into another room
// that is made because nobody is known to be talked to in this one.
func (a *account) noteNew(ctx context.Context, id event.RoomID, encrypted, direct bool, invited []event.UserID) error {
	return a.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		room := t.Room(id)
		if room == nil {
			return nil
		}
		room.Encrypted = room.Encrypted || encrypted
		if direct {
			room.Direct = invited[0]
		}
		return nil
	})
}

func createBody(p api.CreateRoomParams) scan.Value {
	var b scan.Builder
	b.TextIf("name", p.Name).TextIf("topic", p.Topic).TextIf("preset", p.Preset).TextIf("room_alias_name", p.Alias)
	if len(p.Invite) > 0 {
		ids := make([]string, len(p.Invite))
		for i, id := range p.Invite {
			ids[i] = string(id)
		}
		b.Texts("invite", ids)
	}
	if p.Direct {
		b.Bool("is_direct", true)
	}
	if p.Listed {
		b.Text("visibility", "public")
	}
	if p.Encrypted {
		b.Raw("initial_state", scan.Value(`[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"`+e2ee.Megolm+`"}}]`))
	}
	return b.Done()
}

// SetState implements api.Client.
func (c *Client) SetState(ctx context.Context, p api.SetStateParams) (api.EventRef, error) {
	_, server, err := c.signedIn()
	if err != nil {
		return api.EventRef{}, err
	}
	if p.Type == "" || p.Content.Kind() != scan.Object {
		return api.EventRef{}, errBadParams
	}
	id, err := server.SendState(ctx, p.RoomID, p.Type, p.StateKey, p.Content.WellFormed())
	return api.EventRef{EventID: id}, err
}

// SetTag implements api.Client.
func (c *Client) SetTag(ctx context.Context, p api.SetTagParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.Tag.Name == "" {
		return errBadParams
	}
	if p.Remove {
		return server.RemoveTag(ctx, a.ledger.Me(), p.RoomID, p.Tag.Name)
	}
	var b scan.Builder
	if p.Tag.Order != nil {
		b.Raw("order", scan.Float(*p.Tag.Order))
	}
	return server.SetTag(ctx, a.ledger.Me(), p.RoomID, p.Tag.Name, b.Done())
}

// SetMarkedUnread implements api.Client.
func (c *Client) SetMarkedUnread(ctx context.Context, p api.SetMarkedUnreadParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	var b scan.Builder
	return server.SetAccountData(ctx, a.ledger.Me(), p.RoomID, event.MarkedUnread, b.Bool("unread", p.Unread).Done())
}

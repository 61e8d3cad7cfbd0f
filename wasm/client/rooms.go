package client

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
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
	a, err := c.opened()
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
	a, err := c.opened()
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

// arrival is how long a call waits for what it did to come down with the sync.
const arrival = 20 * time.Second

// await returns when the room is in the list with that membership, or after a
// while: the server has it then, and the sync will bring it.
func (a *account) await(ctx context.Context, room event.RoomID, want event.Membership) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	is := func() bool {
		r := a.ledger.Room(room)
		return r != nil && r.Membership == want || r == nil && want == event.Leave
	}
	stop, err := a.ledger.Watch(ctx, func(context.Context) error {
		if is() {
			cancel()
		}
		return nil
	}, func(c *ledger.Change) {
		if c.Rooms[room] != nil && is() {
			cancel()
		}
	})
	if err != nil {
		return
	}
	defer stop()
	select {
	case <-ctx.Done():
	case <-a.ctx.Done():
	}
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
	if p.Direct {
		// The room is there whatever becomes of the mark.
		_ = a.addDirect(ctx, server, p.Invite[0], id)
	}
	a.await(ctx, id, event.Join)
	return api.RoomRef{RoomID: id}, nil
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
	return b.Done()
}

// JoinRoom implements api.Client.
func (c *Client) JoinRoom(ctx context.Context, p api.JoinRoomParams) (api.RoomRef, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.RoomRef{}, err
	}
	direct := event.UserID("")
	if known := a.ledger.Room(event.RoomID(p.Room)); known != nil && known.Membership == event.Invite {
		direct = known.Direct
	}
	id, err := server.Join(ctx, p.Room, p.Via, p.Reason)
	if err != nil {
		return api.RoomRef{}, err
	}
	if direct != "" {
		// The room is joined whatever becomes of the mark.
		_ = a.addDirect(ctx, server, direct, id)
	}
	a.await(ctx, id, event.Join)
	return api.RoomRef{RoomID: id}, nil
}

// KnockRoom implements api.Client.
func (c *Client) KnockRoom(ctx context.Context, p api.JoinRoomParams) (api.RoomRef, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.RoomRef{}, err
	}
	id, err := server.Knock(ctx, p.Room, p.Via, p.Reason)
	if err != nil {
		return api.RoomRef{}, err
	}
	a.await(ctx, id, event.Knock)
	return api.RoomRef{RoomID: id}, nil
}

// LeaveRoom implements api.Client.
func (c *Client) LeaveRoom(ctx context.Context, p api.LeaveRoomParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if err := server.Leave(ctx, p.RoomID, p.Reason); err != nil {
		return err
	}
	a.await(ctx, p.RoomID, event.Leave)
	return nil
}

// ForgetRoom implements api.Client.
func (c *Client) ForgetRoom(ctx context.Context, p api.RoomParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	room := a.ledger.Room(p.RoomID)
	if room == nil {
		return errNoRoom
	}
	if room.Membership == event.Join {
		return errBadParams
	}
	if err := server.Forget(ctx, p.RoomID); err != nil {
		return err
	}
	return a.forget(ctx, p.RoomID)
}

// forget removes all that is stored of a room, the snapshot of its timeline
// among it.
func (a *account) forget(ctx context.Context, id event.RoomID) error {
	if shown := a.lastTimeline.Load(); shown != nil && shown.room == id {
		a.lastTimeline.CompareAndSwap(shown, nil)
	}
	return a.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		// Another device may have joined it again meanwhile.
		if r := t.Room(id); r != nil && r.Membership != event.Join {
			t.RemoveRoom(id)
			t.Put(table.View, table.ViewTimeline, scan.Value("{}")) // whosever it is
		}
		return nil
	})
}

// SetMembership implements api.Client.
func (c *Client) SetMembership(ctx context.Context, p api.SetMembershipParams) error {
	_, server, err := c.signedIn()
	if err != nil {
		return err
	}
	switch p.Action {
	case api.ActionInvite:
		return server.Invite(ctx, p.RoomID, p.UserID, p.Reason)
	case api.ActionKick:
		return server.Kick(ctx, p.RoomID, p.UserID, p.Reason)
	case api.ActionBan:
		return server.Ban(ctx, p.RoomID, p.UserID, p.Reason)
	case api.ActionUnban:
		return server.Unban(ctx, p.RoomID, p.UserID, p.Reason)
	}
	return errBadParams
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

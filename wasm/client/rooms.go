package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
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

package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// SetDirect implements api.Client.
func (c *Client) SetDirect(ctx context.Context, p api.SetDirectParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.RoomID == "" {
		return errBadParams
	}
	err = a.editAccountData(ctx, server, event.Direct, func(now scan.Value) (scan.Value, bool) {
		return withDirect(now, p.UserID, p.RoomID, true)
	})
	if err == nil {
		a.awaitChange(ctx, func(c *ledger.Change) bool { return c.Rooms[p.RoomID] != nil }, func() bool {
			room := a.ledger.Room(p.RoomID)
			return room == nil || room.Direct == p.UserID
		})
	}
	return err
}

// addDirect adds a room to m.direct.
func (a *account) addDirect(ctx context.Context, server *homeserver.Client, user event.UserID, room event.RoomID) error {
	return a.editAccountData(ctx, server, event.Direct, func(now scan.Value) (scan.Value, bool) {
		return withDirect(now, user, room, false)
	})
}

// withDirect returns m.direct with the room among those of the user, if there is one;
// alone: and among nobody else's. Other members stay as they are.
func withDirect(now scan.Value, user event.UserID, room event.RoomID, alone bool) (next scan.Value, changed bool) {
	var b scan.Builder
	list, there := []string{}, false
	for key, rooms := range now.Members() {
		left, has := without(rooms, room)
		switch {
		case key.Text() == string(user):
			list, there = left, has
		case has && alone:
			changed = true
			if len(left) > 0 {
				b.Texts(key.Text(), left)
			}
		default:
			b.Raw(key.Text(), rooms)
		}
	}
	if user == "" || there && !changed {
		return b.Done(), changed
	}
	return b.Texts(string(user), append(list, string(room))).Done(), true
}

// without returns the texts of a list but one, and whether that is among them.
func without(list scan.Value, one event.RoomID) (left []string, has bool) {
	for item := range list.Items() {
		if item.Text() == string(one) {
			has = true
		} else {
			left = append(left, item.Text())
		}
	}
	return left, has
}

package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// addDirect adds a room to m.direct. Account data has no compare-and-set, so
// it reads the server's present value right before it writes, one room at a
// time (FEATURES B-19, D-28).
func (a *account) addDirect(ctx context.Context, server *homeserver.Client, user event.UserID, room event.RoomID) error {
	select {
	case a.directs <- struct{}{}:
		defer func() { <-a.directs }()
	case <-ctx.Done():
		return ctx.Err()
	}
	me := a.ledger.Me()
	now, err := server.AccountData(ctx, me, "", event.Direct)
	if err != nil && !errors.Is(err, homeserver.ErrNotFound) {
		return err
	}
	next, changed := withDirect(now, user, room)
	if !changed {
		return nil
	}
	return server.SetAccountData(ctx, me, "", event.Direct, next)
}

// withDirect returns m.direct with the room added for the user. Other members
// stay as they are.
func withDirect(now scan.Value, user event.UserID, room event.RoomID) (next scan.Value, changed bool) {
	var b scan.Builder
	for key, rooms := range now.Members() {
		if key.Text() != string(user) {
			b.Raw(key.Text(), rooms)
		}
	}
	var list []string
	for id := range now.Get(string(user)).Items() {
		if id.Text() == string(room) {
			return now, false
		}
		list = append(list, id.Text())
	}
	return b.Texts(string(user), append(list, string(room))).Done(), true
}

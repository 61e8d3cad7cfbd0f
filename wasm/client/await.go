package client

import (
	"context"
	"io"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
)

// arrival is how long a call waits for what it did to come down with the sync.
const arrival = 20 * time.Second

// await returns when the room is in the list with that membership, or after a
// while: the server has it then, and the sync will bring it.
func (a *account) await(ctx context.Context, room event.RoomID, want event.Membership) {
	a.awaitRoom(ctx, room, func(context.Context) bool {
		r := a.ledger.Room(room)
		return r != nil && r.Membership == want || r == nil && want == event.Leave
	})
}

// awaitMember returns when the sync told what an action made of a user's
// membership, or after a while. Who gets the keys of what is written next goes by
// that.
func (a *account) awaitMember(ctx context.Context, p api.SetMembershipParams) {
	a.awaitRoom(ctx, p.RoomID, func(ctx context.Context) bool {
		room := a.ledger.Room(p.RoomID)
		if room == nil {
			return true
		}
		member, err := a.ledger.ReadState(ctx, room, ledger.StateName{Type: event.RoomMember, Key: string(p.UserID)})
		return err != nil || holds(p.Action, event.ReadMembership(member[0].Get("content")))
	})
}

// awaitRoom returns when something is so of a room, now or after a change of it, or
// after a while.
func (a *account) awaitRoom(ctx context.Context, room event.RoomID, is func(context.Context) bool) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	news, err := a.watch(ctx, func(c *ledger.Change) bool { return c.Rooms[room] != nil })
	if err != nil {
		return
	}
	defer news.Close()
	for news.wait(ctx) == nil && !is(ctx) {
	}
}

// AwaitRoom implements api.Client.
func (c *Client) AwaitRoom(ctx context.Context, p api.RoomParams) error {
	a, err := c.inhabited()
	if err != nil {
		return err
	}
	return a.needRoom(ctx, p.RoomID, func() bool { return false })
}

// needRoom returns when the account has the room, or errNoRoom once inVain says
// that none is to be waited for.
func (a *account) needRoom(ctx context.Context, room event.RoomID, inVain func() bool) error {
	if a.ledger.Room(room) != nil {
		return nil
	}
	news, err := a.watch(ctx, func(*ledger.Change) bool { return true })
	if err != nil {
		return err
	}
	defer news.Close()
	for {
		if err := news.wait(ctx); err == io.EOF {
			return errSignedOut
		} else if err != nil {
			return err
		}
		vain := inVain() // before the look: what comes in between counts
		if a.ledger.Room(room) != nil {
			return nil
		} else if vain {
			return errNoRoom
		}
	}
}

// isSynced reports whether the account's first sync is through.
func (a *account) isSynced() bool { return a.ledger.NextBatch() != "" }

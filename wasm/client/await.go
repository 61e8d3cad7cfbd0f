package client

import (
	"context"
	"io"
	"slices"
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

// awaitMember does what changes a user's membership, and returns when the sync told
// of it, or after a while. Who gets the keys of what is written next goes by that.
func (a *account) awaitMember(ctx context.Context, p api.SetMembershipParams, do func() error) error {
	late, cancel := context.WithTimeout(ctx, arrival)
	defer cancel() // which is also how it is told that there is nothing to wait for
	stop, err := a.ledger.Watch(ctx, func(ctx context.Context) error {
		room := a.ledger.Room(p.RoomID)
		if room == nil {
			cancel()
			return nil
		}
		member, err := a.ledger.ReadState(ctx, room, ledger.StateName{Type: event.RoomMember, Key: string(p.UserID)})
		if err == nil && holds(p.Action, event.ReadMembership(member[0].Get("content"))) {
			cancel()
		}
		return err
	}, func(c *ledger.Change) {
		if r := c.Rooms[p.RoomID]; r != nil && slices.ContainsFunc(r.State, func(e event.Event) bool {
			return e.Type == event.RoomMember && e.StateKey != nil && *e.StateKey == string(p.UserID) &&
				holds(p.Action, event.ReadMembership(e.Content()))
		}) {
			cancel()
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	if err := do(); err != nil {
		return err
	}
	select {
	case <-late.Done():
	case <-a.ctx.Done():
	}
	return nil
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

package client

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
)

// arrival is how long a call waits for what it did to come down with the sync.
const arrival = 20 * time.Second

// await returns when the room is in the list with that membership, or after a
// while: the server has it then, and the sync will bring it.
func (a *account) await(ctx context.Context, room event.RoomID, want event.Membership) {
	is := func() bool {
		r := a.ledger.Room(room)
		return r != nil && r.Membership == want || r == nil && want == event.Leave
	}
	a.awaitChange(ctx,
		func(context.Context) (bool, error) { return is(), nil },
		func(c *ledger.Change) bool { return c.Rooms[room] != nil && is() },
	)
}

// awaitMembers returns when the sync has named all these users in the room, or
// after a while. A server may tell of a new room before it has invited anybody;
// who is not known to be invited gets no key of what is written next.
func (a *account) awaitMembers(ctx context.Context, room event.RoomID, users []event.UserID) {
	var names []ledger.StateName
	missing := map[event.UserID]bool{}
	for _, user := range users {
		names = append(names, ledger.StateName{Type: event.RoomMember, Key: string(user)})
		missing[user] = true
	}
	a.awaitChange(ctx, func(ctx context.Context) (bool, error) {
		r := a.ledger.Room(room)
		if r == nil {
			return len(missing) == 0, nil
		}
		events, err := a.ledger.ReadState(ctx, r, names...)
		for i, e := range events {
			if e != nil {
				delete(missing, users[i])
			}
		}
		return len(missing) == 0, err
	}, func(c *ledger.Change) bool {
		if r := c.Rooms[room]; r != nil {
			for i := range r.State {
				if e := &r.State[i]; e.Type == event.RoomMember && e.StateKey != nil {
					delete(missing, event.UserID(*e.StateKey))
				}
			}
		}
		return len(missing) == 0
	})
}

// awaitChange returns when a look at what is stored, or a change since, says that
// it is done; or after a while.
func (a *account) awaitChange(ctx context.Context, look func(context.Context) (bool, error), hear func(*ledger.Change) bool) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	stop, err := a.ledger.Watch(ctx, func(ctx context.Context) error {
		done, err := look(ctx)
		if done {
			cancel()
		}
		return err
	}, func(c *ledger.Change) {
		if hear(c) {
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

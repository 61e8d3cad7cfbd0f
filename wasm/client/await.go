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

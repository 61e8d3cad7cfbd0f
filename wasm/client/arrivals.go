package client

import (
	"context"
	"sync"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

// arrivals is what the sync says of a room's members while the whole list is
// on its way from the server: it is newer than the list (FEATURES D-26).
type arrivals struct {
	room  event.RoomID
	ahead bool   // the list is asked for as it is now, whatever the sync brought so far
	since string // the sync token that the list is asked for, unless it is ahead

	mu    sync.Mutex // guards what follows
	newer map[event.UserID]bool
	gap   bool // members may have come and gone unseen
}

func (n *arrivals) begin(l *ledger.Ledger) func(context.Context) error {
	return func(context.Context) error {
		n.newer = map[event.UserID]bool{}
		if !n.ahead {
			n.since = l.NextBatch()
		}
		return nil
	}
}

func (n *arrivals) hear(c *ledger.Change) {
	change := c.Rooms[n.room]
	if change == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range change.State {
		if e := &change.State[i]; e.Type == event.RoomMember && e.StateKey != nil {
			n.newer[event.UserID(*e.StateKey)] = true
		}
	}
	n.gap = n.gap || opensGap(change.Chunks)
}

// opensGap reports whether a sync left a hole. It also says yes where a chunk
// behind an older hole grew: the list is loaded once more then.
func opensGap(writes []history.Write) bool {
	for _, w := range writes {
		if w.Span.Gap != nil && w.Span.Chunk == table.FirstChunk && w.Span.Gap.To != "" {
			return true
		}
	}
	return false
}

// store takes in the list that was found.
func (n *arrivals) store(found []event.Event) func(context.Context, *ledger.Turn) error {
	return func(ctx context.Context, t *ledger.Turn) error {
		n.mu.Lock()
		defer n.mu.Unlock()
		room := t.Room(n.room)
		if room == nil || room.Membership != event.Join {
			return nil
		}
		t.NeedAllState(room)
		if err := t.Fetch(ctx); err != nil {
			return err
		}
		state, changed := t.State(room), t.Changed(n.room)
		named := map[event.UserID]bool{}
		for i := range found {
			user := event.UserID(*found[i].StateKey)
			named[user] = true
			if !n.newer[user] {
				state.Set(&found[i])
				changed.State = append(changed.State, found[i])
			}
		}
		// Whoever is not named has left while nobody told us.
		state.DropMembers(func(user event.UserID) bool { return named[user] || n.newer[user] })
		room.FullMembers = !n.gap
		return nil
	}
}

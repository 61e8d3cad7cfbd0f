package client

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// mendRooms asks for the state of rooms that lost a part of it (L-2).
func (a *account) mendRooms(ctx context.Context, server *homeserver.Client) {
	for {
		for _, id := range a.ledger.Torn() {
			if a.mendRoom(ctx, server, id) != nil {
				break // once the server can be reached again
			}
		}
		select {
		case <-a.ledger.Tears():
		case <-a.live:
		case <-ctx.Done():
			return
		}
	}
}

func (a *account) mendRoom(ctx context.Context, server *homeserver.Client, id event.RoomID) error {
	news := &stateNews{room: id, newer: map[ledger.StateName]event.Event{}}
	stop, err := a.ledger.Watch(ctx, func(context.Context) error { return nil }, news.hear)
	if err != nil {
		return err
	}
	defer stop()
	list, err := server.State(ctx, id)
	if errors.Is(err, homeserver.ErrForbidden) || errors.Is(err, homeserver.ErrNotFound) {
		return a.ledger.Update(ctx, news.giveUp)
	}
	if err != nil {
		return err
	}
	return a.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error { return news.store(ctx, t, list) })
}

// stateNews is what the sync says of a room's state while all of it is on its
// way from the server. Turns change it and a turn reads it, so it has no lock.
type stateNews struct {
	room  event.RoomID
	newer map[ledger.StateName]event.Event
	gap   bool // members may have come and gone unseen
}

func (n *stateNews) hear(c *ledger.Change) {
	change := c.Rooms[n.room]
	if change == nil {
		return
	}
	for _, e := range change.State {
		if e.StateKey != nil {
			n.newer[ledger.StateName{Type: e.Type, Key: *e.StateKey}] = e
		}
	}
	n.gap = n.gap || opensGap(change.Chunks)
}

func (n *stateNews) store(ctx context.Context, t *ledger.Turn, list scan.Value) error {
	room := t.Room(n.room)
	if room == nil || !room.HasState() {
		return nil
	}
	t.Need(room)
	if err := t.Fetch(ctx); err != nil {
		return err
	}
	t.ClearState(room)
	state, changed := t.State(room), t.Changed(n.room)
	for raw := range list.Items() {
		if e, err := event.Parse(raw); err == nil && e.StateKey != nil {
			state.Set(&e)
			changed.State = append(changed.State, e)
		}
	}
	for _, e := range n.newer {
		state.Set(&e)
	}
	if room.Type == event.Space {
		summary.ApplySpace(t.Space(room.ID), room, append(changed.State, slices.Collect(maps.Values(n.newer))...))
	}
	room.FullMembers = !n.gap
	return nameTail(ctx, t, room)
}

// nameTail gives names to what came since, from people of whom nothing was
// known any more.
func nameTail(ctx context.Context, t *ledger.Turn, room *table.Room) error {
	t.NeedHistory(room, false)
	if err := t.Fetch(ctx); err != nil {
		return err
	}
	stored, changed := t.History(room), false
	entries := slices.Clone(stored.Tail)
	for i := range entries {
		e := &entries[i]
		if _, p, known := t.State(room).Member(e.Sender); known && e.Profile == (event.Profile{}) && p != e.Profile {
			e.Profile, changed = p, true
		}
	}
	if changed {
		t.ChangeHistory(room, history.Change{Writes: []history.Write{{Span: stored.Spans[0], Entries: entries}}})
	}
	return nil
}

// giveUp takes what is left for all that there is.
func (n *stateNews) giveUp(_ context.Context, t *ledger.Turn) error {
	if room := t.Room(n.room); room != nil {
		t.SetWhole(room)
		if room.Type == event.Space {
			t.Space(room.ID)
		}
	}
	return nil
}

package syncer

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/push"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Explained is an event that is unread, and by which rule; the zero Decision where
// none fits or the event is not stored any more.
type Explained struct {
	table.UnreadEvent
	push.Decision
}

// Explain judges anew what is unread of a room that is not packed.
func Explain(ctx context.Context, t *ledger.Turn, room *table.Room) ([]Explained, error) {
	ids := make([]event.EventID, len(room.News.Events))
	for i := range ids {
		ids[i] = room.News.Events[i].ID
	}
	needJudge(t, room)
	found, err := t.ReadEntries(ctx, map[event.RoomID][]event.EventID{room.ID: ids})
	if err != nil {
		return nil, err
	}
	stored := found[room.ID]
	sealed := make([]event.Event, len(stored))
	for i := range stored {
		sealed[i] = stored[i].Event
	}
	if err := t.Decrypt(ctx, map[event.RoomID][]event.Event{room.ID: sealed}); err != nil {
		return nil, err
	}
	j, opened := newJudge(t, room), t.Plains(room.ID).Of(stored)
	all := make([]Explained, len(ids))
	for i := range all {
		all[i].UnreadEvent = room.News.Events[i]
		if at := indexOf(opened, ids[i]); at >= 0 {
			all[i].Decision = j.decide(&opened[at].Event)
		}
	}
	return all, nil
}

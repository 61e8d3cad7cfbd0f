package ledger

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// StateName names a state event of a room.
type StateName struct{ Type, Key string }

// ReadState reads state events of a room: result i is the event of names[i],
// or nil.
func (l *Ledger) ReadState(ctx context.Context, room *table.Room, names ...StateName) ([]scan.Value, error) {
	found := make([]scan.Value, len(names))
	if room.Pages == 0 {
		return found, nil
	}
	s := &State{room: room, pages: map[uint32]*table.StatePage{}, need: map[uint32]bool{}}
	for _, n := range names {
		s.need[table.PageOf(room.Pages, n.Type, n.Key)] = true
	}
	if err := l.fetch(ctx, s.query); err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	if s.torn {
		l.tear(room.ID)
	}
	for i, n := range names {
		found[i] = s.Get(n.Type, n.Key)
	}
	return found, nil
}

func (l *Ledger) fetch(ctx context.Context, ask func() (storage.Query, func(storage.Result) error)) error {
	query, take := ask()
	results, err := l.db.Read(ctx, query)
	if err != nil {
		return err
	}
	return take(results[0])
}

// ReadMembers reads all members of a room that are stored, in no order.
func (l *Ledger) ReadMembers(ctx context.Context, room *table.Room) (map[event.UserID]scan.Value, error) {
	results, err := l.db.Read(ctx, storage.ScanPrefix(table.State, storage.U32(room.Short), 0))
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	members := map[event.UserID]scan.Value{}
	for _, page := range l.ReadPages(room, results[0]) {
		for user, content := range page.Members {
			members[user] = content
		}
	}
	return members, nil
}

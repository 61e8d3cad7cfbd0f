package ledger

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Read answers queries about what is stored of a room, nil for the user's own. It
// sees every turn that has ended. The room that it returns is the one that was
// given, as its records have it.
func (l *Ledger) Read(ctx context.Context, room *table.Room, q ...storage.Query) (*table.Room, []storage.Result, error) {
	room, v, err := l.look(ctx, room)
	if err != nil {
		return nil, nil, fmt.Errorf("unpack: %w", err)
	}
	if v != nil {
		return room, v.answer(q), nil
	}
	results, err := l.db.Read(ctx, q...)
	return room, results, err
}

// ReadAccountData reads account data of a room, or the user's own where room is
// nil; nil if there is none. table.ErrGarbled: nobody can say.
func (l *Ledger) ReadAccountData(ctx context.Context, room *table.Room, kind string) (scan.Value, error) {
	short := uint32(0)
	if room != nil {
		short = room.Short
	}
	_, results, err := l.Read(ctx, room, storage.Get(table.AccountData, table.AccountDataKey(short, kind)))
	if err != nil {
		return nil, fmt.Errorf("read account data: %w", err)
	}
	if value := results[0][0].Value; value != nil {
		return table.DecodeAccountData(value)
	}
	return nil, nil
}

// StateName names a state event of a room.
type StateName struct{ Type, Key string }

// ReadState reads state events of a room: result i is the event of names[i],
// or nil.
func (l *Ledger) ReadState(ctx context.Context, room *table.Room, names ...StateName) ([]scan.Value, error) {
	found := make([]scan.Value, len(names))
	as, _, err := l.look(ctx, room)
	if err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	if as.Pages == 0 {
		return found, nil
	}
	s := &State{room: as, pages: map[uint32]*table.StatePage{}, need: map[uint32]bool{}}
	for _, n := range names {
		s.need[table.PageOf(as.Pages, n.Type, n.Key)] = true
	}
	query, take := s.query()
	_, results, err := l.Read(ctx, room, query)
	if err == nil {
		err = take(results[0])
	}
	if err != nil {
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

// ReadMembers reads all members of a room that are stored, in no order.
func (l *Ledger) ReadMembers(ctx context.Context, room *table.Room) (map[event.UserID]scan.Value, error) {
	room, results, err := l.Read(ctx, room, storage.ScanPrefix(table.State, storage.U32(room.Short), 0))
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

// ReadStateOf reads all state events of a type in a room that are stored, in no order.
func (l *Ledger) ReadStateOf(ctx context.Context, room *table.Room, kind string) ([]scan.Value, error) {
	room, results, err := l.Read(ctx, room, storage.ScanPrefix(table.State, storage.U32(room.Short), 0))
	if err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	var found []scan.Value
	for _, page := range l.ReadPages(room, results[0]) {
		for i := range page.Entries {
			if page.Entries[i].Type == kind {
				found = append(found, page.Entries[i].Raw)
			}
		}
	}
	return found, nil
}

package ledger

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Open reads what must be in memory from the database, in one read. A garbled
// room costs a new initial sync, which brings it back; a garbled session is an
// error, because nothing may be done in its name.
func Open(ctx context.Context, db storage.DB) (*Ledger, error) {
	results, err := db.Read(ctx,
		storage.Get(table.Meta, table.SessionKey, table.NextBatchKey, table.FilterKey),
		storage.Scan(table.Rooms, nil, nil, 0),
		storage.Scan(table.Outbox, nil, nil, 0),
		storage.ScanPrefix(table.Meta, table.DepartedPrefix, 0),
	)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	l := &Ledger{
		db: db, turn: make(chan struct{}, 1), closed: make(chan struct{}), nextShort: 1, nextSeq: 1,
		rooms:     map[event.RoomID]*table.Room{},
		typing:    map[event.RoomID][]event.UserID{},
		presence:  map[event.UserID]api.Presence{},
		listeners: map[int]func(*Change){},
	}
	if err := l.loadMeta(results[0]); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if !l.loadRooms(results[1]) {
		l.nextBatch = ""
	}
	l.loadOutbox(results[2])
	l.loadDepartures(results[3])
	return l, nil
}

func (l *Ledger) loadMeta(r storage.Result) (err error) {
	if r[0].Value != nil {
		if l.session, err = table.DecodeSession(r[0].Value); err != nil {
			return err
		}
	}
	l.nextBatch = string(r[1].Value)
	if r[2].Value != nil {
		// A garbled filter is uploaded again.
		l.filter, _ = table.DecodeFilter(r[2].Value)
	}
	return nil
}

func (l *Ledger) loadRooms(records storage.Result) (whole bool) {
	whole = true
	for _, rec := range records {
		if len(rec.Key) == 4 {
			// Also for a garbled room: what is stored under its short id must not
			// turn up in another one.
			l.nextShort = max(l.nextShort, binary.BigEndian.Uint32(rec.Key)+1)
		}
		room, err := table.DecodeRoom(rec.Value)
		if err != nil || room.ID == "" || string(table.RoomKey(room.Short)) != string(rec.Key) {
			whole = false
			continue
		}
		l.rooms[room.ID] = room
	}
	return whole
}

// loadOutbox leaves a garbled entry in storage: it cannot be sent, but it may
// be all that is left of what somebody wrote.
func (l *Ledger) loadOutbox(records storage.Result) {
	for _, rec := range records {
		o, err := table.DecodeOutgoing(rec.Value)
		if err == nil {
			l.outbox = append(l.outbox, o)
			l.nextSeq = max(l.nextSeq, o.Seq+1)
		}
	}
}

package ledger

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Lost returns what was found missing, now or at an earlier opening.
func (l *Ledger) Lost() table.Loss {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.manifest.Lost
}

// DatabaseID names the database for as long as it lives.
func (l *Ledger) DatabaseID() table.DatabaseID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.manifest.ID
}

// Sentinel returns what the page is to note of the account, nil while nobody
// is signed in or the database does not hold its own id yet.
func (l *Ledger) Sentinel() *table.Sentinel {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if s := l.session; s != nil && l.stored {
		return &table.Sentinel{UserID: s.UserID, DeviceID: s.DeviceID, Homeserver: s.Homeserver, Database: l.manifest.ID}
	}
	return nil
}

// Settle stores what opening found out of an account, if it found out anything.
func (l *Ledger) Settle(ctx context.Context) error {
	if l.Session() == nil {
		return nil
	}
	return l.Update(ctx, func(context.Context, *Turn) error { return nil })
}

// SetReplaces says, before anything is stored, whose place the database takes.
func (t *Turn) SetReplaces(id table.DatabaseID) { t.replaces = id }

// count puts the manifest into the batch if the turn changes it. While nobody is
// signed in there is nothing to count, and nothing that could be lost.
func (t *Turn) count() {
	l := t.ledger
	if t.session == nil && l.Session() == nil {
		return
	}
	m := l.manifest
	m.NextShort = t.nextShort
	for id, room := range t.rooms {
		switch known := l.Room(id) != nil; {
		case room != nil && !known:
			m.Rooms++
		case room == nil && known:
			m.Rooms--
		}
	}
	m.RoomRecords += t.records
	m.Outbox, m.AccountData = len(t.outgoing()), len(l.accountData)+len(t.accountData)
	if t.replaces != (table.DatabaseID{}) {
		m.Replaces = t.replaces
	}
	if !l.stored || m != l.manifest {
		t.manifest = &m
		t.batch.Put(table.Meta, table.ManifestKey, m.Encode())
	}
}

// dropOrphans takes out what is stored under short ids that no room has any
// more, so that it can never turn up in another one.
func (l *Ledger) dropOrphans() {
	var known []uint32
	for _, r := range l.rooms {
		known = append(known, r.Short)
	}
	slices.Sort(known)
	next := uint32(1) // 0 is the user's own
	for _, short := range known {
		l.dropShorts(next, storage.U32(short))
		next = short + 1
	}
	l.dropShorts(next, nil)
}

func (l *Ledger) dropShorts(low uint32, high []byte) {
	if string(storage.U32(low)) == string(high) {
		return
	}
	for _, s := range roomStores {
		l.mending.DeleteRange(s, storage.U32(low), high)
	}
}

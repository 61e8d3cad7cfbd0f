// Package ledger is the one truth of an account: the rooms, the outbox and the
// session in memory, the rest in storage, and the only way to change either.
//
// Its law: changes happen in turns. A turn reads, computes and commits alone;
// memory changes and listeners hear of it only after its commit completed, in
// the order of the commits (laws 1 and 3 of the house). Nothing waits for the
// network in a turn.
//
// It does not know what a sync response or an API call is.
package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Ledger is an open account database with its picture in memory.
type Ledger struct {
	db     storage.DB
	turn   chan struct{} // holds the right to take a turn
	crypto *e2ee.Machine // nil while nobody is signed in
	closed chan struct{}

	kept kept // only turns use it

	// mending is what opening found to be done, for the first commit.
	mending storage.Batch
	tears   chan struct{}

	unpack Unpack
	// packs is held for writing while a turn that unpacks becomes the present, and
	// for reading by who looks for a parcel.
	packs sync.RWMutex
	seen  atomic.Pointer[view] // the packed room that was looked at last
	// lookers has the ids of packed rooms that somebody looked into.
	lookers sync.Map

	mu        sync.RWMutex // guards what follows; changed only at the end of a turn
	session   *table.Session
	farewell  *table.Session
	nextBatch string
	filter    table.Filter
	rooms     map[event.RoomID]*table.Room
	spaces    map[event.RoomID]*table.Space
	graph     *space.Graph // nil until it is asked for
	nextShort uint32
	outbox    []*table.Outgoing // in order
	departed  departures
	nextSeq   uint64
	asides    uint64
	manifest  table.Manifest
	stored    bool // the manifest is what is stored
	// accountData has the keys of the user's own account data.
	accountData map[string]bool
	judgement   judgement
	typing      map[event.RoomID][]event.UserID
	presence    map[event.UserID]api.Presence
	torn        map[event.RoomID]bool
	// removed are rooms that went since opening: a view of one may be open still.
	removed map[event.RoomID]bool

	listeners map[int]func(*Change)
	lastID    int
}

// Session returns the stored session, or nil while signed out. It must not be
// changed.
func (l *Ledger) Session() *table.Session {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.session
}

// Me returns the account's user, or "" while signed out.
func (l *Ledger) Me() event.UserID {
	if s := l.Session(); s != nil {
		return s.UserID
	}
	return ""
}

// NextBatch returns the token for the next sync; "" asks for an initial one.
func (l *Ledger) NextBatch() string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.nextBatch
}

// Filter returns the sync filter that the server keeps.
func (l *Ledger) Filter() table.Filter {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.filter
}

// Room returns a room, or nil if it is unknown. It must not be changed.
func (l *Ledger) Room(id event.RoomID) *table.Room {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rooms[id]
}

// Rooms returns all rooms in no order. They must not be changed.
func (l *Ledger) Rooms() []*table.Room {
	l.mu.RLock()
	defer l.mu.RUnlock()
	all := make([]*table.Room, 0, len(l.rooms))
	for _, r := range l.rooms {
		all = append(all, r)
	}
	return all
}

// Outbox returns what is on its way out, in order; of one room, or of all
// where room is "". The entries must not be changed.
func (l *Ledger) Outbox(room event.RoomID) []*table.Outgoing {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var found []*table.Outgoing
	for _, o := range l.outbox {
		if room == "" || o.RoomID == room {
			found = append(found, o)
		}
	}
	return found
}

// Outgoing returns the outbox entry of a transaction id, or nil.
func (l *Ledger) Outgoing(txn event.TxnID) *table.Outgoing {
	for _, o := range l.Outbox("") {
		if o.TxnID == txn {
			return o
		}
	}
	return nil
}

// Typing returns who is writing in a room.
func (l *Ledger) Typing(room event.RoomID) []event.UserID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.typing[room]
}

// Presence returns whether a user is there, or "" where it is unknown.
func (l *Ledger) Presence(user event.UserID) api.Presence {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.presence[user]
}

// Watch calls load, which may read, and from then on listen with every change:
// none is missed in between and none is seen twice. listen runs inside turns,
// so it must neither wait nor take a turn. stop ends it.
func (l *Ledger) Watch(ctx context.Context, load func(context.Context) error, listen func(*Change)) (stop func(), err error) {
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	defer l.end()
	if err := load(ctx); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastID++
	id := l.lastID
	l.listeners[id] = listen
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.listeners, id)
	}, nil
}

// Close waits for the turn in progress and closes the database. Turns that are
// asked for afterwards end with storage.ErrClosed. It must be called once.
func (l *Ledger) Close(ctx context.Context) error {
	if err := l.begin(ctx); err != nil {
		return err
	}
	close(l.closed) // and the turn is never given back
	return l.db.Close(ctx)
}

func (l *Ledger) begin(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-l.closed:
		return fmt.Errorf("take a turn: %w", storage.ErrClosed)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Ledger) end() { <-l.turn }

// inOrder returns the listeners, the eldest first. The caller holds the lock.
func (l *Ledger) inOrder() []func(*Change) {
	all := make([]func(*Change), 0, len(l.listeners))
	for _, id := range slices.Sorted(maps.Keys(l.listeners)) {
		all = append(all, l.listeners[id])
	}
	return all
}

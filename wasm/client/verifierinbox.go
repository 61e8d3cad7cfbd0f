package client

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/verification"
)

// maxInbox is how many messages may wait; whoever sends more is not heard.
const maxInbox = 256

// inbox is what came for the verifications and waits for its turn.
type inbox struct {
	clock Clock
	wake  signal
	went  signal // what was on its way may have arrived

	mu      sync.Mutex // guards what follows
	waiting []func(context.Context, *verifier)
	seen    map[event.EventID]int64 // events of rooms, and of when they are
	news    chan struct{}           // closed and replaced when somebody's devices changed
}

func newInbox(clock Clock) *inbox {
	return &inbox{clock: clock, wake: make(signal, 1), went: make(signal, 1), seen: map[event.EventID]int64{}, news: make(chan struct{})}
}

func (b *inbox) poke() { b.wake.poke() }

// put adds something to do.
func (b *inbox) put(do func(context.Context, *verifier)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, do)
	b.poke()
}

func (b *inbox) take() []func(context.Context, *verifier) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.waiting
	b.waiting = nil
	return all
}

// wait returns when there may be something to do, at the latest at next, if
// that is not zero. It reports false once ctx has ended.
func (b *inbox) wait(ctx context.Context, next time.Time) bool {
	var due <-chan time.Time
	if !next.IsZero() {
		due = b.clock.After(max(0, next.Sub(b.clock.Now())))
	}
	select {
	case <-b.wake:
		return true
	case <-due:
		return true
	case <-ctx.Done():
		return false
	}
}

// hear is a listener of the ledger.
func (b *inbox) hear(c *ledger.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.Crypto != nil {
		b.went.poke()
		if len(c.Crypto.Devices) > 0 {
			close(b.news)
			b.news = make(chan struct{})
			b.poke()
		}
		for _, m := range c.Crypto.Messages {
			b.add(verification.Event{Type: m.Type, Sender: m.Sender, Device: m.Device, Content: m.Content})
		}
	}
	for id, room := range c.Rooms {
		b.hearRoom(id, room)
	}
}

// hearRoom takes what is new in a room: first in the room's order what came, or
// was opened as it came, then what a key opened that came late.
func (b *inbox) hearRoom(id event.RoomID, c *ledger.RoomChange) {
	for i := range c.Chunks {
		entries := c.Plains.Of(c.Chunks[i].Entries)
		for j := range entries {
			b.hearEvent(id, &entries[j].Event, entries[j].Txn)
		}
	}
	late := slices.SortedFunc(maps.Keys(c.Plains), func(x, y event.EventID) int {
		return cmp.Compare(c.Plains[x].Event.TS, c.Plains[y].Event.TS)
	})
	for _, one := range late {
		e := &c.Plains[one].Event
		b.hearEvent(id, e, event.TxnID(e.Unsigned().Get("transaction_id").Text()))
	}
}

func (b *inbox) hearEvent(room event.RoomID, e *event.Event, txn event.TxnID) {
	oldest := b.clock.Now().Add(-verification.Lifetime).UnixMilli()
	if e.TS < oldest || e.StateKey != nil || !verification.InRoom(e.Type, e.Content()) || b.seen[e.ID] != 0 {
		return
	}
	maps.DeleteFunc(b.seen, func(_ event.EventID, ts int64) bool { return ts < oldest })
	if len(b.seen) >= maxInbox {
		return
	}
	b.seen[e.ID] = e.TS
	b.add(verification.Event{
		Type: e.Type, Sender: e.Sender, Room: room, ID: e.ID, Txn: txn, TS: e.TS, Content: e.Content().Clone(),
	})
}

func (b *inbox) add(e verification.Event) {
	if len(b.waiting) < maxInbox {
		b.waiting = append(b.waiting, func(ctx context.Context, v *verifier) { v.receive(ctx, e) })
		b.poke()
	}
}

// coming is closed when somebody's devices changed.
func (b *inbox) coming() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.news
}

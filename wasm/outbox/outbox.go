// Package outbox brings what users write to the server, in each room's order
// and once.
//
// Its law: an event is stored before the first attempt, an attempt is recorded
// before it is made, and every attempt sends the same bytes under the same
// transaction id (law 2 of the house; FEATURES 7-17, D-09). An entry leaves
// the outbox when its event is stored, when the user takes it out, and never
// otherwise; the commit with which it leaves keeps what became of it.
//
// What is written about an event that has no id yet names it by its key. It gets
// the id in the commit that learns it, and goes where the other is cancelled.
//
// It does not show local echoes: timelines read the outbox from the ledger.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Errors of Add, Retry and Cancel.
var (
	// ErrUnknown says that the outbox has no such transaction id.
	ErrUnknown = errors.New("not in the outbox")
	// ErrStarted says that the event is on its way right now.
	ErrStarted = errors.New("sending has started")
	// ErrNoRoom says that the user is not in the room.
	ErrNoRoom = errors.New("not in this room")
	// ErrTooLarge says that no server would take the event.
	ErrTooLarge = errors.New("event too large")
	// ErrInvalid says that the event has no type, no transaction id or a
	// content that is no object or has a number that no server takes.
	ErrInvalid = errors.New("invalid event")
	// ErrReused says that the transaction id stands for another event.
	ErrReused = errors.New("transaction id used before")
	// ErrTarget says that the event names one by a key that nothing here has.
	ErrTarget = errors.New("no such event to relate to")
)

// maxContent leaves room in the 65,536 bytes of an event for what the server
// adds: ids, hashes and signatures.
const maxContent = 60_000

// Server is what the outbox needs of the homeserver; homeserver.Client is one.
type Server interface {
	SendEvent(ctx context.Context, room event.RoomID, kind string, txn event.TxnID, content scan.Value) (event.EventID, error)
	Redact(ctx context.Context, room event.RoomID, target event.EventID, txn event.TxnID, reason string) (event.EventID, error)
	Relations(ctx context.Context, room event.RoomID, id event.EventID, p homeserver.RelationsParams) (homeserver.Relations, error)
}

// Clock is time as the outbox needs it.
type Clock interface {
	Now() time.Time
	homeserver.Waiter
}

// Outbox sends. Use New.
type Outbox struct {
	ledger *ledger.Ledger
	clock  Clock
	// explain turns a refusal into what is stored with the entry.
	explain func(error) *api.Error
	members Members

	mu   sync.Mutex
	busy map[event.RoomID]bool
	kick chan struct{}
	wake chan struct{} // closed and replaced by Wake
	// shared are rooms whose key everybody has, as far as is known; heard counts how
	// often the encryption machine did something, and news is closed and replaced
	// then.
	shared map[event.RoomID]bool
	// verifying are rooms whose key those have too whose identity changed, for
	// verifications alone.
	verifying map[event.RoomID]bool
	heard     int
	news      chan struct{}
}

// New returns an outbox. explain maps an error to what a page may see, members is
// for rooms that are encrypted.
func New(l *ledger.Ledger, clock Clock, explain func(error) *api.Error, members Members) *Outbox {
	return &Outbox{
		ledger: l, clock: clock, explain: explain, members: members,
		busy: map[event.RoomID]bool{}, kick: make(chan struct{}, 1), wake: make(chan struct{}),
		shared: map[event.RoomID]bool{}, verifying: map[event.RoomID]bool{}, news: make(chan struct{}),
	}
}

// Add stores an event to send. Adding the same transaction id again does
// nothing, also after it left the outbox.
func (o *Outbox) Add(ctx context.Context, out table.Outgoing) error {
	if out.Type == "" || out.TxnID == "" || out.Content.Kind() != scan.Object || !scan.Valid(out.Content) {
		return ErrInvalid
	}
	if out.Type == event.RoomRedaction && len(event.Targets(out.Type, out.Content)) == 0 {
		return fmt.Errorf("%w: redacts nothing", ErrInvalid)
	}
	out.Content = out.Content.WellFormed()
	if len(out.Content) > maxContent {
		return ErrTooLarge
	}
	// A server would refuse it only once it stands first in its room's queue,
	// and hold up what is behind it.
	if path, bad := event.BadNumber(out.Content); bad {
		return fmt.Errorf("%w: %s must be an integer between ±(2^53-1)", ErrInvalid, path)
	}
	return o.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		if print, known := takenIn(t, out.TxnID); known && print == out.Print() {
			return nil
		} else if known {
			return ErrReused
		}
		if room := o.ledger.Room(out.RoomID); room == nil || room.Membership != event.Join {
			return ErrNoRoom
		}
		entry, ok := t.Address(&out)
		if !ok {
			return ErrTarget
		}
		entry.State, entry.Created = api.SendQueued, o.clock.Now().UnixMilli()
		t.AddOutgoing(entry)
		return nil
	})
}

// takenIn reports whether the outbox has or had an entry, and which.
func takenIn(t *ledger.Turn, txn event.TxnID) (print uint64, known bool) {
	if entry := t.Outgoing(txn); entry != nil {
		return entry.Print(), true
	}
	if gone := t.Departed(txn); gone != nil {
		return gone.Print, true
	}
	return 0, false
}

// Retry lets a failed entry, and with it those behind it, go again.
func (o *Outbox) Retry(ctx context.Context, txn event.TxnID) error {
	err := o.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		entry := t.Outgoing(txn)
		if entry == nil {
			return retryGone(t.Departed(txn))
		}
		if entry.State == api.SendFailed {
			again := *entry
			again.State, again.Error = api.SendQueued, nil
			t.ReplaceOutgoing(&again)
		}
		return nil
	})
	o.Wake()
	return err
}

func retryGone(gone *table.Departed) error {
	if gone == nil || gone.EventID == "" {
		return ErrUnknown
	}
	return nil // it went out
}

// Cancel takes an entry out, with what belongs to it, unless it is on its way
// right now, or was sent.
func (o *Outbox) Cancel(ctx context.Context, txn event.TxnID) error {
	return o.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		entry := t.Outgoing(txn)
		if entry == nil {
			return cancelGone(t.Departed(txn))
		}
		if entry.State == api.SendSending || entry.State == api.SendSent {
			return ErrStarted
		}
		t.Cancelled(entry)
		return nil
	})
}

func cancelGone(gone *table.Departed) error {
	switch {
	case gone == nil:
		return ErrUnknown
	case gone.EventID != "":
		return ErrStarted
	}
	return nil // it was cancelled before
}

// Wake ends all waits between attempts.
func (o *Outbox) Wake() {
	o.mu.Lock()
	close(o.wake)
	o.wake = make(chan struct{})
	o.mu.Unlock()
	o.poke()
}

func (o *Outbox) poke() {
	select {
	case o.kick <- struct{}{}:
	default:
	}
}

func (o *Outbox) waking() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.wake
}

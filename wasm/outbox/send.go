package outbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

const (
	maxBackoff = time.Minute
	// maxRooms is how many rooms send at the same time.
	maxRooms = 4
)

// Run sends until ctx ends or the session does. What was on its way when the
// core died goes again: the server knows the transaction id.
func (o *Outbox) Run(ctx context.Context, server Server) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop, err := o.ledger.Watch(ctx, func(context.Context) error { return nil }, func(c *ledger.Change) {
		o.hear(c)
		for _, room := range c.Rooms {
			if room.Outbox != nil {
				o.poke()
			}
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	if err := o.requeue(ctx); err != nil {
		return err
	}
	var rooms sync.WaitGroup
	defer rooms.Wait()
	for {
		for _, room := range o.ready() {
			rooms.Go(func() {
				err := o.drain(ctx, server, room)
				o.release(room)
				if err != nil {
					cancel(err)
				}
			})
		}
		select {
		case <-o.kick:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// requeue puts back what was being sent when the core ended.
func (o *Outbox) requeue(ctx context.Context) error {
	return o.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		for _, entry := range o.ledger.Outbox("") {
			if entry.State == api.SendSending {
				again := *entry
				again.State = api.SendQueued
				t.ReplaceOutgoing(&again)
			}
		}
		return nil
	})
}

// ready claims rooms that have something to send and are not sending.
func (o *Outbox) ready() []event.RoomID {
	o.mu.Lock()
	defer o.mu.Unlock()
	var found []event.RoomID
	queues := map[event.RoomID]*queue{}
	for _, entry := range o.ledger.Outbox("") {
		room := entry.RoomID
		if queues[room] == nil {
			queues[room] = &queue{}
		}
		switch {
		case len(o.busy) >= maxRooms:
			return found
		case !o.busy[room] && queues[room].lets(entry):
			o.busy[room] = true
			found = append(found, room)
		}
	}
	return found
}

func (o *Outbox) release(room event.RoomID) {
	o.mu.Lock()
	delete(o.busy, room)
	o.mu.Unlock()
	o.poke()
}

// next returns the room's first entry that is to be sent, or nil.
func (o *Outbox) next(room event.RoomID) *table.Outgoing {
	q := &queue{}
	for _, entry := range o.ledger.Outbox(room) {
		if q.lets(entry) {
			return entry
		}
	}
	return nil
}

// drain sends a room's entries in order until none is left, one is refused or
// the session ends.
func (o *Outbox) drain(ctx context.Context, server Server, room event.RoomID) error {
	backoff := homeserver.NewBackoff(o.clock, maxBackoff)
	for {
		waking := o.waking()
		more, sendErr, err := o.step(ctx, server, room)
		if err != nil || !more {
			return err
		}
		switch {
		case sendErr == nil:
			backoff.Reset()
			continue
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case homeserver.EndsSession(sendErr):
			return sendErr
		case !homeserver.MayPass(sendErr):
			return nil
		}
		select {
		case <-backoff.After(sendErr):
		case <-waking:
			backoff.Reset()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// step brings the room's next entry to the server, if there is one more. sendErr is
// why the server does not have it.
func (o *Outbox) step(ctx context.Context, server Server, room event.RoomID) (more bool, sendErr, err error) {
	entry, sendErr := o.claim(ctx, room)
	if errors.Is(sendErr, e2ee.ErrNeedsKeys) {
		if sendErr = o.share(ctx, room, verifies(entry)); sendErr == nil {
			return true, nil, nil
		}
	}
	switch {
	case ctx.Err() != nil:
		return false, nil, context.Cause(ctx)
	case entry == nil || storage.Failed(sendErr):
		return false, nil, sendErr
	}
	var got answer
	if sendErr == nil {
		got, sendErr = o.attempt(ctx, server, entry)
	}
	return true, sendErr, o.settle(ctx, entry.TxnID, got, sendErr)
}

// claim records that the room's next entry is being sent. It returns nil if
// there is none, and with an error that which cannot be sent.
func (o *Outbox) claim(ctx context.Context, room event.RoomID) (claimed *table.Outgoing, err error) {
	err = o.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		entry := o.next(room)
		if entry == nil {
			return nil
		}
		sending := *entry
		claimed = &sending
		if len(entry.Awaits()) > 0 {
			return ErrTarget // the other was garbled
		}
		if err := o.seal(ctx, t, claimed); err != nil {
			return err
		}
		claimed.State = api.SendSending
		t.ClaimOutgoing(claimed)
		return nil
	})
	return claimed, err
}

// settle records what became of an attempt. It goes through even while ctx is
// ending, because the server may have the event already. The entry may be gone
// by now: its echo came first.
func (o *Outbox) settle(ctx context.Context, txn event.TxnID, got answer, sendErr error) error {
	ctx = context.WithoutCancel(ctx)
	return o.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error {
		entry := t.Outgoing(txn)
		if entry == nil {
			return nil
		}
		if sendErr != nil {
			t.ReplaceOutgoing(o.refused(entry, sendErr))
			return nil
		}
		if got.before {
			leave(t, entry, got.id)
			return nil
		}
		stored, err := isStored(ctx, t, entry.RoomID, got.id)
		if err != nil {
			return err
		}
		if stored {
			t.Arrived(entry, got.id)
			return nil
		}
		sent := *entry
		sent.State, sent.EventID, sent.Error = api.SendSent, got.id, nil
		t.ReplaceOutgoing(&sent)
		return nil
	})
}

func (o *Outbox) refused(entry *table.Outgoing, err error) *table.Outgoing {
	again := *entry
	again.State, again.Error = api.SendQueued, o.explain(err)
	if !homeserver.MayPass(err) && !isCancel(err) {
		again.State = api.SendFailed
	}
	if isCancel(err) {
		again.Error = nil
	}
	return &again
}

// isStored reports whether the sync brought the event before the answer to its
// sending, without a transaction id to know it by (FEATURES D-09).
func isStored(ctx context.Context, t *ledger.Turn, id event.RoomID, sent event.EventID) (bool, error) {
	room := t.Room(id)
	if room == nil {
		return false, nil
	}
	t.NeedIndex(room, false)
	if err := t.Fetch(ctx); err != nil {
		return false, err
	}
	hash := table.HashID(sent)
	for _, span := range t.History(room).Spans {
		for _, h := range span.Hashes {
			if h == hash {
				return true, nil
			}
		}
	}
	return false, nil
}

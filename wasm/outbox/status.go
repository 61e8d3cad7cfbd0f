package outbox

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

func isCancel(err error) bool {
	return errors.Is(err, context.Canceled)
}

// Status tells listen what becomes of an entry, beginning with where it stands
// now; done is true the last time: the event is sent, or it was cancelled.
// listen must not wait. stop ends it early.
func (o *Outbox) Status(ctx context.Context, txn event.TxnID, listen func(s api.SendStatus, done bool)) (stop func(), err error) {
	var room event.RoomID
	load := func(context.Context) error {
		entry := o.ledger.Outgoing(txn)
		if entry == nil {
			gone := o.ledger.Departed(txn)
			if gone == nil {
				return ErrUnknown
			}
			listen(outcome(gone), true)
			return nil
		}
		room = entry.RoomID
		listen(status(entry), entry.State == api.SendSent)
		return nil
	}
	return o.ledger.Watch(ctx, load, func(c *ledger.Change) {
		change := c.Rooms[room]
		if change == nil || change.Outbox == nil {
			return
		}
		for _, entry := range *change.Outbox {
			if entry.TxnID == txn {
				listen(status(entry), entry.State == api.SendSent)
				return
			}
		}
		listen(outcome(o.ledger.Departed(txn)), true)
	})
}

// outcome is where an event stands that left the outbox.
func outcome(gone *table.Departed) api.SendStatus {
	if gone == nil || gone.EventID == "" {
		return api.SendStatus{State: api.SendCancelled}
	}
	return api.SendStatus{State: api.SendSent, EventID: gone.EventID}
}

func status(o *table.Outgoing) api.SendStatus {
	return api.SendStatus{State: o.State, EventID: o.EventID, Error: o.Error}
}

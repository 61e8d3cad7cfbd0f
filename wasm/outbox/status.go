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
			return ErrUnknown
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
		if id, ok := change.Sent[txn]; ok {
			listen(api.SendStatus{State: api.SendSent, EventID: id}, true)
			return
		}
		for _, entry := range *change.Outbox {
			if entry.TxnID == txn {
				listen(status(entry), entry.State == api.SendSent)
				return
			}
		}
		listen(api.SendStatus{State: api.SendCancelled}, true)
	})
}

func status(o *table.Outgoing) api.SendStatus {
	return api.SendStatus{State: o.State, EventID: o.EventID, Error: o.Error}
}

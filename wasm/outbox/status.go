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
			id, ok := o.departed(txn)
			if !ok {
				return ErrUnknown
			}
			listen(api.SendStatus{State: api.SendSent, EventID: id}, true)
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

// remembered is how many departures are kept. A page asks for the status of
// what it has just sent; the server may have echoed it by then.
const remembered = 256

// departures are the events that left the outbox last, oldest first in order.
type departures struct {
	ids   map[event.TxnID]event.EventID
	order []event.TxnID
}

func (o *Outbox) leave(sent map[event.TxnID]event.EventID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for txn, id := range sent {
		if o.left.ids == nil {
			o.left.ids = map[event.TxnID]event.EventID{}
		}
		o.left.ids[txn] = id
		o.left.order = append(o.left.order, txn)
	}
	for len(o.left.order) > remembered {
		delete(o.left.ids, o.left.order[0])
		o.left.order = o.left.order[1:]
	}
}

func (o *Outbox) departed(txn event.TxnID) (event.EventID, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	id, ok := o.left.ids[txn]
	return id, ok
}

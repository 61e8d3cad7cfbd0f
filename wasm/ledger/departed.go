package ledger

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// departures are the events that left the outbox last.
type departures struct {
	ring [table.Remembered]*table.Departed
	next uint64
}

func (d *departures) add(one *table.Departed) {
	d.ring[one.N%table.Remembered] = one
	d.next = max(d.next, one.N+1)
}

func (d *departures) find(txn event.TxnID) *table.Departed {
	for _, one := range d.ring {
		if one != nil && one.TxnID == txn {
			return one
		}
	}
	return nil
}

// loadDepartures leaves out what is garbled: it is as if it were long ago.
func (l *Ledger) loadDepartures(records storage.Result) {
	for _, rec := range records {
		one, err := table.DecodeDeparted(rec.Value)
		if err == nil && string(one.Key()) == string(rec.Key) {
			l.departed.add(one)
		}
	}
}

// Departed returns what is known of an event that left the outbox, or nil.
func (l *Ledger) Departed(txn event.TxnID) *table.Departed {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.departed.find(txn)
}

// Departed is that of the ledger, as this turn has it.
func (t *Turn) Departed(txn event.TxnID) *table.Departed {
	for _, one := range t.departed {
		if one.TxnID == txn {
			return one
		}
	}
	return t.ledger.Departed(txn)
}

// depart remembers an entry that leaves.
func (t *Turn) depart(o *table.Outgoing, id event.EventID) {
	t.ledger.mu.RLock()
	n := t.ledger.departed.next
	t.ledger.mu.RUnlock()
	one := &table.Departed{N: n + uint64(len(t.departed)), TxnID: o.TxnID, EventID: id, Print: o.Print()}
	t.departed = append(t.departed, one)
	t.batch.Put(table.Meta, one.Key(), one.Encode())
}

package ledger

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// What waits in the outbox may name an event before it there by its key, until
// that has an id. The turn that learns an id puts it in the place of the key, and
// the turn that takes the other out unsent takes out both: so a key that is
// stored is always that of an entry without an id, however the core ends.

// Address puts ids in the place of keys in an entry that is not stored yet. ok is
// false if it names what is not in the room's outbox, and did not leave it with an
// id lately.
func (t *Turn) Address(o *table.Outgoing) (addressed *table.Outgoing, ok bool) {
	addressed = o
	for _, txn := range o.Awaits() {
		id, waits := t.fate(o.RoomID, txn)
		switch {
		case id != "":
			addressed = addressed.Address(txn, id)
		case !waits:
			return nil, false
		}
	}
	copied := *addressed
	return &copied, true
}

// fate returns the id of what has this transaction id, or whether it waits for one.
func (t *Turn) fate(room event.RoomID, txn event.TxnID) (id event.EventID, waits bool) {
	if o := t.Outgoing(txn); o != nil && o.RoomID == room {
		return o.EventID, true
	}
	if gone := t.Departed(txn); gone != nil {
		return gone.EventID, false
	}
	return "", false
}

// address tells the dependents of an entry its id.
func (t *Turn) address(o *table.Outgoing, id event.EventID) {
	for _, dependent := range t.dependents(o) {
		t.ReplaceOutgoing(dependent.Address(o.TxnID, id))
	}
}

// dependents are the entries that wait for another's id.
func (t *Turn) dependents(of *table.Outgoing) (found []*table.Outgoing) {
	for _, o := range t.outgoing() {
		if slices.Contains(o.Awaits(), of.TxnID) {
			found = append(found, o)
		}
	}
	return found
}

package ledger

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// AddOutgoing puts an event at the end of the outbox and gives it its
// sequence number. It must not be changed afterwards.
func (t *Turn) AddOutgoing(o *table.Outgoing) {
	o.Seq = t.nextSeq
	t.nextSeq++
	t.setOutbox(append(t.copyOutbox(), o), o.RoomID)
	t.batch.Put(table.Outbox, table.OutgoingKey(o.Seq), o.Encode())
	t.Strict()
}

// ReplaceOutgoing stores a changed copy of an entry.
func (t *Turn) ReplaceOutgoing(o *table.Outgoing) {
	t.ClaimOutgoing(o)
	t.Strict()
}

// ClaimOutgoing stores a changed copy of an entry before it is sent. It need not
// survive power loss: the entry does, and goes again under its transaction id.
func (t *Turn) ClaimOutgoing(o *table.Outgoing) {
	all := t.copyOutbox()
	for i := range all {
		if all[i].Seq == o.Seq {
			all[i] = o
		}
	}
	t.setOutbox(all, o.RoomID)
	t.batch.Put(table.Outbox, table.OutgoingKey(o.Seq), o.Encode())
	if o.EventID != "" {
		t.address(o, o.EventID)
	}
}

// Cancelled takes out an entry that is not to be sent, and what belongs to it.
func (t *Turn) Cancelled(o *table.Outgoing) { t.takeOut(o, "") }

// Arrived takes out an entry whose event is stored.
func (t *Turn) Arrived(o *table.Outgoing, id event.EventID) { t.takeOut(o, id) }

func (t *Turn) takeOut(o *table.Outgoing, id event.EventID) {
	all := t.copyOutbox()
	at := slices.IndexFunc(all, func(other *table.Outgoing) bool { return other.Seq == o.Seq })
	if at < 0 {
		return // it went with what it belongs to
	}
	t.setOutbox(slices.Delete(all, at, at+1), o.RoomID)
	t.batch.Delete(table.Outbox, table.OutgoingKey(o.Seq))
	t.depart(o, id)
	t.Strict()
	if id != "" {
		t.address(o, id)
		return
	}
	for _, dependent := range t.dependents(o) {
		t.takeOut(dependent, "")
	}
}

// Outgoing finds the entry of a transaction id as this turn has it, or nil.
func (t *Turn) Outgoing(txn event.TxnID) *table.Outgoing {
	for _, o := range t.outgoing() {
		if o.TxnID == txn {
			return o
		}
	}
	return nil
}

// TakeEcho finds the entry whose echo an event is and takes it out: by the
// transaction id that the server echoes, else by the event id that it answered
// (FEATURES D-09). It returns the entry's transaction id, or "".
func (t *Turn) TakeEcho(room event.RoomID, txn event.TxnID, id event.EventID) event.TxnID {
	for _, o := range t.outgoing() {
		if o.RoomID == room && (txn != "" && o.TxnID == txn || o.EventID != "" && o.EventID == id) {
			t.Arrived(o, id)
			return o.TxnID
		}
	}
	return ""
}

// ForgetSent takes out what the server has but did not echo: after a gap it
// never will, and the event comes back with the gap.
func (t *Turn) ForgetSent(room event.RoomID) {
	for _, o := range t.outgoing() {
		if o.RoomID == room && o.State == api.SendSent {
			t.Arrived(o, o.EventID)
		}
	}
}

func (t *Turn) outgoing() []*table.Outgoing {
	if t.outbox != nil {
		return t.outbox
	}
	return t.ledger.Outbox("")
}

func (t *Turn) copyOutbox() []*table.Outgoing {
	return append(make([]*table.Outgoing, 0, len(t.outgoing())+1), t.outgoing()...)
}

func (t *Turn) setOutbox(all []*table.Outgoing, room event.RoomID) {
	t.outbox = all
	mine := []*table.Outgoing{}
	for _, o := range all {
		if o.RoomID == room {
			mine = append(mine, o)
		}
	}
	t.Changed(room).Outbox = &mine
}

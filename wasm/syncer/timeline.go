package syncer

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// writeTimeline adds the timeline to the room's history, meets local echoes
// and lets new events move the room in the list.
func (w *roomWork) writeTimeline(t *ledger.Turn, p *pass, profiles []event.Profile) {
	if len(w.timeline) == 0 && !w.limited {
		return
	}
	entries := make([]table.Entry, len(w.timeline))
	for i := range w.timeline {
		entries[i] = table.Entry{Event: w.timeline[i], Profile: profiles[i], Txn: w.echo(t, p.me, &w.timeline[i])}
	}
	added := history.Append(t.History(w.room), history.SyncPage{
		Entries: entries, Limited: w.limited, PrevBatch: w.prev, Since: p.since,
	})
	t.WriteChunks(w.room, added.Writes)
	if w.limited {
		t.ForgetSent(w.room.ID)
		// Lazy loading does not tell who came and went in a gap (FEATURES D-01).
		w.room.FullMembers = false
	}
	for i := range added.New {
		summary.ApplyEvent(w.room, &added.New[i], p.now)
	}
}

// echo returns the transaction id under which this device sent an event, and
// takes the local echo out of the outbox (FEATURES D-09). The server shows a
// transaction id only to the device that used it.
func (w *roomWork) echo(t *ledger.Turn, me event.UserID, e *event.Event) event.TxnID {
	if e.Sender != me {
		return ""
	}
	txn := e.TxnID()
	if known := t.TakeEcho(w.room.ID, txn, e.ID); known != "" {
		return known
	}
	return txn
}

package outbox

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// queue finds what of a room's entries is to be sent, first to last.
type queue struct {
	sending bool
	heldUp  bool
	passed  []event.TxnID
}

// lets reports whether an entry is to be sent, after those before it that are not.
func (q *queue) lets(entry *table.Outgoing) bool {
	switch entry.State {
	case api.SendSending:
		q.sending = true
	case api.SendFailed:
		q.heldUp = q.heldUp || holdsUp(entry)
	case api.SendQueued:
		if !q.sending && (!q.heldUp || verifies(entry)) && !q.awaited(entry) {
			return true
		}
	}
	q.passed = append(q.passed, entry.TxnID)
	return false
}

// holdsUp reports whether what is behind an entry that was refused waits for it.
// People write on where they may not react, or redact what others wrote.
func holdsUp(entry *table.Outgoing) bool {
	return entry.Type != event.Reaction && entry.Type != event.RoomRedaction
}

// awaited reports whether an entry names one that is still to be sent.
func (q *queue) awaited(entry *table.Outgoing) bool {
	return slices.ContainsFunc(entry.Awaits(), func(txn event.TxnID) bool { return slices.Contains(q.passed, txn) })
}

package table

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
)

// echoMark begins a key that stands for an event id; no event id does.
const echoMark = "~"

// EchoKey is the key of the timeline item of what this device sent, from its
// local echo on.
func EchoKey(txn event.TxnID) string { return echoMark + string(txn) }

// Awaits returns the events of the outbox that this one names by their keys:
// it can be sent once they have ids.
func (o *Outgoing) Awaits() []event.TxnID {
	var all []event.TxnID
	for _, target := range event.Targets(o.Type, o.Content) {
		if txn, ok := strings.CutPrefix(string(target), echoMark); ok {
			all = append(all, event.TxnID(txn))
		}
	}
	return all
}

// Address returns the entry with the id of an event in place of its key.
func (o *Outgoing) Address(txn event.TxnID, id event.EventID) *Outgoing {
	next := *o
	next.asked = o.Print()
	next.Content = event.Retarget(o.Type, o.Content, event.EventID(EchoKey(txn)), id)
	return &next
}

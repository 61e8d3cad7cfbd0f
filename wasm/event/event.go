package event

import (
	"errors"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// ErrNotEvent says that bytes are no event: a required member is absent or has
// another type (spec: ClientEvent).
var ErrNotEvent = errors.New("not an event")

// MaxSize is the most bytes of an event that are taken in. A federated event
// has at most 65,536 in canonical form; the server's additions in unsigned may
// come on top.
const MaxSize = 512 << 10

// Event is a room event: its raw form and the header that every reader needs.
// Raw is valid JSON and must not be changed.
type Event struct {
	ID     EventID
	Type   string
	Sender UserID
	// TS is origin_server_ts, in milliseconds since 1970, as its sender's
	// server claims; negative or beyond 2^53 is replaced by 0.
	TS int64
	// StateKey is nil for an event that is no state.
	StateKey *string
	Raw      scan.Value
}

var headerKeys = []string{"event_id", "type", "sender", "origin_server_ts", "state_key", "content"}

// Parse reads the header of a room event (FEATURES 2-24). raw must be valid
// JSON and is kept.
func Parse(raw scan.Value) (Event, error) {
	var f [6]scan.Value
	raw.Fields(headerKeys, f[:])
	id, okID := f[0].AsText()
	kind, okType := f[1].AsText()
	sender, okSender := f[2].AsText()
	if !okID || !okType || !okSender || id == "" || f[5].Kind() != scan.Object || len(raw) > MaxSize {
		return Event{}, ErrNotEvent
	}
	e := Event{ID: EventID(id), Type: kind, Sender: UserID(sender), TS: saneTime(f[3].Int()), Raw: raw}
	if key, ok := f[4].AsText(); ok {
		e.StateKey = &key
	} else if f[4].Exists() {
		return Event{}, ErrNotEvent
	}
	return e, nil
}

// ParseStripped reads a stripped state event, which has neither id nor time
// (FEATURES 2-20). It must not enter a timeline or authorise anything.
func ParseStripped(raw scan.Value) (Event, error) {
	var f [6]scan.Value
	raw.Fields(headerKeys, f[:])
	kind, okType := f[1].AsText()
	sender, okSender := f[2].AsText()
	key, okKey := f[4].AsText()
	if !okType || !okSender || !okKey || f[5].Kind() != scan.Object || len(raw) > MaxSize {
		return Event{}, ErrNotEvent
	}
	return Event{Type: kind, Sender: UserID(sender), StateKey: &key, TS: saneTime(f[3].Int()), Raw: raw}, nil
}

const maxInteger = 1 << 53

func saneTime(ts int64) int64 {
	if ts < 0 || ts > maxInteger {
		return 0
	}
	return ts
}

// Content returns the content object.
func (e *Event) Content() scan.Value { return e.Raw.Get("content") }

// Unsigned returns what the server added to the event.
func (e *Event) Unsigned() scan.Value { return e.Raw.Get("unsigned") }

// IsState reports whether the event is a state event of that type with the
// empty state key.
func (e *Event) IsState(kind string) bool {
	return e.Type == kind && e.StateKey != nil && *e.StateKey == ""
}

// TxnID returns the transaction id that the server echoes to the device that
// sent the event, or "".
func (e *Event) TxnID() TxnID { return TxnID(e.Unsigned().Get("transaction_id").Text()) }

// PrevContent returns the content that this state event replaced, or nil where
// it is unknown; unknown does not mean none (FEATURES 2-01).
func (e *Event) PrevContent() scan.Value {
	if prev := e.Unsigned().Get("prev_content"); prev.Kind() == scan.Object {
		return prev
	}
	if prev := e.Raw.Get("prev_content"); prev.Kind() == scan.Object {
		return prev
	}
	return nil
}

// Redacted reports whether the server or this client redacted the event.
func (e *Event) Redacted() bool {
	return e.Unsigned().Get("redacted_because").Kind() == scan.Object
}

// Redacts returns the event that a redaction takes back, or "". Since room
// version 11 it is in the content; servers send it in both places.
func (e *Event) Redacts() EventID {
	if e.Type != RoomRedaction || e.StateKey != nil {
		return ""
	}
	if id := e.Content().Get("redacts").Text(); id != "" {
		return EventID(id)
	}
	return EventID(e.Raw.Get("redacts").Text())
}

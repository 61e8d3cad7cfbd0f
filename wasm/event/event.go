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
	content  scan.Value // of Raw, where reading it has passed it
}

// header are the members of an event that every reader needs.
type header struct {
	id, kind, sender, ts, stateKey, content scan.Value
}

func readHeader(c *scan.Cursor) (h header) {
	for name := range c.Members() {
		switch string(name) {
		case "event_id":
			h.id = c.Take()
		case "type":
			h.kind = c.Take()
		case "sender":
			h.sender = c.Take()
		case "origin_server_ts":
			h.ts = c.Take()
		case "state_key":
			h.stateKey = c.Take()
		case "content":
			h.content = c.Take()
		}
	}
	return h
}

// Parse reads the header of a room event (FEATURES 2-24). raw must be valid
// JSON and is kept.
func Parse(raw scan.Value) (Event, error) {
	e, err := Read(raw.Walk())
	if err == nil {
		e.Raw = raw
	}
	return e, err
}

// Read is Parse for the event before which the cursor stands, which it passes.
func Read(c *scan.Cursor) (Event, error) {
	at := c.At()
	h := readHeader(c)
	raw := c.Since(at)
	id, okID := h.id.AsText()
	kind, okType := typeOf(h.kind)
	sender, okSender := h.sender.AsText()
	if !okID || !okType || !okSender || id == "" || h.content.Kind() != scan.Object || len(raw) > MaxSize {
		return Event{}, ErrNotEvent
	}
	e := Event{ID: EventID(id), Type: kind, Sender: UserID(sender), TS: saneTime(h.ts.Int()), Raw: raw, content: h.content}
	if key, ok := h.stateKey.AsText(); ok {
		e.StateKey = &key
	} else if h.stateKey.Exists() {
		return Event{}, ErrNotEvent
	}
	return e, nil
}

// ParseStripped reads a stripped state event, which has neither id nor time
// (FEATURES 2-20). It must not enter a timeline or authorise anything.
func ParseStripped(raw scan.Value) (Event, error) {
	h := readHeader(raw.Walk())
	kind, okType := typeOf(h.kind)
	sender, okSender := h.sender.AsText()
	key, okKey := h.stateKey.AsText()
	if !okType || !okSender || !okKey || h.content.Kind() != scan.Object || len(raw) > MaxSize {
		return Event{}, ErrNotEvent
	}
	return Event{Type: kind, Sender: UserID(sender), StateKey: &key, TS: saneTime(h.ts.Int()), Raw: raw, content: h.content}, nil
}

const maxInteger = 1 << 53

func saneTime(ts int64) int64 {
	if ts < 0 || ts > maxInteger {
		return 0
	}
	return ts
}

// Content returns the content object.
func (e *Event) Content() scan.Value {
	if e.content != nil {
		return e.content
	}
	return e.Raw.Get("content")
}

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

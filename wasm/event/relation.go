package event

import "github.com/alcove-chat/alcove/wasm/scan"

// Relation types (spec: forming relationships between events).
const (
	Replace    = "m.replace"
	Annotation = "m.annotation"
	Reference  = "m.reference"
	Thread     = "m.thread"
)

// Relation is what an event says of how it belongs to another.
type Relation struct {
	// Type is "" for none, or a pure reply.
	Type string
	// ID is the event that it relates to; "" where Type is.
	ID EventID
	// Key is the key of an annotation.
	Key string
	// ReplyTo is the event that it answers, or "".
	ReplyTo EventID
}

// Relation reads the event's relation, as the server sees it: of an encrypted
// event that in the clear, whatever its payload says (FEATURES A.7, D-34). e is
// therefore the event as it came, not as it was decrypted.
func (e *Event) Relation() Relation {
	if e.StateKey != nil {
		return Relation{}
	}
	return ReadRelation(e.Content())
}

// ReadRelation reads the relation of content that was not decrypted.
func ReadRelation(content scan.Value) Relation {
	m := content.Get("m.relates_to")
	if m.Kind() != scan.Object {
		return Relation{}
	}
	r := Relation{Type: m.Get("rel_type").Text(), ID: EventID(m.Get("event_id").Text())}
	if r.Type == "" || r.ID == "" {
		r = Relation{}
	}
	if r.Type == Annotation {
		key, ok := m.Get("key").AsText()
		if !ok {
			return Relation{}
		}
		r.Key = key
	}
	// In a thread an answer may be there only for clients without threads.
	if r.Type != Replace && r.Type != Annotation && !(r.Type == Thread && m.Get("is_falling_back").IsTrue()) {
		r.ReplyTo = EventID(m.Path("m.in_reply_to", "event_id").Text())
	}
	return r
}

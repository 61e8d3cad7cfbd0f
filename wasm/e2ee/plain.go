package e2ee

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

const relatesTo = "m.relates_to"

var payloadFields = []string{"room_id", "type", "content"}

// open returns the event that was encrypted, as if it had come in the clear.
func (s *sealed) open() (event.Event, Failure) {
	payload, err := scan.Parse(s.text.Text)
	if err != nil {
		return event.Event{}, EventMalformed
	}
	var f [3]scan.Value
	payload.Fields(payloadFields, f[:])
	kind, isText := f[1].AsText()
	switch {
	case !isText || f[2].Kind() != scan.Object || !sealable(kind):
		return event.Event{}, EventMalformed
	case f[0].Text() != string(s.Room):
		return event.Event{}, EventRoom
	}
	relation := s.Event.Content().Get(relatesTo)
	opened, err := event.Parse(rebuilt(s.Event.Raw, f[1], related(f[2], relation)))
	if err != nil {
		return event.Event{}, EventMalformed
	}
	return opened, ""
}

// sealable reports whether an event of that type means anything when it comes
// encrypted. What servers have to see and allow does not: nobody asked whether
// the sender may redact.
func sealable(kind string) bool {
	return kind != "" && kind != event.RoomEncrypted && kind != event.RoomRedaction
}

// rebuilt returns an event's JSON with another type and content.
func rebuilt(raw, kind, content scan.Value) scan.Value {
	b := append(make([]byte, 0, len(raw)+len(content)), '{')
	for name, value := range raw.Members() {
		if n := string(name); n != `"type"` && n != `"content"` {
			b = append(append(append(append(b, name...), ':'), value...), ',')
		}
	}
	// At the end they also count if they were there by another spelling.
	b = append(append(b, `"type":`...), kind...)
	b = append(append(b, `,"content":`...), content...)
	return append(b, '}')
}

// related returns a content with the relation that its event shows in the clear:
// that is the one servers see, whatever was encrypted (FEATURES D-34, E-11).
func related(content, relation scan.Value) scan.Value {
	content = withoutRelation(content)
	if !relation.Exists() {
		return content
	}
	return member(content, relatesTo, relation)
}

// member returns an object with a member at its end.
func member(object scan.Value, name string, value scan.Value) scan.Value {
	b := append(make([]byte, 0, len(object)+len(name)+len(value)+8), '{')
	for k, v := range object.Members() {
		b = append(append(append(append(b, k...), ':'), v...), ',')
	}
	b = append(scan.AppendText(b, name), ':')
	return append(append(b, value...), '}')
}

// withoutRelation returns an object without any relation.
func withoutRelation(object scan.Value) scan.Value {
	if !object.Get(relatesTo).Exists() {
		return object
	}
	var b scan.Builder
	for k, v := range object.Members() {
		if name := k.Text(); name != relatesTo {
			b.Raw(name, v)
		}
	}
	return b.Done()
}

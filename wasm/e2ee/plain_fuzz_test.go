package e2ee

import (
	"bytes"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// FuzzOpen: whatever was encrypted, what is opened is an event of the same id,
// sender and time, with the relation that was in the clear and no other (G-2).
func FuzzOpen(f *testing.F) {
	for _, relation := range []string{"", `{"event_id":"$b"}`} {
		for _, payload := range []string{
			`{"room_id":"!r","type":"t","content":{"body":"x"}}`, `{"room_id":"!r","type":"t","content":{"m.relates_to":{},"m.\u0072elates_to":1}}`,
			`{"room_id":"!r","type":"m.room.redaction","content":{"redacts":"$a"}}`, `{"room_id":"!r","type":"t\"","content":{"a":[]},"content":[]}`, `[`, ``,
		} {
			f.Add([]byte(payload), relation)
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte, relation string) {
		var content, b scan.Builder
		if scan.Valid([]byte(relation)) {
			content.Raw(relatesTo, scan.Value(relation))
		} else {
			relation = ""
		}
		e, err := event.Parse(b.Text("type", event.RoomEncrypted).Text("event_id", "$a").Text("sender", "@u:h").Int("origin_server_ts", 5).Raw("content", content.Done()).Done())
		if err != nil {
			return // nested too deeply
		}
		s := sealed{Sealed: &Sealed{Room: "!r", Event: e}, text: megolm.Plaintext{Text: payload}}
		opened, failure := s.open()
		if failure != "" {
			return
		}
		got := opened.Content().Get(relatesTo)
		switch {
		case !scan.Valid(opened.Raw):
			t.Errorf("%q", opened.Raw)
		case opened.ID != "$a" || opened.Sender != "@u:h" || opened.TS != 5 || opened.StateKey != nil:
			t.Errorf("another event: %q", opened.Raw)
		case opened.Type == event.RoomRedaction || opened.Type == event.RoomEncrypted:
			t.Errorf("of a type that is not opened: %q", opened.Raw)
		case !bytes.Equal(bytes.TrimSpace(got), []byte(strings.TrimSpace(relation))):
			t.Errorf("relates to %q, not %q", got, relation)
		}
	})
}

package event_test

import (
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

func TestRetarget(t *testing.T) { // FEATURES A.7, A.5
	for _, c := range []struct{ kind, content, targets, want string }{
		{event.RoomMessage, `{}`, `[]`, `{}`},
		{event.RoomMessage, `{"m.relates_to":7,"redacts":"~a"}`, `[]`, `{"m.relates_to":7,"redacts":"~a"}`},
		{event.RoomMessage, `{"m.relates_to":{"event_id":["~a"]},"event_id":"~a"}`, `[]`, `{"m.relates_to":{"event_id":["~a"]},"event_id":"~a"}`},
		{event.Reaction, `{"m.relates_to":{"event_id":"~a","rel_type":"m.annotation","key":"~a"},"x":[1]}`, `[~a]`,
			`{"m.relates_to":{"event_id":"$1","rel_type":"m.annotation","key":"~a"},"x":[1]}`},
		{event.Reaction, `{ "m.relates\u005fto" : { "event_id" : "\u007ea" } }`, `[~a]`, `{"m.relates_to":{"event_id":"$1"}}`},
		{event.RoomMessage, `{"m.relates_to":{"m.in_reply_to":{"event_id":"~a"}}}`, `[~a]`, `{"m.relates_to":{"m.in_reply_to":{"event_id":"$1"}}}`},
		{event.RoomMessage, `{"m.relates_to":{"m.in_reply_to":{"event_id":"~a"},"event_id":"$root"}}`, `[$root ~a]`,
			`{"m.relates_to":{"m.in_reply_to":{"event_id":"$1"},"event_id":"$root"}}`},
		{event.RoomMessage, `{"m.relates_to":{"m.in_reply_to":{"event_id":"~b"},"event_id":"~a"}}`, `[~a ~b]`,
			`{"m.relates_to":{"m.in_reply_to":{"event_id":"~b"},"event_id":"$1"}}`},
		{event.RoomRedaction, `{"redacts":"~a","m.relates_to":{"event_id":"~a"}}`, `[~a]`, `{"redacts":"$1","m.relates_to":{"event_id":"~a"}}`},
	} {
		if got := fmt.Sprint(event.Targets(c.kind, scan.Value(c.content))); got != c.targets {
			t.Errorf("%s names %s, want %s", c.content, got, c.targets)
		}
		if got := event.Retarget(c.kind, scan.Value(c.content), "~a", "$1"); string(got) != c.want {
			t.Errorf("%s becomes %s, want %s", c.content, got, c.want)
		}
	}
}

// FuzzRetarget: whatever is written, nothing else changes than what is named.
func FuzzRetarget(f *testing.F) {
	f.Add(`{"m.relates_to":{"event_id":"~a","m.in_reply_to":{"event_id":"~a"}},"redacts":"~a","b":{"":[0,null]}}`)
	f.Fuzz(func(t *testing.T, content string) {
		v := scan.Value(content)
		if !scan.Valid(v) || v.Kind() != scan.Object {
			return
		}
		v = v.WellFormed()
		for _, kind := range []string{event.RoomMessage, event.RoomRedaction} {
			there := event.Retarget(kind, v, "~a", "$1")
			if !scan.Valid(there) || len(event.Targets(kind, there)) != len(event.Targets(kind, v)) {
				t.Fatalf("%s becomes %s", v, there)
			}
			for _, id := range event.Targets(kind, there) {
				if id == "~a" {
					t.Fatalf("%s still names it", there)
				}
			}
		}
	})
}

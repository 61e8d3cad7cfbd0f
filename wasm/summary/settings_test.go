package summary_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// TestAccess (FEATURES 2-06, 7-28).
func TestAccess(t *testing.T) {
	for content, want := range map[string]string{
		`{}`:                           "invite []",
		`{"join_rule":7}`:              "invite []",
		`{"join_rule":"private"}`:      "invite []",
		`{"join_rule":"from the 30s"}`: "invite []",
		`{"join_rule":"public","allow":[{"type":"m.room_membership","room_id":"!a:x"}]}`:                                                                                                     "public []",
		`{"join_rule":"restricted","allow":[{"type":"m.room_membership","room_id":"!a:x"},{"type":"other","room_id":"!b:x"},7,{"type":"m.room_membership","room_id":"#c:x"},{"room_id":3}]}`: "restricted [!a:x]",
		`{"join_rule":"knock_restricted","allow":{"type":"m.room_membership"}}`:                                                                                                              "knock_restricted []",
		`{"join_rule":"knock_restricted","allow":[{"type":"m.room_membership","room_id":"!v12"}]}`:                                                                                           "knock_restricted [!v12]",
	} {
		v := scan.Value(content)
		if got := fmt.Sprint(summary.JoinRule(v.Get("join_rule").Text()), " ", summary.Allowed(v)); got != want {
			t.Errorf("%s: %s, want %s", content, got, want)
		}
	}
}

func TestACL(t *testing.T) {
	if summary.ACL(nil) != nil {
		t.Error("no event limits nobody")
	}
	for content, want := range map[string]string{
		`{}`: "{[] [] true}",
		`{"allow":["*",7],"deny":["evil.*"],"allow_ip_literals":false}`: "{[*] [evil.*] false}",
		`{"allow":"*","deny":7,"allow_ip_literals":"no"}`:               "{[] [] true}",
	} {
		if got := fmt.Sprint(*summary.ACL(scan.Value(content))); got != want {
			t.Errorf("%s: %s, want %s", content, got, want)
		}
	}
}

// TestPinned: what is pinned is a list that anyone may have written who may pin.
func TestPinned(t *testing.T) {
	var many []string
	for i := range 20_000 {
		many = append(many, fmt.Sprintf("%q", fmt.Sprint("$", i)))
	}
	for content, want := range map[string]string{
		``:                       "[]",
		`{"pinned":"$a"}`:        "[]",
		`{"pinned":{"$a":"$b"}}`: "[]",
		`{"pinned":["$b","$a"]}`: "[$b $a]",
		`{"pinned":["$a","$b","$a",7,null,"",["$c"]]}`: "[$b $a]",
	} {
		if got := fmt.Sprint(summary.Pinned(scan.Value(content))); got != want {
			t.Errorf("%s: %s, want %s", content, got, want)
		}
	}
	long := summary.Pinned(scan.Value(`{"pinned":[` + strings.Join(many, ",") + `]}`))
	if len(long) != 100 || long[0] != "$19900" || long[99] != "$19999" {
		t.Errorf("%d: %v", len(long), long)
	}
}

// TestReplacement: a tombstone names any room that it likes, and this one never (FEATURES D-22).
func TestReplacement(t *testing.T) {
	for content, want := range map[string]string{
		`{}`:                          "<nil>",
		`{"replacement_room":7}`:      "<nil>",
		`{"replacement_room":""}`:     "<nil>",
		`{"replacement_room":"#a:x"}`: "<nil>",
		`{"replacement_room":"!old"}`: "<nil>",
		`{"replacement_room":"!` + strings.Repeat("n", 255) + `"}`: "<nil>",
		`{"replacement_room":"!new","body":"moved\n on"}`:          "&{!new false moved on [s:1]}",
		`{"replacement_room":"!new:y","body":[]}`:                  "&{!new:y false  [s:1 y]}",
		`{"replacement_room":"!new:s:1"}`:                          "&{!new:s:1 false  [s:1]}",
	} {
		e := scan.Value(`{"sender":"@a:s:1","content":` + content + `}`)
		if got := fmt.Sprint(summary.Replacement("!old", e)); got != want {
			t.Errorf("%s: %s, want %s", content, got, want)
		}
		room := &table.Room{ID: "!old", Successor: "!before"}
		summary.ApplyState(room, state(event.RoomTombstone, "", content), me)
		if (room.Successor == "") != (want == "<nil>") {
			t.Errorf("%s: the list shows %q", content, room.Successor)
		}
	}
	for named, want := range map[string]event.RoomID{`"!old"`: "!old", `"!new"`: "", `"old"`: "", `7`: ""} {
		room := &table.Room{ID: "!new", Predecessor: "!before"}
		summary.ApplyState(room, state(event.RoomCreate, "", `{"predecessor":{"room_id":`+named+`}}`), me)
		if room.Predecessor != want {
			t.Errorf("%s was replaced: %q", named, room.Predecessor)
		}
	}
}

package syncer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
)

func set(n int, sender, kind, key, content string) string {
	return fmt.Sprintf(`{"event_id":"$%d","type":%q,"state_key":%q,"sender":%q,"origin_server_ts":%d,"content":%s}`, n, kind, key, sender, n, content)
}

// children shows what is in a space, by the ledger.
func (a *account) children(id string) string {
	var found []string
	a.ledger.Graph(func(g *space.Graph) {
		for _, e := range g.Children(event.RoomID(id)) {
			found = append(found, fmt.Sprintf("%s%s%d%v", e.Room, e.Order, e.TS, e.Suggested))
		}
	})
	return strings.Join(found, " ")
}

// TestChildren (FEATURES A.3): children come and go with state, whatever order it
// comes in, and a start knows them.
func TestChildren(t *testing.T) {
	a := newAccount(t)
	creation := set(9, "@me:h", "m.room.create", "", `{"type":"m.space","room_version":"11"}`)
	via := `"via":["h"]`
	a.take("", `{"next_batch":"1",`+joinRoom("!space", `"state":{"events":[`+strings.Join([]string{
		set(1, "@me:h", "m.space.child", "!b", `{`+via+`,"order":"b","suggested":true}`),
		set(2, "@me:h", "m.space.child", "!a", `{`+via+`,"order":"`+strings.Repeat("x", 51)+`"}`),
		set(3, "@me:h", "m.space.child", "no room", `{`+via+`}`),
		set(4, "@me:h", "m.space.child", "!gone", `{}`),
		set(5, "@me:h", "m.space.child", "!odd", `{"via":"h"}`),
		set(6, "@me:h", "m.space.child", "!space", `{`+via+`}`),
		creation, member("@me:h", "Me", "join"),
	}, ",")+`]}`)+`}`)
	if got := a.children("!space"); got != "!bb1true !a2false" {
		t.Errorf("at first: %s", got)
	}
	a.take("1", `{"next_batch":"2",`+joinRoom("!space", `"timeline":{"events":[`+
		set(11, "@me:h", "m.space.child", "!b", `{}`)+`,`+set(12, "@me:h", "m.space.child", "!c", `{`+via+`,"order":"a"}`)+`]}`)+`}`)
	if got := a.children("!space"); got != "!ca12false !a2false" {
		t.Errorf("after a change: %s", got)
	}
	a.disk.Kill()
	a.open()
	if got := a.children("!space"); got != "!ca12false !a2false" {
		t.Errorf("after a start: %s", got)
	}
}

// TestManyChildren: 5,000 at once, and one of them changed.
func TestManyChildren(t *testing.T) {
	a := newAccount(t)
	state := []string{set(9, "@me:h", "m.room.create", "", `{"type":"m.space","room_version":"11"}`), member("@me:h", "Me", "join")}
	for i := range 5000 {
		state = append(state, set(100+i, "@me:h", "m.space.child", fmt.Sprintf("!%04d", i), `{"via":["h"]}`))
	}
	a.take("", `{"next_batch":"1",`+joinRoom("!space", `"state":{"events":[`+strings.Join(state, ",")+`]}`)+`}`)
	a.take("1", `{"next_batch":"2",`+joinRoom("!space", `"timeline":{"events":[`+set(1, "@me:h", "m.space.child", "!2500", `{}`)+`]}`)+`}`)
	if n := len(a.ledger.Space("!space").Children); n != 4999 {
		t.Errorf("%d children", n)
	}
}

// TestClaims: a room's own word counts if who may say so gave it (FEATURES A.3, 4).
func TestClaims(t *testing.T) {
	a := newAccount(t)
	parent := func(n int, sender string) string {
		return set(n, sender, "m.space.parent", "!space", `{"via":["h"],"canonical":true}`)
	}
	room := func(id, state string) string {
		return fmt.Sprintf(`%q:{"state":{"events":[%s]}}`, id, set(8, "@me:h", "m.room.create", "", `{"room_version":"11"}`)+","+member("@me:h", "Me", "join")+","+state)
	}
	levels := func(n int, content string) string {
		return set(n, "@me:h", "m.room.power_levels", "", content)
	}
	a.take("", `{"next_batch":"1","rooms":{"join":{`+strings.Join([]string{
		room("!keeper", parent(1, "@keeper:h")), room("!stranger", parent(2, "@stranger:h")),
		`"!space":{"state":{"events":[` + strings.Join([]string{
			set(9, "@me:h", "m.room.create", "", `{"type":"m.space","room_version":"11"}`), member("@me:h", "Me", "join"),
			levels(10, `{"users":{"@keeper:h":40,"@stranger:h":39},"events":{"m.space.child":40}}`),
		}, ",") + `]}}`,
	}, ",")+`}}}`)
	if got := a.children("!space"); got != "!keeper0false" {
		t.Errorf("at first: %s", got)
	}
	a.take("1", `{"next_batch":"2",`+joinRoom("!space", `"timeline":{"events":[`+levels(11, `{"users":{"@stranger:h":50}}`)+`]}`)+`}`)
	if got := a.children("!space"); got != "!stranger0false" {
		t.Errorf("after a change of power: %s", got)
	}
	a.take("2", `{"next_batch":"3",`+joinRoom("!stranger", `"timeline":{"events":[`+set(12, "@me:h", "m.space.parent", "!space", `{}`)+`]}`)+`}`)
	if got := a.children("!space"); got != "" {
		t.Errorf("after it was taken back: %s", got)
	}
}

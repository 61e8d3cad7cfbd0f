//go:build !js

package client_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/event"
)

// TestWhatHelps: who is refused is told what would let them in, and no more rooms than
// anybody reads (FEATURES 2-06, 7-28).
func TestWhatHelps(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, servers := w.hand(w.register("alice")), map[hand]string{}
	club, other := alice.club(servers, "one.org"), alice.made(`{"preset":"public_chat"}`)
	bob := w.newcomer(servers)
	bob.join(club)
	many := []string{}
	for i := range 7 {
		many = append(many, fmt.Sprintf(`{"type":"m.room_membership","room_id":"!club\u001b%d"}`, i))
	}
	for what, c := range map[string]struct {
		rule       string
		conditions []string
		knocked    bool
		want       []string
		not        string
	}{
		"to knock, or another room": {"knock_restricted", []string{membersOf(other)}, false, []string{"knock", string(other)}, "invitation"},
		"many rooms":                {"knock_restricted", many, false, []string{`!club\x1b0`, `!club\x1b4`}, `!club\x1b5`},
		"an unknown condition":      {"knock_restricted", []string{`{"type":"org.example"}`}, false, []string{"knock"}, "join one"},
		"no more than to knock":     {"knock_restricted", nil, false, []string{"knock"}, "join one"},
		"to wait":                   {"knock_restricted", []string{membersOf(other)}, true, []string{"has knocked", "invitation", string(other)}, ""},
		"an invitation":             {"restricted", []string{membersOf(club)}, false, []string{"let the user in", "invitation"}, "knock"},
	} {
		room := alice.made(joinRules(c.rule, c.conditions...))
		bob.follows()
		if c.knocked {
			_, err := bob.KnockRoom(t.Context(), api.JoinRoomParams{Room: string(room)})
			bob.ok(err)
		}
		bob.follows(unknown, unknown)
		_, err := bob.JoinRoom(t.Context(), api.JoinRoomParams{Room: string(room)})
		e := client.Explain(err)
		for _, want := range c.want {
			if e == nil || !strings.Contains(e.Message, want) {
				t.Errorf("%s: %+v", what, e)
			}
		}
		if e == nil || e.Code != api.ServerForbidden || e.Status != 404 || c.not != "" && strings.Contains(e.Message, c.not) {
			t.Errorf("%s: %+v", what, e)
		}
	}
	bob.follows(unknown)
	_, err := bob.JoinRoom(t.Context(), api.JoinRoomParams{Room: string(alice.made(joinRules("knock")))})
	if e := client.Explain(err); e == nil || e.Code != api.ServerNotFound || strings.Contains(e.Message, "helps") {
		t.Errorf("no way to a room without restricted rules: %+v", e)
	}
	bob.follows()
	_, err = bob.KnockRoom(t.Context(), api.JoinRoomParams{Room: string(alice.made(joinRules("restricted", membersOf(other))))})
	if e := client.Explain(err); e == nil || e.Code != api.ServerForbidden {
		t.Errorf("a knock where there is no door: %+v", e)
	}
}

// waysIn: who is in a space comes into its rooms without naming a server; others are
// told what would help (FEATURES 2-06, 2-27, 2-44, 7-28).
func waysIn(w *world) {
	alice, bob, carol := w.hand(w.register("alice")), w.newcomer(nil), w.user("carol")
	space := alice.build("space", asSpace)
	within := alice.made(joinRules("restricted", membersOf(space)))
	door := alice.made(joinRules("knock_restricted", `{"type":"org.example.condition"}`))
	alice.ask("PUT", "rooms/"+escape(space)+"/state/m.space.child/"+escape(within), `{"via":["far.example","localhost"]}`)
	bob.join(space)
	bob.follows()
	bob.join(within)
	bob.went("a room of the space", "far.example")
	refused := func(what string, room event.RoomID, helps string) {
		w.t.Helper()
		_, err := carol.JoinRoom(w.t.Context(), api.JoinRoomParams{Room: string(room)})
		if e := client.Explain(err); e == nil || e.Code != api.ServerForbidden || e.Errcode == "" || e.Status < 400 || !strings.Contains(e.Message, helps) {
			w.t.Errorf("%s: %+v", what, e)
		}
	}
	knocks := func(room event.RoomID) {
		w.t.Helper()
		_, err := carol.KnockRoom(w.t.Context(), api.JoinRoomParams{Room: string(room)})
		carol.ok(err)
	}
	about := fmt.Sprintf(`{"user_id":%q}`, carol.id())
	refused("a stranger", within, "")
	refused("who meets no known condition", door, "to knock")
	knocks(door)
	refused("who has knocked", door, "has knocked")
	alice.post("rooms/"+escape(door)+"/invite", about)
	carol.stands(door, event.Invite)
	knocks(door)
	if now := w.membershipOf(alice, door, carol); now != event.Invite {
		w.t.Errorf("who is invited and knocks: %s", now)
	}
	carol.join(door)
	alice.post("rooms/"+escape(door)+"/ban", about)
	carol.rooms(api.RoomFilter{Kind: api.KindLeft}).until(func(all []api.Room) bool { return len(all) == 1 && all[0].Membership == event.Ban })
	refused("who is banned", door, "banned")
}

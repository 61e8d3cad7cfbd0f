//go:build !js

package client_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// goes checks by way of which servers bob joins and knocks where he names none.
func (n *newcomer) goes(what, room, want string, via ...string) {
	n.t.Helper()
	n.follows(forbidden, forbidden)
	p := api.JoinRoomParams{Room: room, Via: via}
	if _, err := n.JoinRoom(n.t.Context(), p); code(err) != api.ServerForbidden {
		n.t.Errorf("%s: %v", what, err)
	}
	if _, err := n.KnockRoom(n.t.Context(), p); code(err) != api.ServerForbidden {
		n.t.Errorf("%s: %v", what, err)
	}
	n.went(what, want, want)
}

// TestRoutes: who names no server goes by way of those that are known here to know the
// room (FEATURES 2-06, D-24).
func TestRoutes(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, dave := w.hand(w.register("alice")), w.hand(w.register("dave"))
	bob := w.newcomer(map[hand]string{dave: "dave.org"})
	space, left, old := alice.build("space", asSpace), alice.build("left", asSpace), dave.made(`{"preset":"public_chat"}`)
	child := func(space event.RoomID, room, content string) {
		alice.ask("PUT", "rooms/"+escape(space)+"/state/m.space.child/"+escape(event.RoomID(room)), content)
	}
	child(space, "!listed:made.org", `{"via":["one.org","10.0.0.1","localhost","two.org","four.org"]}`)
	child(space, "!bare", `{"via":["one.org"]}`)
	child(space, "!gone", `{}`)
	public := alice.build("public", "")
	child(space, string(public), `{"via":["one.org"]}`)
	child(space, "!next:made.org", `{"via":["one.org"]}`)
	child(left, "!bare", `{"via":["left.org"]}`)
	for _, room := range []event.RoomID{space, left, old} {
		bob.join(room)
	}
	bob.ok(bob.LeaveRoom(t.Context(), api.LeaveRoomParams{RoomID: left}))
	dave.ask("PUT", "rooms/"+escape(old)+"/state/m.room.tombstone/", `{"body":"moved","replacement_room":"!next:made.org"}`)
	bob.until(old, func(r api.Room) bool { return r.Successor != "" })
	bob.goes("the user's own server is none", string(alice.made(`{}`)), "")
	bob.goes("the id's server", "!some:where.org", "where.org")
	bob.goes("nobody knows", "!some", "")
	bob.goes("an address", "!some:127.0.0.1", "")
	bob.goes("no space lists it any more", "!gone", "")
	bob.goes("a space that the user is in lists it", "!bare", "one.org")
	bob.goes("its servers, and the id's", "!listed:made.org", "one.org two.org four.org made.org")
	bob.goes("a room that it replaced, and a space", "!next:made.org", "dave.org one.org made.org")
	bob.goes("those that are named", "!listed:made.org", "named.org 10.0.0.1", "named.org", "10.0.0.1")
	for what, c := range map[string]struct {
		room   string
		answer func(*http.Request) (*http.Response, error)
		asked  []string
	}{
		"a server that cannot tell":         {"!bare", unable, []string{"named.org", "one.org"}},
		"a server that says no":             {"!bare", forbidden, []string{"named.org"}},
		"no restricted rules to tell about": {string(public), forbidden, []string{"named.org"}},
	} {
		bob.follows(c.answer, c.answer)
		if _, err := bob.JoinRoom(t.Context(), api.JoinRoomParams{Room: c.room, Via: []string{"named.org"}}); code(err) != api.ServerForbidden {
			t.Errorf("%s: %v", what, err)
		}
		bob.went(what, c.asked...)
	}
	bob.goes("an alias is found by the user's own server", "#some:where.org", "")
}

// TestRouteOfInvite: who invites knows the room.
func TestRouteOfInvite(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	dave := w.hand(w.register("dave"))
	bob := w.newcomer(map[hand]string{dave: "dave.org"})
	room := dave.made(fmt.Sprintf(`{"preset":"private_chat","invite":[%q]}`, bob.id()))
	bob.stands(room, event.Invite)
	bob.follows()
	bob.join(room)
	bob.went("invited", "dave.org")
}

// TestRouteOfAlias: of a room that was left, and whose id names no server, the alias
// may tell; not where it is another room's by now.
func TestRouteOfAlias(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.hand(w.register("alice")), w.newcomer(nil)
	name := unique("attic")
	room := alice.made(fmt.Sprintf(`{"preset":"public_chat","room_version":"12","room_alias_name":%q}`, name))
	bob.join(room)
	bob.details(room, func(d api.RoomDetails) bool { return d.Alias != "" })
	bob.ok(bob.LeaveRoom(t.Context(), api.LeaveRoomParams{RoomID: room}))
	bob.resolves(`{"room_id":"!another","servers":["far.org"]}`)
	bob.goes("another room's", string(room), "")
	bob.resolves(fmt.Sprintf(`{"room_id":%q,"servers":["localhost","far.org","10.0.0.1"]}`, room))
	bob.goes("its own", string(room), "far.org")
}

// TestKnockInvited: who is invited, or in, need not knock, and no server lets them
// (FEATURES 2-44, D-25); who was, and is not any more, does.
func TestKnockInvited(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.hand(w.register("alice")), w.newcomer(nil)
	room := alice.made(joinRules("knock"))
	knocks := func(asked ...string) {
		t.Helper()
		bob.follows()
		ref, err := bob.KnockRoom(t.Context(), api.JoinRoomParams{Room: string(room)})
		bob.ok(err)
		if ref.RoomID != room {
			t.Errorf("knocked at %s", ref.RoomID)
		}
		bob.went("knock", asked...)
	}
	me := fmt.Sprintf(`{"user_id":%q}`, bob.id())
	alice.post("rooms/"+escape(room)+"/invite", me)
	bob.stands(room, event.Invite)
	knocks()
	bob.stands(room, event.Invite)
	bob.close()
	alice.post("rooms/"+escape(room)+"/kick", me)
	bob.start()
	knocks("")
	bob.stands(room, event.Knock)
	alice.post("rooms/"+escape(room)+"/invite", me)
	bob.stands(room, event.Invite)
	bob.join(room)
	knocks()
	bob.stands(room, event.Join)
}

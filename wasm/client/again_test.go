//go:build !js

package client_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// askedAgain does everything that changes a membership twice, as a page does
// that lost its core in between. Servers refuse some of it the second
// time.
func askedAgain(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Twice"})
	act := func(what api.MembershipAction) func() {
		return func() { alice.act(room, bob, what) }
	}
	for _, step := range []func(){
		act(api.ActionInvite),
		func() { bob.join(room) },
		act(api.ActionInvite), // which he accepted already
		act(api.ActionKick),
		act(api.ActionBan),
		act(api.ActionUnban),
		act(api.ActionInvite),
		func() { bob.join(room) },
		func() { bob.ok(bob.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: room, Reason: "bye"})) },
		func() { bob.ok(bob.ForgetRoom(w.t.Context(), api.RoomParams{RoomID: room})) },
		func() { alice.state(room, event.RoomTopic, `{"topic":"tea"}`) },
	} {
		step()
		step()
	}
	// What nobody asked for before is refused as ever.
	carol := w.user("carol")
	for what, user := range map[api.MembershipAction]*user{api.ActionKick: carol, api.ActionInvite: bob} {
		err := carol.SetMembership(w.t.Context(), api.SetMembershipParams{RoomID: room, UserID: user.id(), Action: what})
		if code(err) != api.ServerForbidden {
			w.t.Errorf("%s by a stranger: %v", what, err)
		}
	}
}

// numbers: those that servers refuse do not get into a queue, and all others
// get through.
func numbers(w *world) {
	alice := w.user("alice")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"})
	for n, number := range []string{"9007199254740992", "-9007199254740992", "1.5", "1.0", "1e3"} {
		content := fmt.Sprintf(`{"msgtype":"m.text","body":"x","geo":{"zoom":%s}}`, number)
		_, err := alice.Send(w.t.Context(), api.SendParams{RoomID: room, TxnID: event.TxnID(fmt.Sprint("n", n)), Type: event.RoomMessage, Content: scan.Value(content)})
		if code(err) != api.SendInvalid || !strings.Contains(err.Error(), "geo.zoom") {
			w.t.Errorf("%s: %v", number, err)
		}
		path := fmt.Sprintf("/_matrix/client/v3/rooms/%s/send/m.room.message/direct%d", escape(room), n)
		answer, err := alice.Request(w.t.Context(), api.RequestParams{Method: "PUT", Path: path, Body: scan.Value(content)})
		if alice.ok(err); answer.Status != http.StatusBadRequest {
			w.t.Errorf("the server takes %s: %d", number, answer.Status)
		}
	}
	alice.send(room, event.RoomMessage, scan.Value(`{"msgtype":"m.text","body":"fine","geo":{"zoom":9007199254740991,"lat":-9007199254740991}}`))
	alice.timeline(room).reads("fine")
}

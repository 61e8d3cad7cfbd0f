//go:build !js

package client_test

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// invitesBlocked: who blocks invitations gets none until that ends; whoever invites
// hears it as a reason of its own, and what else the setting says stays (FEATURES
// B-18, B-19).
func invitesBlocked(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	may, err := bob.Capabilities(w.t.Context())
	if now := until(w.t, may, err, func(now api.Capabilities) bool { return now.Known }); !now.InvitePermission {
		w.t.Error("the server does not say that it enforces who may invite")
	}
	// A change from elsewhere reaches the stream, in words of a later version too.
	set := func(content string) {
		bob.ok(bob.SetAccountData(w.t.Context(), api.SetAccountDataParams{Type: event.InvitePermissionConfig, Content: scan.Value(content)}))
	}
	told, err := bob.InvitePermission(w.t.Context())
	bob.ok(err)
	next := func(block bool) {
		w.t.Helper()
		now, err := told.Next(w.t.Context())
		if bob.ok(err); now.Block != block {
			w.t.Errorf("block is %v", now.Block)
		}
	}
	next(false)
	set(`{"org.example.more":1,"default_action":"block"}`)
	next(true)
	set(`{"org.example.more":1,"default_action":"org.example.ask"}`)
	next(false)

	bob.ok(bob.SetInvitePermission(w.t.Context(), api.InvitePermission{Block: true}))
	next(true)
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"})
	invite := api.SetMembershipParams{RoomID: room, UserID: bob.id(), Action: api.ActionInvite}
	if err := alice.SetMembership(w.t.Context(), invite); code(err) != api.InviteBlocked {
		w.t.Errorf("invited: %v", err)
	}
	if _, err := alice.CreateRoom(w.t.Context(), api.CreateRoomParams{Preset: "private_chat", Invite: []event.UserID{bob.id()}}); code(err) != api.InviteBlocked {
		w.t.Errorf("invited into a new room: %v", err)
	}

	bob.ok(bob.SetInvitePermission(w.t.Context(), api.InvitePermission{}))
	next(false)
	data, err := bob.AccountData(w.t.Context(), api.AccountDataParams{Type: event.InvitePermissionConfig})
	if bob.ok(err); string(data.Content) != `{"org.example.more":1}` {
		w.t.Errorf("it says %s", data.Content)
	}
	bob.ok(alice.SetMembership(w.t.Context(), invite))
	bob.until(room, func(r api.Room) bool { return r.Membership == event.Invite })

	bob.ok(bob.SetInvitePermission(w.t.Context(), api.InvitePermission{Block: true}))
	next(true)
	bob.close()
	bob.start()
	told, err = bob.InvitePermission(w.t.Context())
	bob.ok(err)
	next(true) // stored
}

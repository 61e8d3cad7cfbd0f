//go:build !js

package client_test

import (
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// roomSettings: what settings show is what the state says, and what one may change
// goes by one's level (FEATURES 2-06, 7-22, B-14, B-15).
func roomSettings(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	d := bob.details(room, func(d api.RoomDetails) bool { return d.Version != "" && d.Can.Send })
	if d.JoinRule != "invite" || d.History != "shared" || !d.Guests || d.ACL != nil || d.Replacement != nil || *d.Levels.State != 50 || *d.Levels.Kick != 50 {
		w.t.Errorf("%+v", d)
	}
	if d.Can != (api.Permissions{Send: true, Redact: false, Invite: d.Can.Invite}) {
		w.t.Errorf("bob may %+v", d.Can)
	}
	alice.state(room, event.RoomJoinRules, fmt.Sprintf(`{"join_rule":"restricted","allow":[{"type":"m.room_membership","room_id":%q}]}`, room))
	alice.state(room, event.RoomHistoryVisibility, `{"history_visibility":"invited"}`)
	alice.state(room, event.RoomGuestAccess, `{"guest_access":"forbidden"}`)
	alice.state(room, event.RoomServerACL, `{"allow":["*"],"deny":["*.evil.example"],"allow_ip_literals":false}`)
	d = bob.details(room, func(d api.RoomDetails) bool { return d.ACL != nil })
	if d.JoinRule != "restricted" || !slices.Equal(d.Allow, []event.RoomID{room}) || d.History != "invited" || d.Guests ||
		!slices.Equal(d.ACL.Deny, []string{"*.evil.example"}) || d.ACL.IPs {
		w.t.Errorf("%+v", d)
	}
	own := alice.details(room, func(d api.RoomDetails) bool { return d.ACL != nil })
	if c := own.Can; !c.Avatar || !c.Access || !c.History || !c.Power || !c.Aliases || !c.Encrypt || !c.Pin || !c.Upgrade || !c.Notify || c.Children {
		w.t.Errorf("alice may %+v", c)
	}
	// Whoever made a room of version 12 is above all levels.
	if want := map[bool]int64{true: summary.MaxLevel, false: 100}[own.Version == "12"]; own.Can.Level != want {
		w.t.Errorf("version %s, level %d", own.Version, own.Can.Level)
	}
}

// replacements: a room and the one that replaced it name each other; what only one of
// them says leads nowhere by itself (FEATURES B-16, D-22).
func replacements(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "public_chat"}, bob)
	other := alice.room(api.CreateRoomParams{Preset: "public_chat"}, bob)
	forged := bob.room(api.CreateRoomParams{Preset: "public_chat"}, alice)
	bob.state(forged, event.RoomTombstone, fmt.Sprintf(`{"body":"come in","replacement_room":%q}`, other))
	d := alice.details(forged, func(d api.RoomDetails) bool { return d.Replacement != nil })
	if d.Replacement.ID != other || d.Replacement.Confirmed || d.Replacement.Body != "come in" || d.Replacement.Via[0] != "localhost" {
		w.t.Errorf("%+v", d.Replacement)
	}
	if d = alice.details(other, func(d api.RoomDetails) bool { return d.Can.Upgrade }); d.Predecessor != "" {
		w.t.Errorf("%s has replaced %s", other, d.Predecessor)
	}

	stream, err := bob.Room(w.t.Context(), api.RoomParams{RoomID: room})
	next := event.RoomID(alice.ask("POST", "rooms/"+escape(room)+"/upgrade", `{"new_version":"11"}`).Get("replacement_room").Text())
	// One stream hears of the old room's end, and of what the new one says once bob is in it.
	until(w.t, stream, err, func(d api.RoomDetails) bool {
		if d.Replacement != nil && !d.Replacement.Confirmed {
			bob.join(next)
		}
		return d.Replacement != nil && d.Replacement.ID == next && d.Replacement.Confirmed && d.Room.Successor == next
	})
	for _, u := range []*user{alice, bob} {
		u.until(next, func(api.Room) bool { return true })
		u.details(next, func(d api.RoomDetails) bool { return d.Predecessor == room && d.Version == "11" })
	}
}

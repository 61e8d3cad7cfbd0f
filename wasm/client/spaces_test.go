//go:build !js

package client_test

import (
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// child says by hand that a room is in a space.
func (u *user) child(space, room event.RoomID, content string) {
	u.t.Helper()
	u.ask("PUT", "rooms/"+escape(space)+"/state/m.space.child/"+escape(room), content)
}

// space makes one by hand.
func (u *user) space(name string) event.RoomID {
	u.t.Helper()
	room := u.ask("POST", "createRoom", fmt.Sprintf(`{"name":%q,"creation_content":{"type":"m.space"}}`, name)).Get("room_id").Text()
	return event.RoomID(room)
}

// spaces (FEATURES A.3): the tree of spaces follows what is said in them, a room list
// shows one space, and all of it is there after a start without a network.
func spaces(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	house, upstairs := alice.space("House"), alice.space("Upstairs")
	kitchen := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Kitchen"}, bob)
	attic := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Attic"})
	elsewhere := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Elsewhere"})
	const via = `{"via":["localhost"]}`
	alice.child(house, kitchen, via)
	alice.child(house, upstairs, via)
	alice.child(upstairs, attic, via)
	alice.child(upstairs, kitchen, via)
	alice.child(upstairs, house, via) // a circle

	all := alice.spaces()
	shown := func(what ...string) {
		w.t.Helper()
		all.until(func(list []api.Space) bool {
			return slices.EqualFunc(list, what, func(s api.Space, want string) bool {
				return fmt.Sprintf("%d %s %d/%d %d", s.Level, s.Room.Name, s.Rooms, s.Unread, len(s.Spaces)) == want
			})
		})
	}
	root, below := "House", "Upstairs"
	if upstairs < house {
		root, below = below, root // of a circle the lowest id is the root
	}
	shown("0 "+root+" 2/0 1", "1 "+below+" 2/0 1")
	alice.child(upstairs, house, `{}`)
	shown("0 House 2/0 1", "1 Upstairs 2/0 0")

	bob.say(kitchen, "tea?")
	shown("0 House 2/1 1", "1 Upstairs 2/1 0") // it is in both, and counts once in each
	inHouse := alice.rooms(api.RoomFilter{Space: house})
	inHouse.until(func(r []api.Room) bool { return names(r) == "Kitchen Attic" })
	alice.child(upstairs, attic, `{}`)
	inHouse.until(func(r []api.Room) bool { return names(r) == "Kitchen" })

	alice.ask("PUT", "rooms/"+escape(elsewhere)+"/state/m.space.parent/"+escape(house), `{"via":["localhost"],"canonical":true}`)
	inHouse.until(func(r []api.Room) bool { return len(r) == 2 })
	alice.details(elsewhere, func(d api.RoomDetails) bool {
		return slices.Equal(d.Parents, []api.ParentSpace{{ID: house, Canonical: true}})
	})
	alice.details(kitchen, func(d api.RoomDetails) bool { return len(d.Parents) == 2 })

	garden := alice.space("Garden")
	order := func(what ...string) {
		w.t.Helper()
		all.until(func(list []api.Space) bool {
			list = slices.DeleteFunc(slices.Clone(list), func(s api.Space) bool { return s.Level > 0 })
			return slices.EqualFunc(list, what, func(s api.Space, want string) bool { return s.Room.Name == want })
		})
	}
	move := func(id, before event.RoomID) error {
		return alice.MoveSpace(w.t.Context(), api.MoveSpaceParams{SpaceID: id, Before: before})
	}
	all.until(func(list []api.Space) bool { return len(list) == 3 })
	alice.ok(move(garden, house))
	order("Garden", "House")
	alice.ok(move(garden, ""))
	order("House", "Garden")
	alice.ok(move(garden, house))
	if err := move(upstairs, ""); code(err) != api.RoomUnknown {
		w.t.Errorf("what is no root is moved: %v", err)
	}
	alice.ok(alice.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: garden}))

	alice = alice.reborn()
	all = alice.spaces()
	shown("0 House 2/1 1", "1 Upstairs 1/1 0")
	alice.ok(alice.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: house}))
	shown("0 Upstairs 1/1 0")
}

// names are those of rooms, in their order.
func names(rooms []api.Room) (all string) {
	for i, r := range rooms {
		if i > 0 {
			all += " "
		}
		all += r.Name
	}
	return all
}

package sandbox_test

import (
	"testing"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

// TestUpgrade: what servers do when a room is replaced (spec: room upgrades).
func TestUpgrade(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice, bob := c.register("alice"), c.register("bob")
	room := alice.room(object{"preset": "public_chat", "room_version": "11", "name": "Kitchen", "room_alias_name": "tea", "visibility": "public",
		"power_level_content_override": object{"users": object{alice.user: 100, bob.user: 50}}})
	bob.ok("POST", "/join/"+room, object{})
	bob.refused("POST", rooms(room)+"/upgrade", object{"new_version": "12"}, 403, "M_FORBIDDEN")
	alice.refused("POST", rooms(room)+"/upgrade", object{}, 400, "M_MISSING_PARAM")
	alice.refused("POST", rooms(room)+"/upgrade", object{"new_version": "99"}, 400, "M_UNSUPPORTED_ROOM_VERSION")
	next := alice.ok("POST", rooms(room)+"/upgrade", object{"new_version": "12", "additional_creators": []any{bob.user}})["replacement_room"].(string)
	state := func(room, kind string) object { return alice.ok("GET", rooms(room)+"/state/"+kind+"/", nil) }
	if got := state(room, "m.room.tombstone"); got["replacement_room"] != next {
		t.Errorf("%v", got)
	}
	if got := state(next, "m.room.create"); at(got, "predecessor", "room_id") != room || got["room_version"] != "12" {
		t.Errorf("%v", got)
	}
	if got := state(next, "m.room.name"); got["name"] != "Kitchen" {
		t.Errorf("%v", got)
	}
	// Creators are in no list, and need more than before to be replaced again.
	if got := state(next, "m.room.power_levels"); len(got["users"].(object)) != 0 || at(got, "events", "m.room.tombstone") != 150.0 {
		t.Errorf("%v", got)
	}
	if got := state(room, "m.room.power_levels"); got["events_default"] != 50.0 || got["invite"] != 50.0 || at(got, "users", bob.user) != 50.0 {
		t.Errorf("%v", got)
	}
	if got := alice.ok("GET", "/directory/room/%23tea:localhost", nil); got["room_id"] != next {
		t.Errorf("%v", got)
	}
	if got := state(next, "m.room.canonical_alias"); got["alias"] != "#tea:localhost" || state(room, "m.room.canonical_alias")["alias"] != nil {
		t.Errorf("%v", got)
	}
	if got := alice.ok("GET", "/directory/list/room/"+next, nil); got["visibility"] != "public" {
		t.Errorf("%v", got)
	}
	older := alice.ok("POST", rooms(next)+"/upgrade", object{"new_version": "11"})["replacement_room"].(string)
	if got := state(older, "m.room.power_levels"); at(got, "users", alice.user) != 100.0 {
		t.Errorf("whoever makes a room has power in it: %v", got)
	}
}

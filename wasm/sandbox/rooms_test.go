package sandbox_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

// TestStateAfter: with use_state_after the state is that behind the timeline
// (FEATURES D-03), under the stable name.
func TestStateAfter(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice := c.register("alice")
	room := alice.room(object{})
	_, since := alice.sync("", "")
	for _, topic := range []string{"first", "second"} {
		alice.ok("PUT", rooms(room)+"/state/m.room.topic/", object{"topic": topic})
		alice.say(room, topic, "about "+topic)
	}
	out, _ := alice.sync(since, "&use_state_after=true")
	got := at(out, "rooms", "join", room).(object)
	state := each(at(got, "state_after", "events"))
	if len(state) != 1 || at(state[0], "content", "topic") != "second" || got["state"] != nil {
		t.Errorf("state_after %v, state %v", state, got["state"])
	}
}

// TestRoomIDs: ids of version 12 have no colon, ids of version 3 have slashes
// in their events (FEATURES D-24).
func TestRoomIDs(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice := c.register("alice")
	if room := alice.room(object{}); strings.Contains(room, ":") {
		t.Errorf("a room of version 12 is called %s", room)
	}
	room, slashed := alice.room(object{"room_version": "3"}), false
	for i := range 40 {
		id := alice.say(room, string(rune('A'+i)), "x")
		slashed = slashed || strings.Contains(id, "/")
		if got := alice.ok("GET", rooms(room)+"/event/"+url.PathEscape(id), nil); got["event_id"] != id {
			t.Errorf("event %s is answered by %v", id, got["event_id"])
		}
	}
	if !slashed {
		t.Error("no event id of version 3 has a slash")
	}
}

func TestRestrictedRoom(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice, bob := c.register("alice"), c.register("bob")
	club := alice.room(object{"preset": "public_chat"})
	room := alice.room(object{"initial_state": []any{object{"type": "m.room.join_rules", "state_key": "", "content": object{
		"join_rule": "restricted", "allow": []any{object{"type": "m.room_membership", "room_id": club}}}}}})
	bob.refused("POST", "/join/"+room, object{}, 403, "M_FORBIDDEN")
	bob.ok("POST", "/join/"+club, object{})
	bob.ok("POST", "/join/"+room, object{})
}

// TestMaxTimeline: no page and no timeline is longer than the server allows.
func TestMaxTimeline(t *testing.T) {
	c := serve(t, sandbox.Options{MaxTimeline: 3})
	alice := c.register("alice")
	room := alice.room(object{})
	for _, text := range []string{"1", "2", "3", "4", "5"} {
		alice.say(room, text, text)
	}
	out, _ := alice.sync("", "&filter="+url.QueryEscape(`{"room":{"timeline":{"limit":100}}}`))
	if got := bodies(at(out, "rooms", "join", room, "timeline", "events")); !reflect.DeepEqual(got, []string{"3", "4", "5"}) {
		t.Errorf("timeline %v", got)
	}
	page := alice.ok("GET", rooms(room)+"/messages?dir=b&limit=100", nil)
	if got := bodies(page["chunk"]); !reflect.DeepEqual(got, []string{"5", "4", "3"}) {
		t.Errorf("page %v", got)
	}
}

// TestGapIsClosed: a limited timeline and the pages back to where the client
// was are all events, once each (FEATURES D-01).
func TestGapIsClosed(t *testing.T) {
	for _, limit := range []string{"1", "2", "3", "7", "50"} {
		c := serve(t, sandbox.Options{})
		alice, bob := c.register("alice"), c.register("bob")
		room := alice.room(object{"preset": "public_chat"})
		bob.ok("POST", "/join/"+room, object{})
		_, since := bob.sync("", "")
		want := []string{}
		for i := range 23 {
			text := string(rune('a' + i))
			alice.say(room, text, text)
			want = append(want, text)
		}
		out, _ := bob.sync(since, "&filter="+url.QueryEscape(`{"room":{"timeline":{"limit":`+limit+`}}}`))
		timeline := at(out, "rooms", "join", room, "timeline").(object)
		got := bodies(timeline["events"])
		from, more := timeline["prev_batch"].(string), timeline["limited"] == true
		for more {
			page := bob.ok("GET", rooms(room)+"/messages?dir=b&limit="+limit+"&from="+from+"&to="+since, nil)
			for _, text := range bodies(page["chunk"]) {
				got = append([]string{text}, got...)
			}
			from, more = page["end"].(string)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("limit %s: %v", limit, got)
		}
	}
}

// TestToDeviceAtLeastOnce: messages come again until the client syncs with the
// token that followed them (FEATURES D-14).
func TestToDeviceAtLeastOnce(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice, bob := c.register("alice"), c.register("bob")
	_, since := bob.sync("", "")
	alice.ok("PUT", "/sendToDevice/m.test/1", object{"messages": object{bob.user: object{bob.device: object{"n": 1}}}})
	var next string
	for range 2 {
		out, token := bob.sync(since, "")
		if len(each(at(out, "to_device", "events"))) != 1 {
			t.Errorf("to_device: %v", out["to_device"])
		}
		next = token
	}
	if out, _ := bob.sync(next, ""); out["to_device"] != nil {
		t.Errorf("delivered, and again: %v", out["to_device"])
	}
}

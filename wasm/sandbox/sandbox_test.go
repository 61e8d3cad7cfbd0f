package sandbox_test

import (
	"reflect"
	"testing"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

func TestFirstSteps(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice, bob := c.register("alice"), c.register("bob")
	room := alice.room(object{"preset": "public_chat", "name": "Kitchen"})
	bob.ok("POST", "/join/"+room, object{})
	_, since := bob.sync("", "")
	alice.say(room, "1", "tea?")
	news, _ := bob.sync(since, "")
	timeline := at(news, "rooms", "join", room, "timeline")
	if got := bodies(at(timeline, "events")); !reflect.DeepEqual(got, []string{"tea?"}) {
		t.Errorf("bob got %v", got)
	}
	if at(timeline, "limited") != false {
		t.Error("a short timeline is limited")
	}
	page := bob.ok("GET", rooms(room)+"/messages?dir=b&limit=1", nil)
	if got := bodies(page["chunk"]); !reflect.DeepEqual(got, []string{"tea?"}) {
		t.Errorf("messages: %v", got)
	}
}

func TestTransactionsAreOfADevice(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice := c.register("alice")
	phone := c.as(c.ok("POST", "/login", object{"type": "m.login.password", "password": "secret alice",
		"identifier": object{"type": "m.id.user", "user": "alice"}}))
	room := alice.room(object{})
	first, again, other := alice.say(room, "t/1", "x"), alice.say(room, "t/1", "x"), phone.say(room, "t/1", "x")
	if first != again || first == other {
		t.Errorf("event ids %s, %s and %s", first, again, other)
	}
	path := rooms(room) + "/event/" + first
	if got := at(alice.ok("GET", path, nil), "unsigned", "transaction_id"); got != "t/1" {
		t.Errorf("sender's transaction_id is %v", got)
	}
	if got := at(phone.ok("GET", path, nil), "unsigned", "transaction_id"); got != nil {
		t.Errorf("another device sees transaction_id %v", got)
	}
}

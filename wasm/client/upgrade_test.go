//go:build !js

package client_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// upgrade replaces a room and returns the new one, and how far it came.
func (u *user) upgrade(p api.UpgradeRoomParams) (last api.RoomUpgrade, err error) {
	stream, err := u.UpgradeRoom(u.t.Context(), p)
	if err != nil {
		return last, err
	}
	defer stream.Close()
	for {
		now, err := stream.Next(u.t.Context())
		if err == io.EOF {
			return last, nil
		} else if err != nil {
			return last, err
		}
		last = now
	}
}

// upgraded is upgrade that must not fail in anything.
func (u *user) upgraded(p api.UpgradeRoomParams) event.RoomID {
	u.t.Helper()
	last, err := u.upgrade(p)
	u.ok(err)
	if !last.Done || last.Failed != 0 || last.Progress.Done != last.Progress.Total || last.RoomID == "" {
		u.t.Fatalf("%+v", last)
	}
	return last.RoomID
}

// has asks for a piece of state; nil where there is none.
func (h hand) has(room event.RoomID, kind string, key event.RoomID) scan.Value {
	status, content := h.ask("GET", "rooms/"+escape(room)+"/state/"+kind+"/"+escape(key), "")
	for range content.Members() {
		if status == http.StatusOK {
			return content
		}
	}
	return nil
}

// upgrades: a child of a space and then the space are replaced, and the tree is what
// it was (FEATURES A.3, B-15, B-16, D-22, D-23, D-24).
func upgrades(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	ctx := w.t.Context()
	house := alice.room(api.CreateRoomParams{Preset: "private_chat", Type: event.Space})
	floor := alice.room(api.CreateRoomParams{Preset: "private_chat", Type: event.Space, Version: "11", Space: house, Suggested: true}, bob)
	kitchen := alice.room(api.CreateRoomParams{Preset: "private_chat", Version: "11", Space: floor, JoinRule: "restricted"})
	bob.join(kitchen)
	hand := w.hand(alice.name)
	put := func(room event.RoomID, kind string, key event.RoomID, content string) {
		alice.ask("PUT", "rooms/"+escape(room)+"/state/"+kind+"/"+escape(key), content)
	}
	put(floor, event.SpaceChild, kitchen, `{"via":["localhost"],"order":"k","org.example":1}`)
	put(floor, event.SpaceChild, "!cellar:elsewhere.example", `{"via":["elsewhere.example"],"order":"c"}`)
	put(floor, event.SpaceChild, "!gone", `{}`)
	put(house, event.SpaceChild, floor, `{"via":["localhost"],"suggested":true,"order":"f"}`)
	order := 0.5
	alice.ok(alice.SetTag(ctx, api.SetTagParams{RoomID: kitchen, Tag: api.Tag{Name: "m.favourite", Order: &order}}))
	alice.ok(alice.SetRoomNotifications(ctx, api.SetRoomNotificationsParams{RoomID: kitchen, Level: api.LevelMute}))
	alice.ok(alice.SetDirect(ctx, api.SetDirectParams{RoomID: kitchen, UserID: bob.id()}))
	alice.until(kitchen, func(r api.Room) bool { return len(r.Tags) == 1 && r.Direct == bob.id() })

	// The child.
	next := alice.upgraded(api.UpgradeRoomParams{RoomID: kitchen, Version: "12"})
	if strings.Contains(string(next), ":") {
		w.t.Errorf("the id %s names a server", next)
	}
	if c := hand.has(floor, event.SpaceChild, next); c.Get("order").Text() != "k" || c.Get("org.example").Int() != 1 || string(c.Get("via")) != `["localhost"]` {
		w.t.Errorf("the space has %s", c)
	}
	if c := hand.has(floor, event.SpaceChild, kitchen); c != nil {
		w.t.Errorf("the space still has the old room: %s", c)
	}
	if c := hand.has(next, event.SpaceParent, floor); !c.Get("canonical").IsTrue() {
		w.t.Errorf("the new room says of the space %s", c)
	}
	d := alice.details(next, func(d api.RoomDetails) bool {
		return d.Predecessor == kitchen && len(d.Room.Tags) == 1 && d.Notifications == api.LevelMute && d.Room.Direct == bob.id()
	})
	if *d.Room.Tags[0].Order != 0.5 || d.Version != "12" || !slices.Equal(d.Allow, []event.RoomID{floor}) {
		w.t.Errorf("%+v", d)
	}
	if again := alice.upgraded(api.UpgradeRoomParams{RoomID: kitchen}); again != next {
		w.t.Errorf("replaced by %s and by %s", next, again)
	}
	bob.join(next)

	// The space.
	alice.details(floor, func(d api.RoomDetails) bool { return d.Can.Upgrade })
	above := alice.upgraded(api.UpgradeRoomParams{RoomID: floor, Version: "12", Invite: true})
	if got := childrenOf(hand, above); !slices.Equal(got, []event.RoomID{"!cellar:elsewhere.example", next}) {
		w.t.Errorf("the new space has %v", got)
	}
	if c := hand.has(house, event.SpaceChild, above); c.Get("order").Text() != "f" || !c.Get("suggested").IsTrue() || hand.has(house, event.SpaceChild, floor) != nil {
		w.t.Errorf("the house has %s", c)
	}
	if c := hand.has(above, event.SpaceParent, house); !c.Get("canonical").IsTrue() {
		w.t.Errorf("the new space says of the house %s", c)
	}
	if c := hand.has(next, event.SpaceParent, above); !c.Get("canonical").IsTrue() || hand.has(next, event.SpaceParent, floor) != nil {
		w.t.Errorf("the kitchen says of the new space %s", c)
	}
	if d := alice.details(next, func(d api.RoomDetails) bool { return len(d.Allow) == 2 }); !slices.Equal(d.Allow, []event.RoomID{floor, above}) {
		w.t.Errorf("the kitchen lets in the members of %v", d.Allow)
	}
	bob.rooms(api.RoomFilter{Type: event.Space}).until(func(all []api.Room) bool {
		return slices.ContainsFunc(all, func(r api.Room) bool { return r.ID == above && r.Membership == event.Invite })
	})
}

// upgradesRefused: what cannot be replaced stays as it is, and what was said of a room
// by others is taken for what it is (FEATURES D-22).
func upgradesRefused(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "public_chat", Version: "11"}, bob)
	for what, c := range map[string]struct {
		by   *user
		p    api.UpgradeRoomParams
		want api.Code
	}{
		"a room of others":   {alice, api.UpgradeRoomParams{RoomID: "!none"}, api.RoomUnknown},
		"without the power":  {bob, api.UpgradeRoomParams{RoomID: room}, api.SendForbidden},
		"no such version":    {alice, api.UpgradeRoomParams{RoomID: room, Version: "org.example.99"}, api.RoomVersion},
		"creators too early": {alice, api.UpgradeRoomParams{RoomID: room, Version: "11", Creators: []event.UserID{bob.id()}}, api.RoomVersion},
	} {
		if _, err := c.by.upgrade(c.p); code(err) != c.want {
			w.t.Errorf("%s: %v", what, err)
		}
	}
	hand := w.hand(alice.name)
	hidden := bob.room(api.CreateRoomParams{Preset: "private_chat"})
	other := alice.room(api.CreateRoomParams{Preset: "private_chat"})
	for what, c := range map[string]struct {
		tombstone string
		want      api.Code
	}{
		"itself":                       {`{"body":"x","replacement_room":"` + string(room) + `"}`, ""},
		"a room that knows nothing":    {`{"body":"x","replacement_room":"` + string(other) + `"}`, ""},
		"a room where one is not":      {`{"body":"x","replacement_room":"` + string(hidden) + `"}`, api.RoomUnknown},
		"a room that nobody knows":     {`{"body":"x","replacement_room":"!nowhere"}`, api.RoomUnknown},
		"an address in place of an id": {`{"body":"x","replacement_room":"#a:b"}`, ""},
	} {
		old := alice.room(api.CreateRoomParams{Preset: "private_chat", Version: "11"})
		// Synapse refuses one that names its own room.
		hand.ask("PUT", "rooms/"+escape(old)+"/state/m.room.tombstone/", strings.ReplaceAll(c.tombstone, string(room), string(old)))
		last, err := alice.upgrade(api.UpgradeRoomParams{RoomID: old, Version: "12"})
		if code(err) != c.want || (err == nil) != (last.Done && last.RoomID != other && last.RoomID != old) {
			w.t.Errorf("%s: %+v %v", what, last, err)
		}
	}
	shared := alice.room(api.CreateRoomParams{Preset: "private_chat", Version: "11"})
	next := alice.upgraded(api.UpgradeRoomParams{RoomID: shared, Version: "12", Creators: []event.UserID{bob.id()}})
	if create := alice.ask("GET", "rooms/"+escape(next)+"/state/m.room.create/", ""); string(create.Get("additional_creators")) != fmt.Sprintf("[%q]", bob.id()) {
		w.t.Errorf("%s", create)
	}
}

// TestUpgradeUnheard: what the server did counts, though its answer is lost.
func TestUpgradeUnheard(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		answer, err := next()
		if err == nil && strings.HasSuffix(r.URL.Path, "/upgrade") {
			answer.Body.Close()
			return nil, errCut
		}
		return answer, err
	}
	alice.login()
	old := alice.room(api.CreateRoomParams{Version: "11"})
	next := alice.upgraded(api.UpgradeRoomParams{RoomID: old, Version: "12"})
	if named := w.hand(alice.name).successor(old); next != named {
		t.Errorf("%s, the tombstone names %s", next, named)
	}
}

// TestUpgradeTwice: whenever a core dies during an upgrade, the answer is lost or
// nothing can be stored, the next one goes on: the room has one successor, and
// everything is carried over once.
func TestUpgradeTwice(t *testing.T) {
	want, _ := upgradeCutOff(t, death{})
	if strings.Count(want, "m.room.create") != 4 {
		t.Fatalf("without a death:\n%s", want)
	}
	for _, d := range []struct {
		death
		least int
	}{
		{death{at: "request"}, 20}, {death{at: "request", after: true}, 20},
		{death{at: "commit"}, 3}, {death{at: "commit", after: true}, 3}, {death{at: "failing commit"}, 3},
	} {
		t.Run(fmt.Sprintf("%s, after %v", d.at, d.after), func(t *testing.T) {
			t.Parallel()
			for d.n = 1; d.n < 60; d.n++ {
				got, came := upgradeCutOff(t, d.death)
				if got != want {
					t.Fatalf("at %d:\n%s\nwithout:\n%s", d.n, got, want)
				}
				if !came {
					if d.n <= d.least {
						t.Errorf("an upgrade has %d", d.n-1)
					}
					return
				}
			}
			t.Error("it never ends")
		})
	}
}

// upgradeCutOff upgrades a space that is in a space and has a child, and returns what
// the server has of them then.
func upgradeCutOff(t *testing.T, d death) (result string, came bool) {
	t.Helper()
	s := newStage(t)
	s.eye = s.hand(s.me.name)
	house := s.me.room(api.CreateRoomParams{Preset: "private_chat", Type: event.Space})
	s.room = s.me.room(api.CreateRoomParams{Preset: "private_chat", Type: event.Space, Space: house, Invite: []event.UserID{s.other.id()}})
	s.child = s.me.room(api.CreateRoomParams{Preset: "private_chat", Space: s.room, JoinRule: "restricted"})
	s.me.ok(s.me.SetTag(s.ctx, api.SetTagParams{RoomID: s.room, Tag: api.Tag{Name: "u.x"}}))
	s.me.ok(s.me.SetRoomNotifications(s.ctx, api.SetRoomNotificationsParams{RoomID: s.room, Level: api.LevelMute}))
	s.me.ok(s.me.SetDirect(s.ctx, api.SetDirectParams{RoomID: s.room, UserID: s.other.id()}))
	s.me.details(s.room, func(d api.RoomDetails) bool {
		return len(d.Room.Tags) == 1 && d.Room.Direct == s.other.id() && d.Notifications == api.LevelMute
	})
	s.me.details(s.child, func(d api.RoomDetails) bool { return slices.Contains(d.Allow, s.room) })
	p := api.UpgradeRoomParams{RoomID: s.room, Invite: true}
	switch d.at {
	case "":
	case "failing commit":
		s.me.dying.Store(&dying{death: d})
		_, _ = s.me.upgrade(p)
		came = int(s.me.dying.Swap(nil).seen.Load()) >= d.n
	default:
		came = s.cutOff(d, func() { _, _ = s.me.upgrade(p) })
		s.me = s.me.reborn()
		s.me.until(s.child, func(api.Room) bool { return true })
	}
	next := s.me.upgraded(p)

	names := []string{string(house), "!house", string(s.room), "!old", string(next), "!new", string(s.child), "!child", s.me.name, "me", s.other.name, "other"}
	_, joined := s.eye.ask("GET", "joined_rooms", "")
	rooms := 0
	for range joined.Get("joined_rooms").Items() {
		rooms++
	}
	result = fmt.Sprintln(rooms, "rooms", directsOfMe(s), rulesOfMe(s))
	for _, room := range []event.RoomID{house, s.room, next, s.child} {
		_, events := s.eye.ask("GET", "rooms/"+escape(room)+"/messages?dir=f&limit=1000", "")
		for e := range events.Get("chunk").Items() {
			result += fmt.Sprintln(room, e.Get("sender").Text(), e.Get("type").Text(), e.Get("state_key").Text(), string(e.Get("content")))
		}
		_, tags := s.eye.ask("GET", "user/"+escape(s.me.id())+"/rooms/"+escape(room)+"/tags", "")
		result += fmt.Sprintln(room, string(tags))
	}
	return strings.NewReplacer(names...).Replace(result), came
}

//go:build !js

package client_test

import (
	"math/rand/v2"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// creating: a room is made with all that was asked for, or not at all (FEATURES 2-06,
// 2-09, 2-10, B-15).
func creating(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	ctx, no := w.t.Context(), false
	room := alice.room(api.CreateRoomParams{
		Preset: "public_chat", Name: "Kitchen", Version: "10", Avatar: "mxc://localhost/tea", JoinRule: "knock", History: "joined", Federated: &no, Type: "org.example",
		Levels: &api.Levels{Invite: level(30), Types: []api.TypeLevel{{Type: event.RoomTopic, Level: 20}}},
	})
	d := alice.details(room, func(d api.RoomDetails) bool { return d.Can.Upgrade && d.Room.Avatar != "" && d.History == "joined" })
	if d.Version != "10" || d.JoinRule != "knock" || d.Room.Type != "org.example" || *d.Levels.Invite != 30 || d.Room.Avatar != "mxc://localhost/tea" {
		w.t.Errorf("%+v", d)
	}
	// What the preset says of other types stays.
	for _, want := range []api.TypeLevel{{Type: event.RoomTopic, Level: 20}, {Type: event.RoomTombstone, Level: 100}, {Type: event.RoomName, Level: 50}} {
		if !slices.Contains(d.Levels.Types, want) {
			w.t.Errorf("%+v is not in %+v", want, d.Levels.Types)
		}
	}
	if create := alice.ask("GET", "rooms/"+escape(room)+"/state/m.room.create/", ""); !create.Get("m.federate").IsFalse() {
		w.t.Errorf("%s", create)
	}

	shared := alice.room(api.CreateRoomParams{Preset: "private_chat", Version: "12", Creators: []event.UserID{bob.id()}, Invite: []event.UserID{bob.id()},
		Levels: &api.Levels{Types: []api.TypeLevel{{Type: event.RoomTopic, Level: 20}}}})
	bob.join(shared)
	d = bob.details(shared, func(d api.RoomDetails) bool { return d.Can.Upgrade && d.Version == "12" })
	if !slices.Contains(d.Levels.Types, api.TypeLevel{Type: event.RoomTombstone, Level: 150}) {
		w.t.Errorf("%+v", d.Levels.Types)
	}
	for what, c := range map[string]struct {
		p    api.CreateRoomParams
		want api.Code
	}{
		"no such version":              {api.CreateRoomParams{Version: "org.example.99"}, api.RoomVersion},
		"creators too early":           {api.CreateRoomParams{Version: "11", Creators: []event.UserID{bob.id()}}, api.RoomVersion},
		"restricted too early":         {api.CreateRoomParams{Version: "7", JoinRule: "restricted", Allow: []event.RoomID{room}}, api.RoomVersion},
		"both too early":               {api.CreateRoomParams{Version: "9", JoinRule: "knock_restricted", Allow: []event.RoomID{room}}, api.RoomVersion},
		"restricted to nobody":         {api.CreateRoomParams{JoinRule: "restricted"}, api.CallInvalid},
		"no such rule":                 {api.CreateRoomParams{JoinRule: "maybe"}, api.CallInvalid},
		"no such history":              {api.CreateRoomParams{History: "maybe"}, api.CallInvalid},
		"in a space of others":         {api.CreateRoomParams{Space: "!nowhere"}, api.RoomUnknown},
		"in what is no space":          {api.CreateRoomParams{Space: room}, api.CallInvalid},
		"a direct chat with nobody":    {api.CreateRoomParams{Direct: true}, api.CallInvalid},
		"a level that no event can be": {api.CreateRoomParams{Levels: &api.Levels{Ban: level(1 << 60)}}, api.CallInvalid},
	} {
		if _, err := alice.CreateRoom(ctx, c.p); code(err) != c.want {
			w.t.Errorf("%s: %v", what, err)
		}
	}
}

// spaceAndMembers: in a private space a room that its members may join, made in one
// call, and refused to who is not in it (FEATURES 2-06, 2-09).
func spaceAndMembers(w *world) {
	alice, bob, carol := w.user("alice"), w.user("bob"), w.user("carol")
	ctx := w.t.Context()
	space := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "House", Type: event.Space}, bob)
	if d := bob.details(space, func(d api.RoomDetails) bool { return d.Room.Type == event.Space }); d.Can.Send || d.Can.Children || *d.Levels.Events != 100 {
		w.t.Errorf("%+v", d.Can)
	}
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Kitchen", Space: space, Suggested: true, JoinRule: "restricted", Encrypted: true})
	child := alice.ask("GET", "rooms/"+escape(space)+"/state/m.space.child/"+escape(room), "")
	if string(child.Get("via")) != `["localhost"]` || !child.Get("suggested").IsTrue() {
		w.t.Errorf("%s", child)
	}
	parent := alice.ask("GET", "rooms/"+escape(room)+"/state/m.space.parent/"+escape(space), "")
	if string(parent.Get("via")) != `["localhost"]` || !parent.Get("canonical").IsTrue() {
		w.t.Errorf("%s", parent)
	}
	if d := alice.details(room, func(d api.RoomDetails) bool { return d.Can.Send }); !slices.Equal(d.Allow, []event.RoomID{space}) {
		w.t.Errorf("%+v", d)
	}
	bob.join(room)
	if _, err := carol.JoinRoom(ctx, api.JoinRoomParams{Room: string(room)}); code(err) != api.ServerForbidden {
		w.t.Errorf("carol: %v", err)
	}
	if _, err := bob.CreateRoom(ctx, api.CreateRoomParams{Space: space}); code(err) != api.SendForbidden {
		w.t.Errorf("bob does not keep the space: %v", err)
	}
}

// childrenOfSpace: children come, change, move and go; the server sorts them as asked
// and what others wrote of them stays (FEATURES A.3).
func childrenOfSpace(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	ctx, yes, no := w.t.Context(), true, false
	space := alice.room(api.CreateRoomParams{Preset: "public_chat", Type: event.Space}, bob)
	ids := []event.RoomID{"!tea:elsewhere.example", alice.room(api.CreateRoomParams{Preset: "public_chat"}), "!v12"}
	set := func(p api.SetSpaceChildParams) {
		p.SpaceID = space
		alice.ok(alice.SetSpaceChild(ctx, p))
	}
	at := func(id event.RoomID) scan.Value {
		return alice.ask("GET", "rooms/"+escape(space)+"/state/m.space.child/"+escape(id), "")
	}
	for _, id := range ids {
		set(api.SetSpaceChildParams{RoomID: id})
	}
	if via := string(at(ids[0]).Get("via")); via != `["localhost","elsewhere.example"]` {
		w.t.Errorf("via %s", via)
	}
	alice.ask("PUT", "rooms/"+escape(space)+"/state/m.space.child/"+escape(ids[0]), `{"via":["x.example"],"order":"m","org.example":1}`)
	set(api.SetSpaceChildParams{RoomID: ids[0], Suggested: &yes})
	if c := at(ids[0]); string(c.Get("via")) != `["x.example"]` || !c.Get("suggested").IsTrue() || c.Get("order").Text() != "m" || c.Get("org.example").Int() != 1 {
		w.t.Errorf("%s", c)
	}
	set(api.SetSpaceChildParams{RoomID: ids[0], Suggested: &no})
	if c := at(ids[0]); c.Get("suggested") != nil {
		w.t.Errorf("%s", c)
	}

	hand := w.hand(alice.name)
	list := childrenOf(hand, space)
	dice := rand.New(rand.NewPCG(1, 2))
	for range 6 {
		from, to := dice.IntN(3), dice.IntN(3)
		moved := list[from]
		list = slices.Delete(list, from, from+1)
		before := event.RoomID("")
		if to < len(list) {
			before = list[to]
		}
		list = slices.Insert(list, to, moved)
		alice.ok(alice.MoveSpaceChild(ctx, api.MoveSpaceChildParams{SpaceID: space, RoomID: moved, Before: before}))
		if got := childrenOf(hand, space); !slices.Equal(got, list) {
			w.t.Fatalf("%v, want %v", got, list)
		}
	}
	if c := at(ids[0]); c.Get("org.example").Int() != 1 {
		w.t.Errorf("%s", c)
	}

	alice.ask("PUT", "rooms/"+escape(ids[1])+"/state/m.space.parent/"+escape(space), `{"via":["localhost"]}`)
	set(api.SetSpaceChildParams{RoomID: ids[1], Remove: true})
	if c := string(at(ids[1])); c != "{}" || slices.Contains(childrenOf(hand, space), ids[1]) {
		w.t.Errorf("%s", c)
	}
	if c := alice.ask("GET", "rooms/"+escape(ids[1])+"/state/m.space.parent/"+escape(space), ""); string(c) != "{}" {
		w.t.Errorf("the room still says that it is in the space: %s", c)
	}
	for what, c := range map[string]struct{ got, want api.Code }{
		"bob adds":        {code(bob.SetSpaceChild(ctx, api.SetSpaceChildParams{SpaceID: space, RoomID: ids[1]})), api.SendForbidden},
		"bob moves":       {code(bob.MoveSpaceChild(ctx, api.MoveSpaceChildParams{SpaceID: space, RoomID: ids[0]})), api.SendForbidden},
		"itself":          {code(alice.SetSpaceChild(ctx, api.SetSpaceChildParams{SpaceID: space, RoomID: space})), api.CallInvalid},
		"no room":         {code(alice.SetSpaceChild(ctx, api.SetSpaceChildParams{SpaceID: space, RoomID: "#a:b"})), api.CallInvalid},
		"no space":        {code(alice.SetSpaceChild(ctx, api.SetSpaceChildParams{SpaceID: ids[1], RoomID: ids[0]})), api.CallInvalid},
		"nobody's space":  {code(alice.SetSpaceChild(ctx, api.SetSpaceChildParams{SpaceID: "!none", RoomID: ids[0]})), api.RoomUnknown},
		"who is not here": {code(alice.MoveSpaceChild(ctx, api.MoveSpaceChildParams{SpaceID: space, RoomID: ids[1]})), api.RoomUnknown},
		"before nobody":   {code(alice.MoveSpaceChild(ctx, api.MoveSpaceChildParams{SpaceID: space, RoomID: ids[0], Before: ids[1]})), api.RoomUnknown},
	} {
		if c.got != c.want {
			w.t.Errorf("%s: %s, want %s", what, c.got, c.want)
		}
	}
}

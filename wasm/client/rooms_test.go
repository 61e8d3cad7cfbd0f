//go:build !js

package client_test

import (
	"fmt"
	"slices"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// firstLight takes the main job from end to end: sign in, make a room, invite,
// join, write, read, end, begin again offline.
func firstLight(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	alice.say(room, "hello")
	alice.say(room, "bob")
	shown := bob.timeline(room)
	shown.reads("hello", "bob")
	bob.until(room, func(r api.Room) bool { return r.Unread == 2 && r.Last != nil && r.Last.Body == "bob" })
	bob.say(room, "hi")
	shown.reads("hello", "bob", "hi")
	alice.timeline(room).reads("hello", "bob", "hi")
	shown.until(func(i []api.TimelineItem) bool { return i[len(i)-1].Event.Send == nil })
	bob.ok(bob.MarkRead(w.t.Context(), api.MarkReadParams{RoomID: room}))
	bob.until(room, func(r api.Room) bool { return r.Unread == 0 })

	bob.close()
	bob.wire.cut.Store(true)
	bob.start()
	if bob.session.State != api.Ready || bob.session.UserID != bob.id() {
		w.t.Fatalf("%+v", bob.session)
	}
	bob.timeline(room).reads("hello", "bob", "hi")
	s, err := bob.Session(w.t.Context())
	until(w.t, s, err, func(s api.Session) bool { return s.Sync == api.SyncOffline })
}

func invitations(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Kitchen"})
	timeline, rooms := alice.timeline(room), bob.rooms(api.RoomFilter{})
	alice.act(room, bob, api.ActionInvite)
	invited := func(r []api.Room) bool {
		return len(r) == 1 && r[0].Membership == event.Invite && r[0].Name == "Kitchen" && r[0].Inviter.ID == alice.id() && r[0].Inviter.Name == alice.name
	}
	rooms.until(invited)
	bob.ok(bob.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: room}))
	rooms.until(func(r []api.Room) bool { return len(r) == 0 })
	timeline.changed(api.ChangeInviteRejected, func(e *api.EventItem) bool { return e.Change.Target.ID == bob.id() })

	alice.act(room, bob, api.ActionInvite)
	rooms.until(invited)
	bob.join(room)
	rooms.until(func(r []api.Room) bool {
		return len(r) == 1 && r[0].Membership == event.Join && r[0].Inviter == nil
	})
	timeline.changed(api.ChangeJoined, func(e *api.EventItem) bool { return e.Sender.ID == bob.id() })

	other := alice.room(api.CreateRoomParams{Preset: "private_chat", Invite: []event.UserID{bob.id()}})
	bob.until(other, func(r api.Room) bool { return r.Membership == event.Invite })
	alice.act(other, bob, api.ActionKick)
	rooms.until(func(r []api.Room) bool { return len(r) == 1 && r[0].ID == room })
}

func directChats(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	rooms := bob.rooms(api.RoomFilter{})
	room := alice.room(api.CreateRoomParams{Preset: "trusted_private_chat", Invite: []event.UserID{bob.id()}, Direct: true})
	rooms.until(func(r []api.Room) bool {
		return len(r) == 1 && r[0].Membership == event.Invite && r[0].Name == alice.name && r[0].Direct == alice.id()
	})
	bob.join(room)
	alice.until(room, func(r api.Room) bool { return r.Direct == bob.id() && r.Name == bob.name })
	yes, no := true, false
	bob.rooms(api.RoomFilter{Direct: &yes}).until(func(r []api.Room) bool { return len(r) == 1 && r[0].Direct == alice.id() })
	bob.rooms(api.RoomFilter{Direct: &no}).until(func(r []api.Room) bool { return len(r) == 0 })
	second := alice.room(api.CreateRoomParams{Invite: []event.UserID{bob.id()}, Direct: true})
	again := w.device(alice.name)
	for _, id := range []event.RoomID{room, second} {
		again.until(id, func(r api.Room) bool { return r.Direct == bob.id() })
	}
	data, err := again.AccountData(w.t.Context(), api.AccountDataParams{Type: event.Direct})
	again.ok(err)
	var marked []string
	for id := range data.Content.Get(string(bob.id())).Items() {
		marked = append(marked, id.Text())
	}
	if !slices.Equal(marked, []string{string(room), string(second)}) {
		w.t.Errorf("m.direct is %s", data.Content)
	}
}

func roomDetails(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	alias := alice.name
	room := alice.room(api.CreateRoomParams{Preset: "public_chat", Name: "Kitchen", Topic: "tea", Alias: alias})
	ref, err := bob.JoinRoom(w.t.Context(), api.JoinRoomParams{Room: "#" + alias + ":localhost"})
	bob.ok(err)
	if ref.RoomID != room {
		w.t.Errorf("joined %s", ref.RoomID)
	}
	d := bob.details(room, func(d api.RoomDetails) bool { return d.Room.Name == "Kitchen" && d.Joined == 2 })
	if d.Topic != "tea" || d.Alias != "#"+alias+":localhost" || !d.Can.Send || d.Can.Kick || d.Can.Name || d.JoinRule != "public" || d.Version == "" {
		w.t.Errorf("%+v", d)
	}
	d = alice.details(room, func(d api.RoomDetails) bool { return d.Joined == 2 })
	if !d.Can.Kick || !d.Can.Ban || !d.Can.Name || !d.Can.Redact || !d.Can.Invite {
		w.t.Errorf("the creator may do all: %+v", d.Can)
	}
	if _, err := bob.JoinRoom(w.t.Context(), api.JoinRoomParams{Room: "#nowhere-" + alias + ":localhost"}); code(err) != api.ServerNotFound {
		w.t.Errorf("an alias of nothing: %v", err)
	}
}

// linkServers: names in a room are known by id; who links to a room names its servers, none that is barred; the list
// of members is loaded for that, and not missed without a network.
func linkServers(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	via := func(u *user, want ...string) {
		w.t.Helper()
		found, err := u.RoomVia(w.t.Context(), api.RoomParams{RoomID: room})
		u.ok(err)
		if !slices.Equal(found.Servers, want) {
			w.t.Errorf("%v, want %v", found.Servers, want)
		}
	}
	named, err := bob.Persons(w.t.Context(), api.PersonsParams{RoomID: room, UserIDs: []event.UserID{"@x:y", alice.id()}})
	bob.ok(err)
	if !slices.Equal(named.People, []api.Person{{ID: "@x:y", Name: "@x:y"}, {ID: alice.id(), Name: alice.name}}) {
		w.t.Errorf("%+v", named)
	}
	if _, err := bob.Persons(w.t.Context(), api.PersonsParams{RoomID: room, UserIDs: make([]event.UserID, 101)}); code(err) != api.CallInvalid {
		w.t.Errorf("too many: %v", err)
	}
	via(bob, "localhost")
	if _, err := bob.RoomVia(w.t.Context(), api.RoomParams{RoomID: "!nowhere"}); code(err) != api.RoomUnknown {
		w.t.Errorf("a room that is not there: %v", err)
	}
	alice.wire.cut.Store(true)
	via(alice, "localhost")
	alice.wire.cut.Store(false)
	_, err = alice.SetState(w.t.Context(), api.SetStateParams{RoomID: room, Type: event.RoomServerACL, Content: scan.Value(`{"allow":["*"],"deny":["local?ost"]}`)})
	if code(err) == api.ServerRefused {
		return // Synapse lets nobody bar itself
	}
	alice.ok(err)
	alice.state(room, event.RoomName, `{"name":"Pantry"}`)
	bob.until(room, func(r api.Room) bool { return r.Name == "Pantry" })
	via(bob)
}

func stateChanges(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	shown := bob.timeline(room)
	alice.state(room, event.RoomName, `{"name":"Pantry"}`)
	alice.state(room, event.RoomTopic, `{"topic":"jam"}`)
	alice.state(room, event.RoomAvatar, `{"url":"mxc://localhost/jam"}`)
	alice.state(room, event.RoomName, `{"name":"Cellar"}`)
	alice.state(room, event.RoomJoinRules, `{"join_rule":"public"}`)
	bob.details(room, func(d api.RoomDetails) bool {
		return d.Room.Name == "Cellar" && d.Topic == "jam" && d.Room.Avatar == "mxc://localhost/jam" && d.JoinRule == "public"
	})
	shown.changed(api.ChangeRoomName, func(e *api.EventItem) bool { return e.Change.Before == "Pantry" && e.Change.After == "Cellar" })
	shown.changed(api.ChangeRoomTopic, func(e *api.EventItem) bool { return e.Change.After == "jam" })
	if _, err := bob.SetState(w.t.Context(), api.SetStateParams{RoomID: room, Type: event.RoomName, Content: scan.Value(`{"name":"mine"}`)}); code(err) != api.ServerForbidden {
		w.t.Errorf("bob may not: %v", err)
	}
	levels := alice.ask("GET", "rooms/"+escape(room)+"/state/m.room.power_levels/", "")
	var users scan.Builder
	for id, level := range levels.Get("users").Members() {
		users.Raw(id.Text(), level)
	}
	users.Int(string(bob.id()), 60)
	var content scan.Builder
	for key, value := range levels.Members() {
		if key.Text() != "users" {
			content.Raw(key.Text(), value)
		}
	}
	alice.state(room, event.RoomPowerLevels, string(content.Raw("users", users.Done()).Done()))
	bob.details(room, func(d api.RoomDetails) bool { return d.Can.Name && d.Can.Kick })
	shown.changed(api.ChangePowerLevels, func(e *api.EventItem) bool {
		return e.Change.Target != nil && e.Change.Target.ID == bob.id() && e.Change.After == "60"
	})
	bob.state(room, event.RoomName, `{"name":"mine"}`)
	alice.until(room, func(r api.Room) bool { return r.Name == "mine" })
	alice.state(room, event.RoomName, `{"name":""}`)
	bob.until(room, func(r api.Room) bool { return r.Name == alice.name && r.Named.From == api.FromMembers })
}

func kickBanForget(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Kitchen"}, bob)
	alice.say(room, "before")
	bob.timeline(room).reads("before")
	left := bob.rooms(api.RoomFilter{Kind: api.KindLeft})
	shown := alice.timeline(room)
	alice.act(room, bob, api.ActionKick)
	left.until(func(r []api.Room) bool {
		return len(r) == 1 && r[0].Membership == event.Leave && r[0].Name == "Kitchen"
	})
	shown.changed(api.ChangeKicked, func(e *api.EventItem) bool {
		return e.Change.Target.ID == bob.id() && e.Change.Target.Name == bob.name && e.Change.Reason == "tea"
	})
	if _, err := bob.Send(w.t.Context(), api.SendParams{RoomID: room, TxnID: "late", Type: event.RoomMessage, Content: scan.Value(`{"msgtype":"m.text","body":"late"}`)}); code(err) != api.RoomUnknown {
		w.t.Errorf("writing after a kick: %v", err)
	}
	alice.act(room, bob, api.ActionBan)
	shown.changed(api.ChangeBanned, nil)
	if _, err := bob.JoinRoom(w.t.Context(), api.JoinRoomParams{Room: string(room)}); code(err) != api.ServerForbidden {
		w.t.Errorf("banned: %v", err)
	}
	alice.act(room, bob, api.ActionUnban)
	shown.changed(api.ChangeUnbanned, nil)
	alice.act(room, bob, api.ActionInvite)
	bob.until(room, func(r api.Room) bool { return r.Membership == event.Invite })
	bob.join(room)
	alice.say(room, "after")
	bob.timeline(room).until(func(i []api.TimelineItem) bool { return slices.Contains(bodies(i), "after") })
	bob.ok(bob.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: room, Reason: "bye"}))
	shown.changed(api.ChangeLeft, func(e *api.EventItem) bool { return e.Sender.ID == bob.id() && e.Change.Reason == "bye" })
	left.until(func(r []api.Room) bool { return len(r) == 1 })
	bob.ok(bob.ForgetRoom(w.t.Context(), api.RoomParams{RoomID: room}))
	left.until(func(r []api.Room) bool { return len(r) == 0 })
	if _, err := bob.Room(w.t.Context(), api.RoomParams{RoomID: room}); code(err) != api.RoomUnknown {
		w.t.Errorf("a forgotten room: %v", err)
	}
}

func knock(w *world) {
	alice, bob, carol := w.user("alice"), w.user("bob"), w.user("carol")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Door"})
	alice.state(room, event.RoomJoinRules, `{"join_rule":"knock"}`)
	shown, knocked := alice.timeline(room), bob.rooms(api.RoomFilter{Kind: api.KindKnocked})
	for _, u := range []*user{bob, carol} {
		_, err := u.KnockRoom(w.t.Context(), api.JoinRoomParams{Room: string(room), Reason: "let me in"})
		u.ok(err)
	}
	knocked.until(func(r []api.Room) bool { return len(r) == 1 && r[0].Membership == event.Knock && r[0].Name == "Door" })
	shown.changed(api.ChangeKnocked, func(e *api.EventItem) bool { return e.Sender.ID == bob.id() && e.Change.Reason == "let me in" })
	alice.members(room).until(func(m []api.Member) bool { return len(m) == 3 && m[1].Membership == event.Knock })
	alice.act(room, bob, api.ActionInvite)
	bob.until(room, func(r api.Room) bool { return r.Membership == event.Invite })
	knocked.until(func(r []api.Room) bool { return len(r) == 0 })
	bob.join(room)
	carol.ok(carol.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: room}))
	shown.changed(api.ChangeKnockRetracted, func(e *api.EventItem) bool { return e.Sender.ID == carol.id() })
	carol.rooms(api.RoomFilter{Kind: api.KindKnocked}).until(func(r []api.Room) bool { return len(r) == 0 })
}

// largeRoom: lazy loading brings a part of the members, opening the list the
// rest.
func largeRoom(w *world) {
	const others = 58
	alice := w.user("alice")
	room := alice.room(api.CreateRoomParams{Preset: "public_chat", Name: "Square"})
	var all sync.WaitGroup
	slots := make(chan bool, 4)
	for i := range others {
		slots <- true
		all.Go(func() {
			w.joinByHand(fmt.Sprintf("m%02d", i), room)
			<-slots
		})
	}
	all.Wait()
	for i := range 30 {
		alice.say(room, fmt.Sprint(i)) // so that the joins are not in the sync's timeline
	}
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "29" && r.Last.EventID != "" })
	bob := w.user("bob")
	bob.join(room)
	bob.details(room, func(d api.RoomDetails) bool { return d.Joined == others+2 })
	members := bob.members(room)
	members.until(func(m []api.Member) bool {
		return len(m) == others+2 && m[0].Key == string(alice.id()) && slices.IsSortedFunc(m[1:], func(a, b api.Member) int { return cmpText(a.Person.Name, b.Person.Name) })
	})
	bob.ok(bob.LeaveRoom(w.t.Context(), api.LeaveRoomParams{RoomID: room}))
	alice.members(room).until(func(m []api.Member) bool { return len(m) == others+1 })
	alice.details(room, func(d api.RoomDetails) bool { return d.Joined == others+1 })
}

// joinByHand makes an account that joins a room, without a core.
func (w *world) joinByHand(name string, room event.RoomID) {
	local := w.register(name)
	answer := w.post("login", "", fmt.Sprintf(`{"type":"m.login.password","identifier":{"type":"m.id.user","user":%q},"password":"pw"}`, local))
	w.post("join/"+escape(room), answer.Get("access_token").Text(), "{}")
}

func presence(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	is := func(p api.Presence) func([]api.Member) bool {
		return func(m []api.Member) bool { return len(m) == 2 && m[0].Status == p }
	}
	members := bob.members(room)
	members.until(is(api.PresenceOnline))
	alice.ok(alice.SetPage(w.t.Context(), api.PageState{Online: true, Visible: false}))
	bob.say(room, "are you there?") // ends the poll that says "online"
	members.until(is(api.PresenceUnavailable))
}

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
	alice.ok(alice.SetPinned(w.t.Context(), api.SetPinnedParams{RoomID: room, EventID: "$tea", Pinned: true}))
	alice.ok(alice.SetPinned(w.t.Context(), api.SetPinnedParams{RoomID: room, EventID: "$jam", Pinned: true}))
	bob.details(room, func(d api.RoomDetails) bool { return slices.Equal(d.Pinned, []event.EventID{"$tea", "$jam"}) })
	if err := bob.SetPinned(w.t.Context(), api.SetPinnedParams{RoomID: room, EventID: "$tea"}); code(err) != api.SendForbidden {
		w.t.Errorf("bob takes off what alice pinned: %v", err)
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

func level(n int64) *int64 { return &n }

// access: who may join is one call, and rooms that do not know a rule keep theirs
// (FEATURES 2-06, 2-37, 7-28).
func access(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	ctx := w.t.Context()
	club := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"})
	if _, err := bob.JoinRoom(ctx, api.JoinRoomParams{Room: string(room)}); code(err) != api.ServerForbidden {
		w.t.Errorf("without being invited: %v", err)
	}
	alice.ok(alice.SetAccess(ctx, api.SetAccessParams{RoomID: room, JoinRule: "restricted", Allow: []event.RoomID{club}}))
	alice.details(room, func(d api.RoomDetails) bool {
		return d.JoinRule == "restricted" && slices.Equal(d.Allow, []event.RoomID{club})
	})
	bob.join(room)
	if err := bob.SetAccess(ctx, api.SetAccessParams{RoomID: room, JoinRule: "public"}); code(err) != api.SendForbidden {
		w.t.Errorf("bob may not: %v", err)
	}
	for _, c := range []struct {
		version, rule string
		allow         []event.RoomID
		want          api.Code
	}{
		{"6", "knock", nil, api.RoomVersion},
		{"7", "knock", nil, ""},
		{"7", "restricted", []event.RoomID{club}, api.RoomVersion},
		{"8", "restricted", []event.RoomID{club}, ""},
		{"9", "knock_restricted", []event.RoomID{club}, api.RoomVersion},
		{"10", "knock_restricted", []event.RoomID{club}, ""},
		{"10", "restricted", nil, api.CallInvalid},
		{"10", "restricted", []event.RoomID{"#no:room"}, api.CallInvalid},
		{"10", "private", nil, api.CallInvalid},
		{"10", "", nil, api.CallInvalid},
	} {
		old := event.RoomID(alice.ask("POST", "createRoom", fmt.Sprintf(`{"room_version":%q}`, c.version)).Get("room_id").Text())
		alice.until(old, func(api.Room) bool { return true })
		if err := alice.SetAccess(ctx, api.SetAccessParams{RoomID: old, JoinRule: c.rule, Allow: c.allow}); code(err) != c.want {
			w.t.Errorf("%s in version %s: %v", c.rule, c.version, err)
		}
	}
}

// powers: levels change one by one, all else stays, and nobody gives what they do not
// have (FEATURES 7-22, B-15).
func powers(w *world) {
	alice, bob, carol := w.user("alice"), w.user("bob"), w.user("carol")
	ctx := w.t.Context()
	for _, version := range []string{"10", "12"} {
		room := event.RoomID(alice.ask("POST", "createRoom", fmt.Sprintf(
			`{"room_version":%q,"preset":"public_chat","power_level_content_override":{"org.example":{"a":[1]}}}`, version)).Get("room_id").Text())
		alice.until(room, func(api.Room) bool { return true })
		bob.join(room)
		carol.join(room)
		set := func(by, of *user, n *int64) api.Code {
			return code(by.SetPower(ctx, api.SetPowerParams{RoomID: room, UserID: of.id(), Level: n}))
		}
		if got := set(alice, bob, level(60)); got != "" {
			w.t.Fatal(got)
		}
		alice.ok(alice.SetLevels(ctx, api.SetLevelsParams{RoomID: room, Levels: api.Levels{
			Kick: level(40), Notify: level(30), Types: []api.TypeLevel{{Type: event.RoomPowerLevels, Level: 60}, {Type: "org.example", Level: 20}}}}))
		d := bob.details(room, func(d api.RoomDetails) bool { return d.Can.Level == 60 && *d.Levels.Kick == 40 && d.Can.Power })
		if *d.Levels.Notify != 30 || !slices.Contains(d.Levels.Types, api.TypeLevel{Type: "org.example", Level: 20}) || !slices.Contains(d.Levels.Types, api.TypeLevel{Type: event.RoomName, Level: 50}) {
			w.t.Errorf("%+v", d.Levels)
		}
		for what, c := range map[string]struct{ got, want api.Code }{
			"more than one has":   {set(bob, carol, level(61)), api.SendForbidden},
			"one's own raised":    {set(bob, bob, level(61)), api.SendForbidden},
			"of who made it":      {set(bob, alice, level(0)), api.SendForbidden},
			"as much as one has":  {set(bob, carol, level(60)), ""},
			"of an equal":         {set(bob, carol, nil), api.SendForbidden},
			"without any":         {code(carol.SetPower(ctx, api.SetPowerParams{RoomID: "!none", UserID: bob.id()})), api.RoomUnknown},
			"beyond all":          {set(alice, bob, level(summary.MaxLevel+1)), api.CallInvalid},
			"a number above":      {code(bob.SetLevels(ctx, api.SetLevelsParams{RoomID: room, Levels: api.Levels{Ban: level(61)}})), api.SendForbidden},
			"no such event":       {code(bob.SetLevels(ctx, api.SetLevelsParams{RoomID: room, Levels: api.Levels{Types: []api.TypeLevel{{}}}})), api.CallInvalid},
			"one's own given up":  {set(bob, bob, nil), ""},
			"and not taken again": {set(bob, bob, level(60)), api.SendForbidden},
		} {
			if c.got != c.want {
				w.t.Errorf("version %s, %s: %s, want %s", version, what, c.got, c.want)
			}
		}
		now := alice.ask("GET", "rooms/"+escape(room)+"/state/m.room.power_levels/", "")
		if string(now.Get("org.example")) != `{"a":[1]}` || now.Path("users", string(bob.id())) != nil || now.Path("users", string(carol.id())).Int() != 60 {
			w.t.Errorf("%s", now)
		}
		// Whoever made a room of version 12 is in no list.
		if got, want := set(alice, alice, level(100)), map[string]api.Code{"10": "", "12": api.SendForbidden}[version]; got != want {
			w.t.Errorf("version %s: alice lists herself: %s", version, got)
		}
	}
}

// addresses: a room's addresses, the one that it goes by, and the directory.
func addresses(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	ctx := w.t.Context()
	room := alice.room(api.CreateRoomParams{Preset: "public_chat"}, bob)
	first, second := "#1-"+alice.name+":localhost", "#2-"+alice.name+":localhost"
	set := func(by *user, p api.SetAliasParams) api.Code {
		p.RoomID = room
		return code(by.SetAlias(ctx, p))
	}
	for _, p := range []api.SetAliasParams{{Alias: first, Main: true}, {Alias: first, Main: true}, {Alias: second}} {
		if got := set(alice, p); got != "" {
			w.t.Fatalf("%+v: %s", p, got)
		}
	}
	alice.state(room, event.RoomCanonicalAlias, fmt.Sprintf(`{"alias":%q,"alt_aliases":[%q,%q]}`, first, first, second))
	d := bob.details(room, func(d api.RoomDetails) bool { return len(d.Aliases) == 2 })
	if d.Alias != first || d.Aliases[1] != second {
		w.t.Errorf("%+v", d)
	}
	if got := set(alice, api.SetAliasParams{Alias: second, Main: true}); got != "" {
		w.t.Error(got)
	}
	bob.details(room, func(d api.RoomDetails) bool { return d.Alias == second && len(d.Aliases) == 2 })
	alice.ok(alice.SetListed(ctx, api.SetListedParams{RoomID: room, Listed: true}))
	at, err := alice.RoomAddresses(ctx, api.RoomParams{RoomID: room})
	alice.ok(err)
	if slices.Sort(at.Local); !at.Listed || !slices.Equal(at.Local, []string{first, second}) {
		w.t.Errorf("%+v", at)
	}
	for what, c := range map[string]struct{ got, want api.Code }{
		"bob's directory": {code(bob.SetListed(ctx, api.SetListedParams{RoomID: room})), api.SendForbidden},
		"bob takes away":  {set(bob, api.SetAliasParams{Alias: first, Remove: true}), api.SendForbidden},
		"no alias":        {set(alice, api.SetAliasParams{Alias: "tea"}), api.CallInvalid},
		"no server":       {set(alice, api.SetAliasParams{Alias: "#tea"}), api.CallInvalid},
		"another server":  {set(alice, api.SetAliasParams{Alias: "#tea:elsewhere.example"}), api.CallInvalid},
	} {
		if c.got != c.want {
			w.t.Errorf("%s: %s, want %s", what, c.got, c.want)
		}
	}
	for range 2 {
		for _, one := range []string{second, first} {
			if got := set(alice, api.SetAliasParams{Alias: one, Remove: true}); got != "" {
				w.t.Errorf("%s: %s", one, got)
			}
		}
	}
	bob.details(room, func(d api.RoomDetails) bool { return d.Alias == "" && len(d.Aliases) == 0 })
	if at, err = alice.RoomAddresses(ctx, api.RoomParams{RoomID: room}); err != nil || len(at.Local) != 0 {
		w.t.Errorf("%+v %v", at, err)
	}
	other := bob.room(api.CreateRoomParams{Preset: "public_chat"})
	bob.ok(bob.SetAlias(ctx, api.SetAliasParams{RoomID: other, Alias: first}))
	if got := set(alice, api.SetAliasParams{Alias: first}); got != api.ServerRefused {
		w.t.Errorf("an address of another room: %s", got)
	}
}

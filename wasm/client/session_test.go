//go:build !js

package client_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func tagsAndMarks(w *world) {
	alice := w.user("alice")
	room := alice.room(api.CreateRoomParams{Name: "Tagged"})
	again := w.device(alice.name)
	favourites := again.rooms(api.RoomFilter{Tag: "m.favourite"})
	order := 0.25
	tag := api.SetTagParams{RoomID: room, Tag: api.Tag{Name: "m.favourite", Order: &order}}
	alice.ok(alice.SetTag(w.t.Context(), tag))
	alice.ok(alice.SetTag(w.t.Context(), api.SetTagParams{RoomID: room, Tag: api.Tag{Name: "u./ü"}}))
	tagged := func(r api.Room) bool {
		i := slices.IndexFunc(r.Tags, func(t api.Tag) bool { return t.Name == "m.favourite" })
		return len(r.Tags) == 2 && i >= 0 && r.Tags[i].Order != nil && *r.Tags[i].Order == order
	}
	favourites.until(func(r []api.Room) bool { return len(r) == 1 && tagged(r[0]) })
	tag.Remove = true
	alice.ok(alice.SetTag(w.t.Context(), tag))
	favourites.until(func(r []api.Room) bool { return len(r) == 0 })
	for _, unread := range []bool{true, false} {
		alice.ok(alice.SetMarkedUnread(w.t.Context(), api.SetMarkedUnreadParams{RoomID: room, Unread: unread}))
		for _, u := range []*user{alice, again} {
			u.until(room, func(r api.Room) bool { return r.MarkedUnread == unread })
		}
	}
}

func accountData(w *world) {
	alice := w.user("alice")
	room := alice.room(api.CreateRoomParams{Name: "Data"})
	again := w.device(alice.name)
	for _, in := range []event.RoomID{"", room} {
		for _, content := range []string{`{"a":{"b":[1,null,"ü"]}}`, `{}`, `{"n":9007199254740991}`} {
			alice.ok(alice.SetAccountData(w.t.Context(), api.SetAccountDataParams{RoomID: in, Type: "org.example.own/ü", Content: scan.Value(content)}))
		}
		// A mark set after it comes after it.
		alice.ok(alice.SetTag(w.t.Context(), api.SetTagParams{RoomID: room, Tag: api.Tag{Name: "u.done" + fmt.Sprint(len(in))}}))
		again.until(room, func(r api.Room) bool {
			return slices.ContainsFunc(r.Tags, func(t api.Tag) bool { return t.Name == "u.done"+fmt.Sprint(len(in)) })
		})
		data, err := again.AccountData(w.t.Context(), api.AccountDataParams{RoomID: in, Type: "org.example.own/ü"})
		again.ok(err)
		if data.Content.Get("n").Int() != 9007199254740991 {
			w.t.Errorf("in %q: %s", in, data.Content)
		}
	}
	if data, err := alice.AccountData(w.t.Context(), api.AccountDataParams{Type: "org.example.none"}); err != nil || data.Content.Exists() {
		w.t.Errorf("%s, %v", data.Content, err)
	}
}

// twoDevices: what another device of the same user sent is the user's own, but
// nobody's echo.
func twoDevices(w *world) {
	phone := w.user("alice")
	room := phone.room(api.CreateRoomParams{Name: "Notes"})
	laptop := w.device(phone.name)
	laptop.until(room, func(r api.Room) bool { return r.Membership == event.Join })
	shown := map[*user]*opened{phone: phone.timeline(room), laptop: laptop.timeline(room)}
	txns := map[*user]event.TxnID{phone: phone.say(room, "from the phone")}
	shown[laptop].reads("from the phone")
	txns[laptop] = laptop.say(room, "from the laptop")
	for u, o := range shown {
		items := o.until(func(i []api.TimelineItem) bool {
			return slices.Equal(bodies(i), []string{"from the phone", "from the laptop"}) && i[len(i)-1].Event.Send == nil && i[len(i)-2].Event.Send == nil
		})
		for i, sender := range []*user{phone, laptop} {
			e := items[len(items)-2+i].Event
			want := event.TxnID("")
			if sender == u {
				want = txns[u]
			}
			if !e.Own || e.TxnID != want || e.ID == "" {
				w.t.Errorf("%s: %+v, want transaction %q", u.session.DeviceID, e, want)
			}
		}
	}
}

// offlineSending: what was written offline goes out once, after a new start.
func offlineSending(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	alice.wire.cut.Store(true)
	for i := range 5 {
		alice.say(room, fmt.Sprint("m", i))
	}
	alice.timeline(room).reads(count(0, 5)...)
	alice.close()
	alice.start()
	mine := alice.timeline(room)
	mine.reads(count(0, 5)...)
	keys := func() (all []string) {
		for _, i := range mine.items {
			if i.Event != nil && i.Event.Type == event.RoomMessage {
				all = append(all, i.Key)
			}
		}
		return all
	}
	before := keys()
	alice.wire.cut.Store(false)
	alice.ok(alice.SetPage(w.t.Context(), api.PageState{Online: true, Visible: true}))
	bob.timeline(room).reads(count(0, 5)...)
	mine.until(func(i []api.TimelineItem) bool { return i[len(i)-1].Event.Send == nil })
	if after := keys(); !slices.Equal(before, after) {
		w.t.Errorf("keys were %v and are %v", before, after)
	}
	if got := bodies(bob.timeline(room).toStart()); !slices.Equal(got, count(0, 5)) {
		w.t.Errorf("%v", got)
	}
}

func signIn(w *world) {
	ctx := w.t.Context()
	alice := w.stranger(w.register("alice"))
	flows, err := alice.LoginFlows(ctx, api.LoginFlowsParams{})
	if err != nil || flows.Homeserver != w.url || !slices.Contains(flows.Flows, api.LoginFlow{Type: "m.login.password"}) {
		w.t.Errorf("%+v, %v", flows, err)
	}
	login := func(p api.LoginPasswordParams) api.Code {
		_, err := alice.LoginPassword(ctx, p)
		return code(err)
	}
	for what, want := range map[string]struct {
		params api.LoginPasswordParams
		code   api.Code
	}{
		"wrong password": {api.LoginPasswordParams{User: alice.name, Password: "no"}, api.LoginForbidden},
		"no such user":   {api.LoginPasswordParams{User: "nobody-" + alice.name, Password: "pw"}, api.LoginForbidden},
		"nobody there":   {api.LoginPasswordParams{User: alice.name, Password: "pw", Homeserver: "http://127.0.0.1:1"}, api.NetworkOffline},
		"no address":     {api.LoginPasswordParams{User: alice.name, Password: "pw", Homeserver: "::"}, api.DiscoveryFailed},
	} {
		if got := login(want.params); got != want.code {
			w.t.Errorf("%s: %s, want %s", what, got, want.code)
		}
	}
	alice.becomes(api.SignedOut, "")
	alice.login()
	if got := login(api.LoginPasswordParams{User: alice.name, Password: "pw"}); got != api.SessionExists {
		w.t.Errorf("signed in twice: %s", got)
	}
	alice.room(api.CreateRoomParams{})
	first := alice.session.DeviceID
	alice.ok(alice.Logout(ctx, api.LogoutParams{}))
	alice.becomes(api.SignedOut, "")
	alice.showsNothing()
	if _, err := alice.LoginPassword(ctx, api.LoginPasswordParams{User: string(alice.id()), Password: "pw", DeviceName: "Alcove ü"}); err != nil {
		w.t.Fatal("by the full id:", err)
	}
	alice.rooms(api.RoomFilter{}).until(func(r []api.Room) bool { return len(r) == 1 })
	if strings.Contains(string(alice.ask("GET", "devices", "")), string(first)) {
		w.t.Error("the device that logged out is still there")
	}
}

// showsNothing: there is no account, and no database of one.
func (u *user) showsNothing() {
	u.t.Helper()
	if _, err := u.RoomList(u.t.Context(), api.RoomListParams{View: u.view()}); code(err) != api.SessionMissing {
		u.t.Errorf("a list of nobody's rooms: %v", err)
	}
	for name, disk := range u.disks {
		if n := disk.Size(); n > 0 {
			u.t.Errorf("%s has %d bytes", name, n)
		}
	}
}

// onlyParts checks that nothing is stored but what parting from the server takes.
func (u *user) onlyParts() {
	u.t.Helper()
	for _, s := range table.Schema().Stores {
		for _, r := range u.disk().Records(s) {
			if s != table.Meta || string(r.Key) != string(table.FarewellKey) && string(r.Key) != string(table.FormatKey) {
				u.t.Errorf("%s has %q", s, r.Key)
			}
		}
	}
}

// revoke ends all of the user's sessions from another device.
func (u *user) revoke() {
	u.t.Helper()
	u.w.device(u.name).ask("POST", "logout/all", "")
}

func tokenRevoked(w *world) {
	alice := w.user("alice")
	alice.room(api.CreateRoomParams{Name: "Kitchen"})
	alice.revoke()
	alice.becomes(api.SignedOut, api.SessionExpired)
	alice.showsNothing()
	if _, err := alice.CreateRoom(w.t.Context(), api.CreateRoomParams{}); code(err) != api.SessionMissing {
		w.t.Errorf("%v", err)
	}
	alice.login()
	alice.rooms(api.RoomFilter{}).until(func(r []api.Room) bool { return len(r) == 1 && r[0].Name == "Kitchen" })
}

// tokenRevokedUnsent: what was not sent yet survives until the next sign-in.
func tokenRevokedUnsent(w *world) {
	alice := w.user("alice")
	room := alice.room(api.CreateRoomParams{Name: "Kitchen"})
	alice.wire.cut.Store(true)
	alice.say(room, "kept")
	alice.revoke()
	alice.wire.cut.Store(false)
	alice.ok(alice.SetPage(w.t.Context(), api.PageState{Online: true, Visible: true}))
	s := alice.becomes(api.SoftLogout, api.SessionExpired)
	if s.UserID != alice.id() {
		w.t.Errorf("%+v", s)
	}
	alice.timeline(room).reads("kept")
	alice.login()
	alice.becomes(api.Ready, "")
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "kept" && r.Last.EventID != "" })
}

func tokenRevokedWhileClosed(w *world) {
	alice := w.user("alice")
	alice.room(api.CreateRoomParams{Name: "Kitchen"})
	alice.close()
	alice.revoke()
	alice.start()
	alice.becomes(api.SignedOut, api.SessionExpired)
}

// softLogout: everything stays, and signing in again goes on where it was.
func softLogout(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	bob.say(room, "before")
	alice.timeline(room).reads("before")
	alice.wire.soft.Store(true)
	device := alice.session.DeviceID
	alice.revoke()
	alice.becomes(api.SoftLogout, api.SessionSoftLogout)
	shown := alice.timeline(room)
	shown.reads("before")
	alice.say(room, "meanwhile")
	alice.close()
	alice.start()
	if alice.session.State != api.SoftLogout || alice.session.DeviceID != device {
		w.t.Fatalf("%+v", alice.session)
	}
	if _, err := alice.LoginPassword(w.t.Context(), api.LoginPasswordParams{User: bob.name, Password: "pw"}); code(err) != api.SessionMismatch {
		w.t.Errorf("somebody else: %v", err)
	}
	bob.say(room, "after")
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "after" && r.Last.EventID != "" })
	alice.login()
	if alice.session.DeviceID != device {
		w.t.Errorf("device was %s and is %s", device, alice.session.DeviceID)
	}
	alice.timeline(room).reads("before", "after", "meanwhile")
	bob.timeline(room).reads("before", "after", "meanwhile")
}

func profiles(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	shown := alice.timeline(room)
	bob.rename("Bob")
	shown.changed(api.ChangeProfileName, func(e *api.EventItem) bool { return e.Change.Before == bob.name && e.Change.After == "Bob" })
	bob.ask("PUT", "profile/"+escape(bob.id())+"/avatar_url", `{"avatar_url":"mxc://localhost/bob"}`)
	shown.changed(api.ChangeProfileAvatar, func(e *api.EventItem) bool { return e.Change.After == "mxc://localhost/bob" })
	alice.until(room, func(r api.Room) bool { return r.Name == "Bob" })
	alice.members(room).until(func(m []api.Member) bool {
		return len(m) == 2 && m[1].Person.Name == "Bob" && m[1].Person.Avatar == "mxc://localhost/bob"
	})
	p, err := alice.Profile(w.t.Context(), api.ProfileParams{UserID: bob.id()})
	if err != nil || p.Name != "Bob" || p.Avatar != "mxc://localhost/bob" || p.ID != bob.id() {
		w.t.Errorf("%+v, %v", p, err)
	}
	if _, err := alice.Profile(w.t.Context(), api.ProfileParams{UserID: "@nobody:localhost"}); code(err) != api.ServerNotFound {
		w.t.Errorf("%v", err)
	}
	bob.rename(alice.name)
	alice.members(room).until(func(m []api.Member) bool {
		return len(m) == 2 && m[1].Person.Name == alice.name+" ("+string(bob.id())+")"
	})
}

func anyRequest(w *world) {
	alice := w.user("alice")
	if got := alice.ask("GET", "account/whoami", "").Get("user_id").Text(); got != string(alice.id()) {
		w.t.Errorf("I am %s", got)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		code               api.Code
	}{
		{"GET", "/_matrix/client/v3/rooms/%21nowhere%3Alocalhost/state", "", 403, ""},
		{"GET", "/_matrix/client/v3/user/" + escape(alice.id()) + "/account_data/org.example.none", "", 404, ""},
		{"PUT", "/_matrix/client/v3/user/" + escape(alice.id()) + "/account_data/org.example.some", `{"a":1}`, 200, ""},
		{"GET", "/_matrix/client/v3/voip/turnServer?", "", 200, ""},
		{"GET", "/elsewhere", "", 0, api.CallInvalid},
		{"GET", "https://example.org/_matrix/client/versions", "", 0, api.CallInvalid},
		{"BAD METHOD", "/_matrix/client/versions", "", 0, api.CallInvalid},
	} {
		r, err := alice.Request(w.t.Context(), api.RequestParams{Method: c.method, Path: c.path, Body: scan.Value(c.body)})
		if r.Status != c.status || code(err) != c.code {
			w.t.Errorf("%s %s: %d, %v", c.method, c.path, r.Status, err)
		}
	}
}

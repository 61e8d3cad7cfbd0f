//go:build !js

package client_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

func (u *user) preview(room string, via ...string) api.RoomPreview {
	u.t.Helper()
	p, err := u.Preview(u.t.Context(), api.PreviewParams{Room: room, Via: via})
	u.ok(err)
	return p
}

// byHand makes a room with a body of /createRoom of its own.
func (u *user) byHand(body string) event.RoomID {
	u.t.Helper()
	room := event.RoomID(u.ask("POST", "createRoom", body).Get("room_id").Text())
	u.ok(u.AwaitRoom(u.t.Context(), api.RoomParams{RoomID: room}))
	return room
}

// unique makes names that no other scenario has.
func unique(name string) string { return fmt.Sprintf("%s%d", name, nth.Add(1)) }

// previews: a room is shown by id and by alias, to who is in it and who is not
// (FEATURES B-51).
func previews(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	name := unique("garden")
	room := alice.room(api.CreateRoomParams{Preset: "public_chat", Name: "Garden", Topic: "plants", Alias: name, Encrypted: true})
	alias := "#" + name + ":localhost"
	for _, named := range []string{string(room), alias} {
		p := bob.preview(named)
		if p.ID != room || p.Name != "Garden" || p.Topic != "plants" || p.Alias != alias || p.Joined != 1 || p.JoinRule != "public" ||
			!p.Encrypted || p.Version == "" || p.Membership != "" || p.Entry.How != api.EntryJoin {
			w.t.Errorf("%s: %+v", named, p)
		}
	}
	bob.join(room)
	for _, named := range []string{string(room), alias} {
		if p := bob.preview(named); p.ID != room || p.Name != "Garden" || p.Membership != event.Join || p.Entry.How != api.EntryIn || p.Guests {
			w.t.Errorf("%s, joined: %+v", named, p)
		}
	}
	for _, named := range []string{"#" + unique("none") + ":localhost", "!none:localhost", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"} {
		if _, err := bob.Preview(w.t.Context(), api.PreviewParams{Room: named}); code(err) != api.ServerNotFound {
			w.t.Errorf("%s: %v", named, err)
		}
	}
}

// closedPreviews: what cannot be entered is shown to who was invited and who may ask,
// and to others it is as if it were not.
func closedPreviews(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	secret := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Secret"})
	if _, err := bob.Preview(w.t.Context(), api.PreviewParams{Room: string(secret)}); code(err) != api.ServerNotFound {
		w.t.Errorf("a room that is closed: %v", err)
	}
	eventually(w.t, func() bool { // Synapse tells of a new room's state bit by bit
		p := alice.preview(string(secret))
		return p.Guests && !p.Readable && p.JoinRule == "invite" && p.Name == "Secret" && p.Entry.How == api.EntryIn
	})
	alice.act(secret, bob, api.ActionInvite)
	bob.until(secret, func(r api.Room) bool { return r.Membership == event.Invite })
	if p := bob.preview(string(secret)); p.Name != "Secret" || p.Membership != event.Invite || p.Entry.How != api.EntryAccept {
		w.t.Errorf("invited: %+v", p)
	}
	door := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Door"})
	alice.state(door, event.RoomJoinRules, `{"join_rule":"knock"}`)
	if p := bob.preview(string(door)); p.Name != "Door" || p.JoinRule != "knock" || p.Entry.How != api.EntryKnock {
		w.t.Errorf("a closed door: %+v", p)
	}
	_, err := bob.KnockRoom(w.t.Context(), api.JoinRoomParams{Room: string(door)})
	bob.ok(err)
	if p := bob.preview(string(door)); p.Membership != event.Knock || p.Entry.How != api.EntryWait {
		w.t.Errorf("knocked: %+v", p)
	}
	knocked := bob.rooms(api.RoomFilter{Kind: api.KindKnocked})
	knocked.until(func(r []api.Room) bool { return len(r) == 1 })
	alice.act(door, bob, api.ActionBan)
	knocked.until(func(r []api.Room) bool { return len(r) == 0 })
	if p := bob.preview(string(door)); p.Entry.How != api.EntryBanned {
		w.t.Errorf("banned: %+v", p)
	}
}

// TestPreviewWithoutSummaries: a server that has no room summaries is asked in other
// ways, and of a room that one is in nobody.
func TestPreviewWithoutSummaries(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.user("alice"), w.stranger(w.register("bob"))
	var asked atomic.Pointer[string]
	lacks := []string{"/room_summary/"}
	bob.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if slices.ContainsFunc(lacks, func(path string) bool { return strings.Contains(r.URL.Path, path) }) {
			return answered(404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`)
		}
		if !strings.Contains(r.URL.Path, "/sync") {
			path := r.URL.Path
			asked.Store(&path)
		}
		return next()
	}
	bob.login()
	name := unique("shed")
	shed := alice.room(api.CreateRoomParams{Preset: "public_chat", Name: "Shed", Alias: name})
	alice.state(shed, event.RoomHistoryVisibility, `{"history_visibility":"world_readable"}`)
	for _, named := range []string{string(shed), "#" + name + ":localhost"} {
		p := bob.preview(named, "given.example")
		if p.ID != shed || p.Name != "Shed" || !p.Readable || p.Entry.How != api.EntryJoin || p.Via[0] != "given.example" {
			t.Errorf("%s: %+v", named, p)
		}
	}
	if p := bob.preview("#" + name + ":localhost"); !slices.Equal(p.Via, []string{"localhost"}) {
		t.Errorf("an alias tells who knows the room: %q", p.Via)
	}
	secret := alice.room(api.CreateRoomParams{Preset: "private_chat", Name: "Secret"})
	if _, err := bob.Preview(t.Context(), api.PreviewParams{Room: string(secret)}); code(err) != api.ServerNotFound {
		t.Errorf("a closed room: %v", err)
	}
	alice.act(secret, bob, api.ActionInvite)
	bob.until(secret, func(r api.Room) bool { return r.Membership == event.Invite })
	lacks = append(lacks, "/hierarchy")
	if p := bob.preview(string(secret)); p.Name != "Secret" || p.Entry.How != api.EntryAccept {
		t.Errorf("invited: %+v", p)
	}
	bob.join(shed)
	none := "nothing"
	asked.Store(&none)
	if p := bob.preview(string(shed)); p.Entry.How != api.EntryIn || !p.Readable || p.Guests || *asked.Load() != none {
		t.Errorf("joined: %+v, and %s was asked", p, *asked.Load())
	}
}

// TestPreviewLater: that a server is too busy is told as that.
func TestPreviewLater(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	bob := w.stranger(w.register("bob"))
	bob.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/room_summary/") {
			return answered(429, `{"errcode":"M_LIMIT_EXCEEDED","error":"e","retry_after_ms":3600000}`)
		}
		return next()
	}
	bob.login()
	if _, err := bob.Preview(t.Context(), api.PreviewParams{Room: "!a:localhost"}); code(err) != api.ServerLimited {
		t.Error(err)
	}
	if _, err := bob.Preview(t.Context(), api.PreviewParams{}); code(err) != api.CallInvalid {
		t.Errorf("of no room: %v", err)
	}
}

// directory: FEATURES B-52, 2-02.
func directory(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	word := unique("meadow")
	for i := range 3 {
		alice.room(api.CreateRoomParams{Preset: "public_chat", Name: fmt.Sprint(word, " ", i), Listed: true})
	}
	space := alice.byHand(fmt.Sprintf(`{"preset":"public_chat","visibility":"public","name":%q,"creation_content":{"type":"m.space"}}`, word+" space"))
	find := func(p api.DirectoryParams) api.DirectoryPage {
		p.Text = word
		page, err := bob.Directory(w.t.Context(), p)
		bob.ok(err)
		return page
	}
	all := find(api.DirectoryParams{})
	if len(all.Rooms) != 4 || all.Next != "" {
		w.t.Fatalf("%+v", all)
	}
	for _, r := range all.Rooms {
		if r.Entry.How != api.EntryJoin || r.Joined != 1 || !strings.HasPrefix(r.Name, word) {
			w.t.Errorf("%+v", r)
		}
	}
	if rooms := find(api.DirectoryParams{Type: "m.space"}).Rooms; len(rooms) != 1 || rooms[0].ID != space || rooms[0].Type != "m.space" {
		w.t.Errorf("spaces: %+v", rooms)
	}
	if rooms := find(api.DirectoryParams{Type: "room"}).Rooms; len(rooms) != 3 {
		w.t.Errorf("rooms: %+v", rooms)
	}
	bob.join(space)
	seen := map[event.RoomID]api.EntryHow{}
	page := api.DirectoryPage{}
	for range 5 {
		page = find(api.DirectoryParams{Limit: 1, From: page.Next})
		for _, r := range page.Rooms {
			seen[r.ID] = r.Entry.How
		}
		if page.Next == "" {
			break
		}
	}
	if len(seen) != 4 || seen[space] != api.EntryIn {
		w.t.Errorf("page by page: %v", seen)
	}
}

// searchUsers: who shares a direct chat comes first, and a full id is enough.
func searchUsers(w *world) {
	word := unique("zed")
	alice, first, second := w.user("alice"), w.user(word+"a"), w.user(word+"b")
	alice.room(api.CreateRoomParams{Preset: "public_chat", Listed: true}, first, second)
	find := func(text string) []api.Person {
		found, err := alice.SearchUsers(w.t.Context(), api.SearchUsersParams{Text: text})
		alice.ok(err)
		return found.Users
	}
	eventually(w.t, func() bool { return len(find(word)) == 2 }) // Synapse's directory is made behind the scenes
	direct := alice.room(api.CreateRoomParams{Direct: true}, second)
	alice.until(direct, func(r api.Room) bool { return r.Direct == second.id() })
	if found := find(word); len(found) != 2 || found[0].ID != second.id() || found[0].Name != second.name {
		w.t.Errorf("%+v", found)
	}
	stranger := w.user("stranger") // in no room with anybody
	if found := find(string(stranger.id())); len(found) != 1 || found[0].ID != stranger.id() || found[0].Name != stranger.name {
		w.t.Errorf("by id: %+v", found)
	}
	if found := find("@nobody-at-all:localhost"); len(found) != 0 {
		w.t.Errorf("nobody: %+v", found)
	}
}

// reports: FEATURES B-54.
func reports(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	alice.say(room, "spam")
	at := bob.timeline(room)
	items := at.until(func(i []api.TimelineItem) bool { return slices.Contains(bodies(i), "spam") })
	said := items[slices.IndexFunc(items, func(i api.TimelineItem) bool { return i.Event != nil && i.Event.Type == event.RoomMessage })]
	for _, p := range []api.ReportParams{
		{RoomID: room, EventID: said.Event.ID, Reason: "spam"}, {RoomID: room, Reason: ""}, {UserID: alice.id(), Reason: "spam"},
	} {
		if err := bob.Report(w.t.Context(), p); err != nil {
			w.t.Errorf("%+v: %v", p, err)
		}
	}
	for p, want := range map[api.ReportParams]api.Code{
		{RoomID: room, EventID: "$none", Reason: "r"}: api.ServerNotFound,
		{EventID: said.Event.ID}:                      api.CallInvalid,
		{RoomID: room, UserID: alice.id()}:            api.CallInvalid,
		{}:                                            api.CallInvalid,
	} {
		if err := bob.Report(w.t.Context(), p); code(err) != want {
			w.t.Errorf("%+v: %v", p, err)
		}
	}
}

// TestReportToAnOldServer: it takes no reports of rooms.
func TestReportToAnOldServer(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	bob := w.stranger(w.register("bob"))
	bob.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/report") {
			return answered(404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`)
		}
		return next()
	}
	bob.login()
	if err := bob.Report(t.Context(), api.ReportParams{RoomID: "!a:localhost", Reason: "r"}); code(err) != api.ServerUnsupported {
		t.Error(err)
	}
}

// eventually asks again and again for what a server does in its own time.
func eventually(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came")
		}
	}
}

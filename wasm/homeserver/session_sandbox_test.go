//go:build !js

package homeserver_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/sandbox"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// account is signed in.
type account struct {
	*homeserver.Client
	homeserver.Session
}

func signIn(t *testing.T, base, name string) account {
	t.Helper()
	found, err := homeserver.Network{}.Discover(t.Context(), base)
	if err != nil || !found.Versions.Supports("v1.11") {
		t.Fatal(found, err)
	}
	c, err := homeserver.Network{}.Client(found.BaseURL, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), homeserver.Call{
		Name: "sign up", Method: "POST", Path: homeserver.V3("register"),
		Body: []byte(`{"username":"` + name + `","password":"pw","inhibit_login":true,"auth":{"type":"m.login.dummy"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.LoginPassword(t.Context(), homeserver.Password{User: name, Password: "wrong"}); !errors.Is(err, homeserver.ErrForbidden) {
		t.Errorf("wrong password: %v", err)
	}
	s, err := c.LoginPassword(t.Context(), homeserver.Password{User: name, Password: "pw", DeviceName: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return account{c.WithToken(s.Token), s}
}

// must ends the test on an error.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// TestSession walks through a session on a server with state: what one account
// does another sees.
func TestSession(t *testing.T) {
	checker := conformance.NewChecker(t).CheckAnswers()
	srv := httptest.NewServer(checker.Handler(sandbox.New(sandbox.Options{})))
	defer srv.Close()
	alice, bob := signIn(t, srv.URL, "alice"), signIn(t, srv.URL, "bob")
	ctx := t.Context()

	if err := alice.Confirm(ctx, alice.UserID, alice.DeviceID); err != nil {
		t.Error(err)
	}
	if err := alice.Confirm(ctx, alice.UserID, bob.DeviceID); !errors.Is(err, homeserver.ErrOtherDevice) {
		t.Error(err)
	}
	room := must(alice.CreateRoom(ctx, scan.Value(`{"name":"Kitchen","preset":"private_chat"}`)))
	if err := alice.Invite(ctx, room, bob.UserID, "tea"); err != nil {
		t.Error(err)
	}
	filter := must(bob.UploadFilter(ctx, bob.UserID, scan.Value(`{"room":{"timeline":{"limit":50},"state":{"lazy_load_members":true}}}`)))
	first := must(bob.Sync(ctx, homeserver.SyncParams{Filter: filter}))
	if first.Path("rooms", "invite", string(room)).Kind() != scan.Object {
		t.Errorf("no invitation in %s", first)
	}
	if got := must(bob.Join(ctx, string(room), []string{"localhost"}, "")); got != room {
		t.Errorf("joined %s", got)
	}
	talk(t, alice, bob, room, first.Get("next_batch").Text(), filter)
	readAndLeave(t, alice, bob, room)
	for _, a := range []account{alice, bob} {
		if err := a.Logout(ctx); err != nil {
			t.Error(err)
		}
		if _, err := a.Whoami(ctx); !errors.Is(err, homeserver.ErrUnknownToken) {
			t.Error(err)
		}
	}
}

func talk(t *testing.T, alice, bob account, room event.RoomID, since, filter string) {
	ctx := t.Context()
	since = must(bob.Sync(ctx, homeserver.SyncParams{Since: since, Filter: filter})).Get("next_batch").Text()
	woken := make(chan scan.Value, 1)
	go func() {
		body, _ := bob.Sync(ctx, homeserver.SyncParams{Since: since, Filter: filter, Timeout: 20 * time.Second})
		woken <- body
	}()
	sent := must(alice.SendEvent(ctx, room, "m.room.message", "t/1 ü", scan.Value(`{"msgtype":"m.text","body":"tea?"}`)))
	again := must(alice.SendEvent(ctx, room, "m.room.message", "t/1 ü", scan.Value(`{"msgtype":"m.text","body":"tea?"}`)))
	if sent != again {
		t.Errorf("the same transaction made %s and %s", sent, again)
	}
	if news := <-woken; news.Path("rooms", "join", string(room)).Kind() != scan.Object {
		t.Errorf("the long poll brought %s", news)
	}
	page := must(bob.Messages(ctx, room, homeserver.MessagesParams{Dir: homeserver.Back, Limit: 5}))
	for e := range page.Chunk.Items() {
		if e.Get("event_id").Text() != string(sent) {
			t.Errorf("newest event is %s", e)
		}
		break
	}
	around := must(bob.Context(ctx, room, sent, 3, nil))
	if around.Event.Path("content", "body").Text() != "tea?" {
		t.Errorf("context of %s", around.Event)
	}
	must(alice.Redact(ctx, room, sent, "t2", "spilled"))
	if e := must(bob.Event(ctx, room, sent)); e.Path("content", "body").Exists() {
		t.Errorf("redacted event is %s", e)
	}
	must(alice.SendState(ctx, room, "m.room.name", "", scan.Value(`{"name":"Pantry"}`)))
	if got := must(bob.StateContent(ctx, room, "m.room.name", "")); got.Get("name").Text() != "Pantry" {
		t.Errorf("name is %s", got)
	}
	if _, err := bob.SendState(ctx, room, "m.room.name", "", scan.Value(`{"name":"Bob's"}`)); !errors.Is(err, homeserver.ErrForbidden) {
		t.Error(err)
	}
	if err := errors.Join(
		bob.SendReceipt(ctx, room, homeserver.ReadPublic, sent, homeserver.MainThread),
		bob.SetReadMarkers(ctx, room, homeserver.ReadMarkers{FullyRead: sent}),
		bob.SetTyping(ctx, room, bob.UserID, 5*time.Second),
		bob.SetTyping(ctx, room, bob.UserID, 0),
	); err != nil {
		t.Error(err)
	}
}

func readAndLeave(t *testing.T, alice, bob account, room event.RoomID) {
	ctx := t.Context()
	if rooms := must(bob.JoinedRooms(ctx)); len(rooms) != 1 || rooms[0] != room {
		t.Errorf("joined %v", rooms)
	}
	n := 0
	for range must(bob.Members(ctx, room, homeserver.MembersParams{Membership: event.Join})).Items() {
		n++
	}
	if n != 2 {
		t.Errorf("%d members", n)
	}
	if err := errors.Join(
		bob.SetProfile(ctx, bob.UserID, "displayname", scan.Text("Bob")),
		bob.SetTag(ctx, bob.UserID, room, "u./ü", scan.Value(`{"order":0.25}`)),
		bob.SetAccountData(ctx, bob.UserID, room, "m.marked_unread", scan.Value(`{"unread":true}`)),
		bob.SetAccountData(ctx, bob.UserID, "", "org.example.own", scan.Value(`{"a":1}`)),
	); err != nil {
		t.Error(err)
	}
	if p := must(alice.Profile(ctx, bob.UserID)); p.Get("displayname").Text() != "Bob" {
		t.Errorf("profile %s", p)
	}
	if tags := must(bob.Tags(ctx, bob.UserID, room)); tags.Path("u./ü", "order").Float() != 0.25 {
		t.Errorf("tags %s", tags)
	}
	if err := errors.Join(bob.RemoveTag(ctx, bob.UserID, room, "u./ü"), bob.Leave(ctx, room, "bye"), bob.Forget(ctx, room)); err != nil {
		t.Error(err)
	}
	if err := errors.Join(alice.Ban(ctx, room, bob.UserID, ""), alice.Unban(ctx, room, bob.UserID, "")); err != nil {
		t.Error(err)
	}
	if _, err := bob.AccountData(ctx, bob.UserID, "", "org.example.nothing"); !errors.Is(err, homeserver.ErrNotFound) {
		t.Error(err)
	}
	limits := must(alice.Capabilities(ctx))
	if _, stable := limits.RoomVersions(); !stable("12") && !stable("11") {
		t.Error("no modern room version is stable")
	}
	mxc := must(alice.Upload(ctx, "text/plain", "a.txt", []byte("hello")))
	server, media := splitMXC(mxc)
	if file := must(alice.Download(ctx, server, media, 100)); string(file.Body) != "hello" || file.Status != http.StatusOK {
		t.Errorf("file is %q", file.Body)
	}
	if resp := must(alice.Request(ctx, "GET", "/_matrix/client/v3/rooms/%21nowhere/state", nil)); resp.Status < 400 {
		t.Errorf("status %d", resp.Status)
	}
}

func splitMXC(uri string) (server, media string) {
	server, media, _ = strings.Cut(strings.TrimPrefix(uri, "mxc://"), "/")
	return server, media
}

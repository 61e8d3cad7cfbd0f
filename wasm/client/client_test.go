package client_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/sandbox"
	"github.com/alcove-chat/alcove/wasm/scan"
)

type clock struct{}

func (clock) Now() time.Time                         { return time.Now() }
func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (clock) Jitter(d time.Duration) time.Duration   { return rand.N(max(d, 1)) }

// user is a core of its own with a disk of its own.
type user struct {
	*client.Client
	t       *testing.T
	disks   map[string]*mem.Disk
	url     string
	session api.Session
}

// homeserver starts a sandbox.
func homeserver(t *testing.T) string {
	server := httptest.NewServer(sandbox.New(sandbox.Options{Name: "test"}))
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(server.Close)
	return server.URL
}

func newUser(t *testing.T, url, name string) *user {
	t.Helper()
	u := &user{t: t, url: url, disks: map[string]*mem.Disk{}}
	body := fmt.Sprintf(`{"username":%q,"password":"pw","auth":{"type":"m.login.dummy"}}`, name)
	if r, err := http.Post(url+"/_matrix/client/v3/register", "application/json", strings.NewReader(body)); err != nil || r.StatusCode != 200 {
		t.Fatal("register", r, err)
	}
	u.start()
	if _, err := u.LoginPassword(t.Context(), api.LoginPasswordParams{User: name, Password: "pw"}); err != nil {
		t.Fatal(err)
	}
	return u
}

// start begins a new life of the core on the same disks.
func (u *user) start() {
	u.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	u.Client = client.New(ctx, client.Platform{
		OpenDatabase: func(ctx context.Context, name string, schema storage.Schema) (client.Database, bool, error) {
			if u.disks[name] == nil {
				u.disks[name] = mem.NewDisk()
			}
			db, err := mem.Open(ctx, u.disks[name], schema, storage.Options{})
			return db, true, err
		},
		DeleteDatabase: func(ctx context.Context, name string) error {
			return mem.Delete(ctx, u.disks[name], storage.Options{})
		},
		Clock: clock{},
	})
	core := u.Client
	u.t.Cleanup(func() {
		cancel()
		_ = core.Close(context.Background())
	})
	s, err := u.Open(u.t.Context(), api.OpenParams{Store: "test", Homeserver: u.url})
	if err != nil {
		u.t.Fatal(err)
	}
	u.session = s
}

// until pulls a stream until an update is as wanted.
func until[T any](t *testing.T, s api.Stream[T], err error, good func(T) bool) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var last T
	for {
		v, err := s.Next(ctx)
		if err != nil {
			t.Fatalf("%v; last %+v", err, last)
		}
		if last = v; good(v) {
			return v
		}
	}
}

// list follows a live list as a page does.
type list[T any] struct {
	api.Stream[api.ListUpdate[T]]
	items []T
}

func follow[T any](t *testing.T, s api.Stream[api.ListUpdate[T]], err error) *list[T] {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &list[T]{Stream: s}
}

func (l *list[T]) until(t *testing.T, good func([]T) bool) []T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !good(l.items) {
		u, err := l.Next(ctx)
		if err != nil {
			t.Fatalf("%v; the list is %+v", err, l.items)
		}
		for _, op := range u.Ops {
			switch op.Op {
			case api.OpReset:
				l.items = slices.Clone(op.Items)
			case api.OpInsert:
				l.items = slices.Insert(l.items, op.Index, *op.Item)
			case api.OpSet:
				l.items[op.Index] = *op.Item
			case api.OpRemove:
				l.items = slices.Delete(l.items, op.Index, op.Index+1)
			}
		}
	}
	return l.items
}

func bodies(items []api.TimelineItem) []string {
	var all []string
	for _, i := range items {
		if i.Event != nil && i.Event.Type == event.RoomMessage {
			all = append(all, i.Event.Content.Get("body").Text())
		}
	}
	return all
}

func (u *user) say(room event.RoomID, txn event.TxnID, body string) {
	u.t.Helper()
	var b scan.Builder
	_, err := u.Send(u.t.Context(), api.SendParams{RoomID: room, TxnID: txn, Type: event.RoomMessage, Content: b.Text("msgtype", "m.text").Text("body", body).Done()})
	if err != nil {
		u.t.Fatal(err)
	}
}

// TestFirstLight takes the main job from end to end, over the whole core:
// sign in, make a room, invite, join, write, read, end, begin again offline.
func TestFirstLight(t *testing.T) {
	url := homeserver(t)
	alice, bob := newUser(t, url, "alice"), newUser(t, url, "bob")
	room, err := alice.CreateRoom(t.Context(), api.CreateRoomParams{Preset: "trusted_private_chat", Invite: []event.UserID{"@bob:test"}, Direct: true})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := bob.RoomList(t.Context(), api.RoomListParams{View: "all"})
	rooms := follow(t, stream, err)
	rooms.until(t, func(r []api.Room) bool { return len(r) == 1 && r[0].Membership == event.Invite && r[0].Name == "alice" })
	if _, err := bob.JoinRoom(t.Context(), api.JoinRoomParams{Room: string(room.RoomID)}); err != nil {
		t.Fatal(err)
	}
	rooms.until(t, func(r []api.Room) bool {
		return len(r) == 1 && r[0].Membership == event.Join && r[0].Direct == "@alice:test"
	})

	alice.say(room.RoomID, "t1", "hello")
	alice.say(room.RoomID, "t2", "bob")
	lines, err := bob.Timeline(t.Context(), api.TimelineParams{View: "t", RoomID: room.RoomID})
	shown := follow(t, lines, err)
	shown.until(t, func(i []api.TimelineItem) bool { return slices.Equal(bodies(i), []string{"hello", "bob"}) })
	rooms.until(t, func(r []api.Room) bool { return r[0].Unread == 2 && r[0].Last != nil && r[0].Last.Body == "bob" })
	bob.say(room.RoomID, "t3", "hi")
	mine, err := alice.Timeline(t.Context(), api.TimelineParams{View: "t", RoomID: room.RoomID})
	follow(t, mine, err).until(t, func(i []api.TimelineItem) bool { return slices.Equal(bodies(i), []string{"hello", "bob", "hi"}) })
	if err := bob.MarkRead(t.Context(), api.MarkReadParams{RoomID: room.RoomID}); err != nil {
		t.Fatal(err)
	}
	rooms.until(t, func(r []api.Room) bool { return r[0].Unread == 0 })
	status, err := bob.SendStatus(t.Context(), api.SendRef{TxnID: "t3"})
	if err == nil {
		until(t, status, nil, func(s api.SendStatus) bool { return s.State == api.SendSent })
	} else if client.Explain(err).Code != api.SendUnknown {
		t.Error(err)
	}

	if err := bob.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	bob.url = "http://127.0.0.1:1"
	bob.start()
	if bob.session.State != api.Ready || bob.session.UserID != "@bob:test" {
		t.Fatalf("%+v", bob.session)
	}
	again, err := bob.Timeline(t.Context(), api.TimelineParams{View: "t", RoomID: room.RoomID})
	follow(t, again, err).until(t, func(i []api.TimelineItem) bool { return slices.Equal(bodies(i), []string{"hello", "bob", "hi"}) })
}

// TestRoom follows a room's details and members while others act.
func TestRoom(t *testing.T) {
	url := homeserver(t)
	alice, bob := newUser(t, url, "alice"), newUser(t, url, "bob")
	ref, err := alice.CreateRoom(t.Context(), api.CreateRoomParams{Preset: "public_chat", Name: "Kitchen", Topic: "tea", Alias: "kitchen"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bob.JoinRoom(t.Context(), api.JoinRoomParams{Room: "#kitchen:test"}); err != nil {
		t.Fatal(err)
	}
	stream, err := bob.Room(t.Context(), api.RoomParams{RoomID: ref.RoomID})
	d := until(t, stream, err, func(d api.RoomDetails) bool { return d.Room.Name == "Kitchen" && d.Joined == 2 })
	if d.Topic != "tea" || d.Alias != "#kitchen:test" || !d.Can.Send || d.Can.Kick || d.Can.Name {
		t.Errorf("%+v", d)
	}
	if err := alice.SetTyping(t.Context(), api.SetTypingParams{RoomID: ref.RoomID, Typing: true}); err != nil {
		t.Fatal(err)
	}
	stream, err = bob.Room(t.Context(), api.RoomParams{RoomID: ref.RoomID})
	until(t, stream, err, func(d api.RoomDetails) bool { return len(d.Typing) == 1 && d.Typing[0].Name == "alice" })
	alice.say(ref.RoomID, "t1", "typed")
	stream, err = bob.Room(t.Context(), api.RoomParams{RoomID: ref.RoomID})
	until(t, stream, err, func(d api.RoomDetails) bool { return len(d.Typing) == 0 })
	people, err := bob.Members(t.Context(), api.MembersParams{RoomID: ref.RoomID})
	l := follow(t, people, err)
	l.until(t, func(m []api.Member) bool {
		return len(m) == 2 && m[0].Person.Name == "alice" && m[0].Creator && m[1].Key == "@bob:test"
	})
	if err := alice.SetMembership(t.Context(), api.SetMembershipParams{RoomID: ref.RoomID, UserID: "@bob:test", Action: api.ActionKick, Reason: "tea"}); err != nil {
		t.Fatal(err)
	}
	rooms, err := bob.RoomList(t.Context(), api.RoomListParams{View: "left", Filter: api.RoomFilter{Kind: api.KindLeft}})
	follow(t, rooms, err).until(t, func(r []api.Room) bool { return len(r) == 1 })
	if err := bob.ForgetRoom(t.Context(), api.RoomParams{RoomID: ref.RoomID}); err != nil {
		t.Fatal(err)
	}
	if _, err := bob.Room(t.Context(), api.RoomParams{RoomID: ref.RoomID}); client.Explain(err).Code != api.RoomUnknown {
		t.Errorf("a forgotten room: %v", err)
	}
}

// TestLogins covers what can go wrong around signing in and out.
func TestLogins(t *testing.T) {
	url := homeserver(t)
	alice := newUser(t, url, "alice")
	code := func(err error) api.Code {
		if err == nil {
			return ""
		}
		return client.Explain(err).Code
	}
	login := func(p api.LoginPasswordParams) api.Code {
		_, err := alice.LoginPassword(t.Context(), p)
		return code(err)
	}
	if got := login(api.LoginPasswordParams{User: "alice", Password: "pw"}); got != api.SessionExists {
		t.Errorf("signed in twice: %s", got)
	}
	room, err := alice.CreateRoom(t.Context(), api.CreateRoomParams{})
	if err != nil {
		t.Fatal(err)
	}
	alice.say(room.RoomID, "t1", "x")
	if err := alice.Logout(t.Context(), api.LogoutParams{Force: true}); err != nil {
		t.Fatal(err)
	}
	sessions, err := alice.Session(t.Context())
	until(t, sessions, err, func(s api.Session) bool { return s.State == api.SignedOut && s.UserID == "" })
	rooms, err := alice.RoomList(t.Context(), api.RoomListParams{View: "v"})
	until(t, rooms, err, func(u api.ListUpdate[api.Room]) bool { return u.Total == 0 })
	for what, want := range map[string]struct {
		params api.LoginPasswordParams
		code   api.Code
	}{
		"wrong password": {api.LoginPasswordParams{User: "alice", Password: "no"}, api.LoginForbidden},
		"nobody there":   {api.LoginPasswordParams{User: "alice", Password: "pw", Homeserver: "http://127.0.0.1:1"}, api.NetworkOffline},
		"no address":     {api.LoginPasswordParams{User: "alice", Password: "pw", Homeserver: "::"}, api.DiscoveryFailed},
	} {
		if got := login(want.params); got != want.code {
			t.Errorf("%s: %s, want %s", what, got, want.code)
		}
	}
	if got := login(api.LoginPasswordParams{User: "alice", Password: "pw"}); got != "" {
		t.Errorf("signing in again: %s", got)
	}
}

// TestExplainHidesSecrets: an error that no row knows may hold anything.
func TestExplainHidesSecrets(t *testing.T) {
	if e := client.Explain(errors.New("token syt_secret")); e.Code != api.Internal || strings.Contains(e.Message, "secret") {
		t.Errorf("%+v", e)
	}
}

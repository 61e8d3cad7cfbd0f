//go:build !js

package client_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/rpc"
)

// attach opens another page on the user's core.
func (u *user) attach() *user {
	u.t.Helper()
	page := u.Attach()
	s, err := page.Open(u.t.Context(), api.OpenParams{Store: "test", Homeserver: u.w.url})
	u.ok(err)
	return &user{Page: page, w: u.w, t: u.t, name: u.name, session: s, tab: nth.Add(1)}
}

// TestOpenAgain: a second page gets the session that is there; a core has one
// store.
func TestOpenAgain(t *testing.T) {
	alice := newWorld(t, startSandbox().URL).user("alice")
	page := alice.Attach()
	defer page.Close()
	s, err := page.Open(t.Context(), api.OpenParams{Store: "test"})
	if err != nil || s.State != api.Ready || s.UserID != alice.id() {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := page.Open(t.Context(), api.OpenParams{Store: "other"}); code(err) != api.CallInvalid {
		t.Errorf("another store: %v", err)
	}
	if _, err := page.Open(t.Context(), api.OpenParams{}); code(err) != api.CallInvalid {
		t.Errorf("no store: %v", err)
	}
}

// C-2: others see the user as active while any page is
// looked at.
func TestPagesAreSeenTogether(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.stranger(w.register("alice")), w.user("bob")
	polls := make(chan string, 100)
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/sync") {
			polls <- r.URL.Query().Get("set_presence")
		}
		return next()
	}
	alice.login()
	room := bob.room(api.CreateRoomParams{Preset: "private_chat"}, alice)
	other := alice.attach()
	// await ends the polls under way until one says what is wanted.
	await := func(when, want string) {
		t.Helper()
		for range 20 {
			bob.say(room, when)
			select {
			case got := <-polls:
				if got == want && len(polls) == 0 {
					return
				}
			case <-time.After(patience):
			}
		}
		t.Fatalf("%s: the server is not told %q", when, want)
	}
	say := func(u *user, visible bool) {
		u.ok(u.SetPage(t.Context(), api.PageState{Online: true, Visible: visible}))
	}
	await("no page said anything", "")
	say(alice, false)
	await("one is hidden, the other did not say", "unavailable")
	say(other, true)
	await("the other is looked at", "")
	say(alice, false)
	await("one is hidden once more", "")
	other.Page.Close()
	await("the one that was looked at is gone", "unavailable")
	say(alice, true)
	await("the first is looked at", "")
}

// C-1, C-2: the user is typing while a page says so, and a page
// that is gone does not type.
func TestTypingInTwoPages(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat"}, bob)
	other := alice.attach()
	typing := func(u *user, on bool) { u.ok(u.SetTyping(t.Context(), api.SetTypingParams{RoomID: room, Typing: on})) }
	typing(alice, true)
	typing(other, true)
	bob.details(room, func(d api.RoomDetails) bool { return len(d.Typing) == 1 })
	typing(alice, false)
	alice.say(room, "one")
	bob.timeline(room).reads("one")
	if d := bob.details(room, func(api.RoomDetails) bool { return true }); len(d.Typing) != 1 {
		t.Error("the other page's typing was taken back")
	}
	other.Page.Close()
	bob.details(room, func(d api.RoomDetails) bool { return len(d.Typing) == 0 })
}

// C-1, C-2: pages come, open views of the same names and go, while
// messages arrive; who stays sees all of them, and all names are free again.
func TestViewsOfPages(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.user("alice"), w.user("bob")
	room := bob.room(api.CreateRoomParams{Preset: "private_chat"}, alice)
	stays := alice.timeline(room)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 10 {
				alice.visit(room, fmt.Sprintf("view %d", (n+i)%4))
			}
		})
	}
	var want []string
	for i := range 10 {
		want = append(want, fmt.Sprint("message ", i))
		bob.say(room, want[i])
	}
	stays.reads(want...)
	all.Wait()
	for i := range 4 {
		view := fmt.Sprint("view ", i)
		list, err := alice.RoomList(t.Context(), api.RoomListParams{View: view})
		alice.ok(err)
		list.Close()
		timeline, err := alice.Timeline(t.Context(), api.TimelineParams{View: view, RoomID: room})
		alice.ok(err)
		timeline.Close()
	}
}

// visit is a page that opens views and is gone at some time.
func (u *user) visit(room any, view string) {
	page := u.Attach()
	heard := make(chan struct{}, 1000)
	server := rpc.NewServer(u.t.Context(), page, rpc.Config{
		MapError: client.Explain,
		Send: func([]byte) {
			select {
			case heard <- struct{}{}:
			default:
			}
		},
	})
	for _, frame := range []string{
		fmt.Sprintf(`{"hello":%q}`, rpc.Hash),
		fmt.Sprintf(`{"id":1,"call":"roomList","params":{"view":%q}}`, view),
		fmt.Sprintf(`{"id":2,"call":"timeline","params":{"view":%q,"roomId":%q}}`, view, room),
		`{"id":3,"call":"setPage","params":{"visible":true}}`,
		fmt.Sprintf(`{"id":4,"call":"setTyping","params":{"roomId":%q,"typing":true}}`, room),
	} {
		server.Receive([]byte(frame))
	}
	for range rand.IntN(5) {
		<-heard
	}
	server.Close()
	page.Close()
}

// TestSnapshotOfTheOpenTimeline: of two pages' timelines the next start finds
// the one that is still shown, as it is by then.
func TestSnapshotOfTheOpenTimeline(t *testing.T) {
	alice := newWorld(t, startSandbox().URL).user("alice")
	kitchen, hall := alice.room(api.CreateRoomParams{Name: "Kitchen"}), alice.room(api.CreateRoomParams{Name: "Hall"})
	deadline := time.Now().Add(patience)
	for n := 0; ; n++ {
		shown, gone := alice.timeline(kitchen), alice.attach().timeline(hall)
		gone.close()
		want := fmt.Sprint("tea ", n)
		alice.say(kitchen, want)
		shown.until(func(i []api.TimelineItem) bool {
			return slices.Contains(bodies(i), want) && i[len(i)-1].Event.Send == nil
		})
		alice.ok(alice.SetPage(t.Context(), api.PageState{Online: true}))
		_, _, text := alice.snapshot()
		if text == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("stored %q", text)
		}
	}
}

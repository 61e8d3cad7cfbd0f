//go:build !js

package client_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// TestMarkReadReachesTheServer: what was shown as read but could not be told
// is told when the page says it again, and then not once more.
func TestMarkReadReachesTheServer(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.stranger(w.register("alice")), w.user("bob")
	var refuse atomic.Bool
	var told atomic.Int32
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, "/read_markers") {
			return next()
		}
		told.Add(1)
		if refuse.Load() {
			return answered(400, `{"errcode":"M_UNKNOWN","error":"e"}`)
		}
		return next()
	}
	alice.login()
	room := bob.room(api.CreateRoomParams{Preset: "private_chat"}, alice)
	bob.say(room, "hello")
	alice.until(room, func(r api.Room) bool { return r.Unread == 1 })
	refuse.Store(true)
	if err := alice.MarkRead(t.Context(), api.MarkReadParams{RoomID: room}); code(err) != api.ServerRefused {
		t.Errorf("the server refused: %v", err)
	}
	refuse.Store(false)
	for range 2 {
		alice.ok(alice.MarkRead(t.Context(), api.MarkReadParams{RoomID: room}))
	}
	if n := told.Load(); n != 2 {
		t.Errorf("the server was told %d times", n)
	}
}

// TestMarkReadIsToldLater: a mark that the network swallowed for longer than
// the call would wait is told once the server answers again.
func TestMarkReadIsToldLater(t *testing.T) {
	if testing.Short() {
		t.Skip("waits until the call has given up")
	}
	t.Parallel()
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.stranger(w.register("alice")), w.user("bob")
	var cut atomic.Bool
	told := make(chan struct{}, 1)
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/read_markers") {
			if cut.Load() {
				return nil, errors.New("no network")
			}
			told <- struct{}{}
		}
		return next()
	}
	alice.login()
	room := bob.room(api.CreateRoomParams{Preset: "private_chat"}, alice)
	bob.say(room, "hello")
	alice.until(room, func(r api.Room) bool { return r.Unread == 1 })
	cut.Store(true)
	if err := alice.MarkRead(t.Context(), api.MarkReadParams{RoomID: room}); code(err) != api.NetworkOffline {
		t.Fatalf("without network: %v", err)
	}
	cut.Store(false)
	bob.say(room, "anybody there?")
	select {
	case <-told:
	case <-time.After(patience):
		t.Error("the server was never told")
	}
}

// TestDirectsSideBySide: m.direct is read, changed and written as a whole, so
// one change must not take back another (FEATURES B-19).
func TestDirectsSideBySide(t *testing.T) {
	alice := newWorld(t, startSandbox().URL).user("alice")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := alice.CreateRoom(t.Context(), api.CreateRoomParams{Direct: true, Invite: []event.UserID{"@bob:elsewhere"}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	rooms := 0
	for range alice.ask("GET", "user/"+string(alice.id())+"/account_data/m.direct", "").Get("@bob:elsewhere").Items() {
		rooms++
	}
	if rooms != 8 {
		t.Errorf("%d rooms are direct", rooms)
	}
}

// TestCreatedWithoutMark: a room that was made is not to be made again because
// the mark could not be set.
func TestCreatedWithoutMark(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/m.direct") {
			return answered(400, `{"errcode":"M_UNKNOWN","error":"e"}`)
		}
		return next()
	}
	alice.login()
	ref, err := alice.CreateRoom(t.Context(), api.CreateRoomParams{Direct: true, Invite: []event.UserID{"@bob:elsewhere"}})
	if err != nil || ref.RoomID == "" {
		t.Errorf("%+v, %v", ref, err)
	}
}

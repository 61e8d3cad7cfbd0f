//go:build !js

package client_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// TestRoomBeforeTheFirstSync: a room that is opened before the first sync told of
// it is shown once that did; one that it does not tell of is unknown then.
func TestRoomBeforeTheFirstSync(t *testing.T) {
	t.Parallel()
	w := newWorld(t, startSandbox().URL)
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{Name: "tea"}, bob)
	alice.say(room, "hello")
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "hello" })
	second := w.stranger(bob.name)
	syncing, syncs := make(chan struct{}), make(chan struct{}, 1)
	second.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/sync") {
			select {
			case syncs <- struct{}{}:
			default:
			}
			<-syncing
		}
		return next()
	}
	second.login()
	<-syncs
	details := early(func() (api.Stream[api.RoomDetails], error) {
		return second.Room(t.Context(), api.RoomParams{RoomID: room})
	})
	timeline := early(func() (api.Stream[api.ListUpdate[api.TimelineItem]], error) {
		return second.Timeline(t.Context(), api.TimelineParams{View: "early", RoomID: room})
	})
	members := early(func() (api.Stream[api.ListUpdate[api.Member]], error) {
		return second.Members(t.Context(), api.MembersParams{RoomID: room})
	})
	none := early(func() (api.Stream[api.RoomDetails], error) {
		return second.Room(t.Context(), api.RoomParams{RoomID: "!none:localhost"})
	})
	close(syncing)
	s, err := details()
	until(t, s, err, func(r api.RoomDetails) bool { return r.Room.Name == "tea" })
	items, err := timeline()
	(&opened{list: follow(t, items, err, func(i *api.TimelineItem) string { return i.Key })}).reads("hello")
	people, err := members()
	follow(t, people, err, func(m *api.Member) string { return m.Key }).until(func(m []api.Member) bool { return len(m) == 2 })
	if _, err := none(); code(err) != api.RoomUnknown {
		t.Errorf("a room that is not there: %v", err)
	}
}

// early begins to open a stream, and returns how to wait for it.
func early[T any](open func() (T, error)) func() (T, error) {
	var s T
	var err error
	begun, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		close(begun)
		s, err = open()
	}()
	<-begun
	return func() (T, error) {
		<-done
		return s, err
	}
}

// awaitRoom: whoever looks at a room's address before being in it hears of the
// room when it comes.
func awaitRoom(w *world) {
	alice, bob := w.user("alice"), w.user("bob")
	room := alice.room(api.CreateRoomParams{})
	bob.room(api.CreateRoomParams{}) // has synced
	if _, err := bob.Room(w.t.Context(), api.RoomParams{RoomID: room}); code(err) != api.RoomUnknown {
		w.t.Fatal(err)
	}
	came := make(chan error, 1)
	go func() { came <- bob.AwaitRoom(w.t.Context(), api.RoomParams{RoomID: room}) }()
	alice.act(room, bob, api.ActionInvite)
	if err := <-came; err != nil {
		w.t.Fatal(err)
	}
	bob.details(room, func(r api.RoomDetails) bool { return r.Room.Membership == event.Invite })
}

// TestDeviceBeforeTheFirstSync: a device whose keys came after the server was asked
// for them, and before the first sync, of which no later sync tells, is known
// (FEATURES D-13).
func TestDeviceBeforeTheFirstSync(t *testing.T) {
	t.Parallel()
	w := newWorld(t, startSandbox().URL)
	first := w.stranger(w.register("alice"))
	syncing := make(chan struct{})
	first.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/sync") {
			<-syncing
		}
		return next()
	}
	first.login()
	all := first.devices()
	hasKeys := func(device event.DeviceID) {
		t.Helper()
		all.until(func(known []api.Device) bool {
			return slices.ContainsFunc(known, func(d api.Device) bool { return d.ID == device && d.Trust != api.DeviceNoKeys })
		})
	}
	hasKeys(first.session.DeviceID)
	second := w.device(first.name)
	second.findable()
	close(syncing)
	hasKeys(second.session.DeviceID)
}

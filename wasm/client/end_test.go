package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/sandbox"
)

// between starts a sandbox whose requests go through a test's hands first;
// handled says that it answered.
func between(t *testing.T, handle func(w http.ResponseWriter, r *http.Request) (handled bool)) string {
	t.Helper()
	inner := sandbox.New(sandbox.Options{Name: "test"})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !handle(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(server.Close)
	return server.URL
}

func answer(w http.ResponseWriter, status int, body string) bool {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
	return true
}

// drain pulls a stream until it ends and says how.
func drain[T any](s api.Stream[T]) <-chan error {
	end := make(chan error, 1)
	go func() {
		for {
			if _, err := s.Next(context.Background()); err != nil {
				end <- err
				return
			}
		}
	}()
	return end
}

// TestLogoutEndsViews: what shows the account ends with it, so that a page
// learns to open it anew; what tells how the account is goes on.
func TestLogoutEndsViews(t *testing.T) {
	alice := newUser(t, homeserver(t), "alice")
	room, err := alice.CreateRoom(t.Context(), api.CreateRoomParams{})
	if err != nil {
		t.Fatal(err)
	}
	ends := map[string]<-chan error{}
	open := func(what string, end <-chan error, err error) {
		if err != nil {
			t.Fatal(what, err)
		}
		ends[what] = end
	}
	list, err := alice.RoomList(t.Context(), api.RoomListParams{View: "a"})
	open("list", drain(list), err)
	lines, err := alice.Timeline(t.Context(), api.TimelineParams{View: "a", RoomID: room.RoomID})
	open("timeline", drain(lines), err)
	details, err := alice.Room(t.Context(), api.RoomParams{RoomID: room.RoomID})
	open("room", drain(details), err)
	people, err := alice.Members(t.Context(), api.MembersParams{RoomID: room.RoomID})
	open("members", drain(people), err)
	sessions, err := alice.Session(t.Context())
	if err := alice.Logout(t.Context(), api.LogoutParams{}); err != nil {
		t.Fatal(err)
	}
	for what, end := range ends {
		if err := <-end; !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", what, err)
		}
	}
	until(t, sessions, err, func(s api.Session) bool { return s.State == api.SignedOut })
}

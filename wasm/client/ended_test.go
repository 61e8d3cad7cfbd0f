package client_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/sandbox"
)

// TestSendEndsSession: the answer to a message is the first to say that the
// token is void, while the sync waits in a long poll. What ended the session
// must be shown, and not be overwritten by how the loops took it.
func TestSendEndsSession(t *testing.T) {
	box := sandbox.New(sandbox.Options{Name: "test"})
	var void atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if void.Load() && strings.Contains(r.URL.Path, "/send/") {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"errcode":"M_UNKNOWN_TOKEN","error":"e"}`)
			return
		}
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(server.CloseClientConnections)
	t.Cleanup(server.Close)
	alice := newUser(t, server.URL, "alice")
	room, err := alice.CreateRoom(t.Context(), api.CreateRoomParams{})
	if err != nil {
		t.Fatal(err)
	}
	void.Store(true)
	alice.say(room.RoomID, "t1", "x")
	sessions, err := alice.Session(t.Context())
	until(t, sessions, err, func(s api.Session) bool {
		return s.State == api.SoftLogout && s.Sync == api.SyncStopped && s.Error != nil && s.Error.Code == api.SessionExpired
	})
	void.Store(false)
	if _, err := alice.LoginPassword(t.Context(), api.LoginPasswordParams{User: "alice", Password: "pw"}); err != nil {
		t.Fatal(err)
	}
	status, err := alice.SendStatus(t.Context(), api.SendRef{TxnID: "t1"})
	until(t, status, err, func(s api.SendStatus) bool { return s.State == api.SendSent })
}

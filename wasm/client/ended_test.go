//go:build !js

package client_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
)

// TestSendEndsSession: the answer to a message is the first to say that the
// token is void, while the sync waits in a long poll. What ended the session
// must be shown, and not be overwritten by how the loops took it.
func TestSendEndsSession(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	var void atomic.Bool
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if void.Load() && strings.Contains(r.URL.Path, "/send/") {
			return &http.Response{StatusCode: http.StatusUnauthorized, Body: body(`{"errcode":"M_UNKNOWN_TOKEN","error":"e"}`)}, nil
		}
		return next()
	}
	alice.login()
	room := alice.room(api.CreateRoomParams{})
	void.Store(true)
	txn := alice.say(room, "x")
	alice.becomes(api.SoftLogout, api.SessionExpired)
	void.Store(false)
	alice.login()
	status, err := alice.SendStatus(t.Context(), api.SendRef{TxnID: txn})
	until(t, status, err, func(s api.SendStatus) bool { return s.State == api.SendSent })
}

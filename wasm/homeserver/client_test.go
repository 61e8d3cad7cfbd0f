//go:build !js

package homeserver_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// serve starts a server and returns a client with the token "secret".
func serve(t *testing.T, n homeserver.Network, h http.HandlerFunc) *homeserver.Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := n.Client(srv.URL, "secret")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func TestLoginSyncSend(t *testing.T) {
	c := serve(t, homeserver.Network{}, func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.EscapedPath() {
		case "POST /_matrix/client/v3/login":
			if r.Header.Get("Authorization") != "" {
				t.Error("signing in sent a token")
			}
			answer(w, 200, `{"user_id":"@a:x","device_id":"D","access_token":"t"}`)
		case "GET /_matrix/client/v3/sync":
			if got := r.URL.RawQuery; got != "since=s%2B1&timeout=0&use_state_after=true" {
				t.Errorf("query %s", got)
			}
			answer(w, 200, `{"next_batch":"s2"}`)
		case "PUT /_matrix/client/v3/rooms/%21r%2F%3F%23%25/send/m.room.message/t%201":
			if r.Header.Get("Authorization") != "Bearer secret" {
				t.Error("no token")
			}
			answer(w, 200, `{"event_id":"$e"}`)
		default:
			t.Errorf("unexpected %s %s", r.Method, r.URL)
		}
	})
	ctx := context.Background()
	s, err := c.LoginPassword(ctx, homeserver.Password{User: "a", Password: "p"})
	if err != nil || s.UserID != "@a:x" || s.DeviceID != "D" || s.Token != "t" {
		t.Fatalf("%+v %v", s, err)
	}
	if body, err := c.Sync(ctx, homeserver.SyncParams{Since: "s+1"}); err != nil || body.Get("next_batch").Text() != "s2" {
		t.Fatalf("%s %v", body, err)
	}
	id, err := c.SendEvent(ctx, "!r/?#%", "m.room.message", "t 1", scan.Value(`{}`))
	if err != nil || id != "$e" {
		t.Fatalf("%s %v", id, err)
	}
}

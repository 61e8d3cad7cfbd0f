//go:build !js

package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// drain pulls a stream until it ends and says how.
func drain[T any](t *testing.T, s api.Stream[T], err error) <-chan error {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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
	alice := newWorld(t, startSandbox().URL).user("alice")
	room := alice.room(api.CreateRoomParams{})
	list, err := alice.RoomList(t.Context(), api.RoomListParams{View: "a"})
	ends := map[string]<-chan error{"list": drain(t, list, err)}
	lines, err := alice.Timeline(t.Context(), api.TimelineParams{View: "a", RoomID: room})
	ends["timeline"] = drain(t, lines, err)
	details, err := alice.Room(t.Context(), api.RoomParams{RoomID: room})
	ends["room"] = drain(t, details, err)
	people, err := alice.Members(t.Context(), api.MembersParams{RoomID: room})
	ends["members"] = drain(t, people, err)
	sessions, err := alice.Session(t.Context())
	alice.ok(alice.Logout(t.Context(), api.LogoutParams{}))
	for what, end := range ends {
		if err := <-end; !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", what, err)
		}
	}
	until(t, sessions, err, func(s api.Session) bool { return s.State == api.SignedOut })
}

// answered is an answer to a request that no server saw.
func answered(status int, text string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Body: body(text)}, nil
}

// TestLoginElsewhere: a server may say at the login where it is to be found.
// What is no homeserver's address must not keep anybody from signing in, now
// or at the next start.
func TestLoginElsewhere(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	for _, place := range []string{"ftp://nowhere", "http://127.0.0.1:1", "https://", "x"} {
		alice := w.stranger(w.register("alice"))
		alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
			answer, err := next()
			if err == nil && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/login") {
				raw, _ := io.ReadAll(answer.Body)
				return answered(200, strings.TrimSuffix(strings.TrimSpace(string(raw)), "}")+`,"well_known":{"m.homeserver":{"base_url":"`+place+`"}}}`)
			}
			return answer, err
		}
		alice.login()
		alice.close()
		alice.start()
		if alice.session.State != api.Ready || alice.session.Homeserver != w.url {
			t.Errorf("%s: %+v", place, alice.session)
		}
	}
}

// TestAfterSoftLogout: the page need not know where the account lives, what
// was being done before goes on, and no other device comes in.
func TestAfterSoftLogout(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	var void atomic.Bool
	var typed atomic.Int32
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		switch {
		case strings.Contains(r.URL.Path, "/typing/"):
			typed.Add(1)
		case void.Load() && strings.HasSuffix(r.URL.Path, "/sync"):
			return answered(401, `{"errcode":"M_UNKNOWN_TOKEN","error":"e","soft_logout":true}`)
		}
		return next()
	}
	alice.login()
	room := alice.room(api.CreateRoomParams{})
	typing := api.SetTypingParams{RoomID: room, Typing: true}
	alice.ok(alice.SetTyping(t.Context(), typing))
	void.Store(true)
	alice.say(room, "wakes the long poll")
	alice.becomes(api.SoftLogout, api.SessionSoftLogout)
	void.Store(false)
	other := api.LoginPasswordParams{User: alice.name, Password: "pw", DeviceID: "OTHER"}
	if _, err := alice.LoginPassword(t.Context(), other); code(err) != api.SessionMismatch {
		t.Errorf("another device: %v", err)
	}
	alice.login()
	before := typed.Load()
	alice.ok(alice.SetTyping(t.Context(), typing))
	for typed.Load() == before {
		time.Sleep(time.Millisecond)
	}
}

// TestSoftLogoutOutlastsTheCore: at the next start the server that the account
// lives on is known without the page's help.
func TestSoftLogoutOutlastsTheCore(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.user("alice")
	alice.close()
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/whoami") {
			return answered(200, `{"user_id":"@mallory:x","device_id":"D"}`)
		}
		return next()
	}
	alice.w = &world{t: t, checker: w.checker} // without a default
	alice.start()
	alice.becomes(api.SoftLogout, api.SessionMismatch)
	alice.login()
}

// TestLogoutIsNoSoftLogout: the sync hears that the token is void before the
// logout is over; the page must not be asked to sign in again.
func TestLogoutIsNoSoftLogout(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/send/") {
			return answered(429, `{"errcode":"M_LIMIT_EXCEEDED","error":"e","retry_after_ms":60000}`)
		}
		answer, err := next()
		if strings.HasSuffix(r.URL.Path, "/logout") {
			time.Sleep(100 * time.Millisecond)
		}
		return answer, err
	}
	alice.login()
	alice.say(alice.room(api.CreateRoomParams{}), "never sent")
	sessions, err := alice.Session(t.Context())
	alice.ok(err)
	loggedOut := make(chan error)
	go func() { loggedOut <- alice.Logout(t.Context(), api.LogoutParams{Force: true}) }()
	until(t, sessions, nil, func(s api.Session) bool {
		if s.State == api.SoftLogout {
			t.Errorf("%+v", s)
		}
		return s.State == api.SignedOut
	})
	alice.ok(<-loggedOut)
}

// TestLogoutDoesNotWaitForTheServer: a page that is closed while the server
// takes its time, or has ended the session, must leave nothing behind.
func TestLogoutDoesNotWaitForTheServer(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	asked, answer := make(chan struct{}), make(chan struct{})
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/logout") {
			alice.onlyParts()
			close(asked)
			<-answer
		}
		return next()
	}
	release := sync.OnceFunc(func() { close(answer) })
	defer release()
	alice.login()
	sessions, err := alice.Session(t.Context())
	alice.ok(err)
	loggedOut := make(chan error)
	go func() { loggedOut <- alice.Logout(t.Context(), api.LogoutParams{}) }()
	<-asked
	until(t, sessions, nil, func(s api.Session) bool { return s.State == api.SignedOut })
	release()
	alice.ok(<-loggedOut)
}

// TestLogoutCutOff: a core that dies before the server knows has the next one
// tell it, and that one knows nobody and keeps nothing.
func TestLogoutCutOff(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	alice.login()
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/logout") {
			alice.disk().Kill()
			return nil, io.ErrUnexpectedEOF
		}
		return next()
	}
	alice.remove = func(context.Context, *mem.Disk) error { return errors.New("cut off") }
	alice.ok(alice.Logout(t.Context(), api.LogoutParams{}))
	alice.remember()
	alice.close()
	other := w.device(alice.name)
	devices := func() (n int) {
		for range other.ask("GET", "devices", "").Get("devices").Items() {
			n++
		}
		return n
	}
	before := devices()
	alice.start()
	alice.becomes(api.SignedOut, "")
	alice.onlyParts()
	alice.close()
	if n := devices(); n != before {
		t.Errorf("%d devices where there were %d, with a server that cannot be reached", n, before)
	}
	alice.wire.around = nil
	alice.start()
	alice.becomes(api.SignedOut, "")
	for len(alice.disk().Records(table.Meta)) > 1 { // the format stays
		time.Sleep(time.Millisecond)
	}
	if n := devices(); n != before-1 {
		t.Errorf("%d devices where there were %d", n, before)
	}
}

// TestHiddenFromTheStart: a page that says it is hidden before anybody signs in
// is hidden afterwards, too.
func TestHiddenFromTheStart(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.stranger(w.register("alice"))
	presence := make(chan string, 100)
	alice.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/sync") {
			select {
			case presence <- r.URL.Query().Get("set_presence"):
			default:
			}
		}
		return next()
	}
	alice.ok(alice.SetPage(t.Context(), api.PageState{Online: true}))
	alice.login()
	if got := <-presence; got != "unavailable" {
		t.Errorf("the first sync says %q", got)
	}
}

// TestSendThatMayBeStored: whoever hears no writes the message again, so a core
// that does not know leaves the answer to the next one.
func TestSendThatMayBeStored(t *testing.T) {
	alice := newWorld(t, startSandbox().URL).user("alice")
	room := alice.room(api.CreateRoomParams{})
	alice.disk().OnCommit(1, mem.Fault{Applied: true, Err: errors.Join(storage.ErrClosed, storage.ErrHung)})
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, err := alice.Send(ctx, api.SendParams{RoomID: room, TxnID: "t", Type: event.RoomMessage, Content: scan.Value(`{"body":"a"}`)})
		answered <- err
	}()
	<-alice.Fatal()
	cancel()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

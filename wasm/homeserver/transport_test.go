package homeserver_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// The same cases run over net/http, over fetch in Node and over fetch in
// Chromium, against the servers of server_test.go: here and elsewhere are two
// origins.
func TestTransport(t *testing.T) {
	here, elsewhere := servers(t)
	for _, c := range []struct {
		name string
		r    homeserver.Request
		want wanted
	}{
		{"get", homeserver.Request{URL: here + "/echo"}, wanted{method: "GET"}},
		{"token", homeserver.Request{URL: here + "/echo", Token: "s3cret"}, wanted{method: "GET", auth: "Bearer s3cret"}},
		{"put", homeserver.Request{Method: "PUT", URL: here + "/echo", Token: "s", ContentType: "application/json", Body: []byte(`{"a":"ü\u0000"}`)},
			wanted{method: "PUT", auth: "Bearer s", kind: "application/json", body: `{"a":"ü\u0000"}`}},
		{"post without a body", homeserver.Request{Method: "POST", URL: here + "/echo"}, wanted{method: "POST"}},
		{"delete", homeserver.Request{Method: "DELETE", URL: here + "/echo"}, wanted{method: "DELETE"}},
		{"escaped path", homeserver.Request{URL: here + "/echo/%21a%2Fb%2Bc%25%3F%23%20%C3%BC?q=%2B%26%3D"},
			wanted{method: "GET", path: "/echo/%21a%2Fb%2Bc%25%3F%23%20%C3%BC?q=%2B%26%3D"}},
		{"redirect keeps the token at home", homeserver.Request{URL: here + "/redirect?to=" + here + "/echo", Token: "s"}, wanted{method: "GET", auth: "Bearer s"}},
		{"redirect drops the token abroad", homeserver.Request{URL: here + "/redirect?to=" + elsewhere + "/echo", Token: "s"}, wanted{method: "GET"}},
		{"redirect abroad and back drops it too", homeserver.Request{URL: here + "/redirect?to=" + elsewhere + "/redirect?to=" + here + "/echo", Token: "s"}, wanted{method: "GET"}},
		{"redirects without end", homeserver.Request{URL: here + "/loop"}, wanted{err: homeserver.ErrUnreachable}},
		{"write is not redirected", homeserver.Request{Method: "PUT", URL: here + "/redirect?to=" + elsewhere + "/forbidden", Body: []byte("{}")}, wanted{err: homeserver.ErrRedirected}},
		{"write is not turned into a read", homeserver.Request{Method: "POST", URL: here + "/redirect?code=302&to=" + here + "/forbidden"}, wanted{err: homeserver.ErrRedirected}},
		{"status", homeserver.Request{URL: here + "/limited"}, wanted{status: 429, retryAfter: "7", answer: "slow"}},
		{"no body", homeserver.Request{URL: here + "/empty"}, wanted{status: 204}},
		{"large body", homeserver.Request{URL: here + "/bytes?n=3000000"}, wanted{status: 200, size: 3000000}},
		{"body that just fits", homeserver.Request{URL: here + "/bytes?n=1000", MaxBody: 1000}, wanted{status: 200, size: 1000}},
		{"body too large by one", homeserver.Request{URL: here + "/bytes?n=1001", MaxBody: 1000}, wanted{err: homeserver.ErrTooLarge}},
		{"endless body", homeserver.Request{URL: here + "/endless"}, wanted{err: homeserver.ErrTooLarge}},
		{"body that unpacks without end", homeserver.Request{URL: here + "/bomb"}, wanted{err: homeserver.ErrTooLarge}},
		{"truncated body", homeserver.Request{URL: here + "/truncated"}, wanted{err: homeserver.ErrUnreachable}},
		{"nobody there", homeserver.Request{URL: "http://127.0.0.1:9/"}, wanted{err: homeserver.ErrUnreachable}},
		{"no such host", homeserver.Request{URL: "http://nobody.invalid/"}, wanted{err: homeserver.ErrUnreachable}},
	} {
		t.Run(c.name, func(t *testing.T) { c.want.check(t, c.r) })
	}
}

// wanted is what a transport must answer; method and what follows it are what
// the echo must have seen.
type wanted struct {
	err                      error
	status                   int
	size                     int
	retryAfter, answer       string
	method, path, auth, kind string
	body                     string
}

func (w wanted) check(t *testing.T, r homeserver.Request) {
	t.Helper()
	if r.Method == "" {
		r.Method = "GET"
	}
	if r.MaxBody == 0 {
		r.MaxBody = 4 << 20
	}
	resp, err := homeserver.NewTransport().Do(t.Context(), &r)
	if w.err != nil {
		if !errors.Is(err, w.err) || strings.Contains(err.Error(), "http") {
			t.Fatalf("error %v, want %v", err, w.err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if w.method == "" {
		w.checkAnswer(t, resp)
		return
	}
	got := scan.Value(resp.Body)
	for name, want := range map[string]string{"method": w.method, "authorization": w.auth, "body": w.body, "cookie": "", "referer": ""} {
		if got.Get(name).Text() != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name).Text(), want)
		}
	}
	if w.path != "" && got.Get("path").Text() != w.path {
		t.Errorf("path %s, want %s", got.Get("path").Text(), w.path)
	}
	if w.kind != "" && got.Get("content-type").Text() != w.kind {
		t.Errorf("content type %s", got.Get("content-type"))
	}
	if resp.ContentType != "application/json" || resp.Status != 200 {
		t.Errorf("%d %s", resp.Status, resp.ContentType)
	}
}

func (w wanted) checkAnswer(t *testing.T, resp *homeserver.Response) {
	t.Helper()
	if resp.Status != w.status || resp.RetryAfter != w.retryAfter {
		t.Errorf("status %d, retry after %q", resp.Status, resp.RetryAfter)
	}
	if w.size == 0 {
		if string(resp.Body) != w.answer {
			t.Errorf("body %q", resp.Body)
		}
	} else if !bytes.Equal(resp.Body, pattern(w.size)) {
		t.Errorf("body of %d bytes differs", len(resp.Body))
	}
}

// pattern makes bytes whose order shows.
func pattern(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i*7 + i>>8)
	}
	return data
}

func TestTransportAbort(t *testing.T) {
	here, _ := servers(t)
	mine := errors.New("my own reason")
	for _, path := range []string{"/hang", "/hang-body", "/trickle"} {
		t.Run(path, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(150*time.Millisecond, func() { cancel(mine) })
			_, err := homeserver.NewTransport().Do(ctx, &homeserver.Request{Method: "GET", URL: here + path, MaxBody: 1 << 40})
			if !errors.Is(err, mine) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("before the start", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := homeserver.NewTransport().Do(ctx, &homeserver.Request{Method: "GET", URL: here + "/forbidden", MaxBody: 1})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

// Many requests side by side do not get in each other's way.
func TestTransportManyAtOnce(t *testing.T) {
	here, _ := servers(t)
	failed := make(chan error, 40)
	for range cap(failed) {
		go func() {
			resp, err := homeserver.NewTransport().Do(t.Context(), &homeserver.Request{Method: "GET", URL: here + "/bytes?n=100000", MaxBody: 1 << 20})
			if err == nil && !bytes.Equal(resp.Body, pattern(100000)) {
				err = errors.New("body differs")
			}
			failed <- err
		}()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

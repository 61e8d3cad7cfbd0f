package homeserver_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/homeserver"
)

// sentURL does a call and returns the URL that went out, "" where none did.
func sentURL(t *testing.T, call homeserver.Call) string {
	t.Helper()
	var sent string
	tr := transportFunc(func(_ context.Context, r *homeserver.Request) (*homeserver.Response, error) {
		sent = r.URL
		return &homeserver.Response{Status: 200}, nil
	})
	_, err := client(tr).Do(t.Context(), call)
	if (err == nil) != (sent != "") || err != nil && !errors.Is(err, homeserver.ErrInvalidCall) {
		t.Fatalf("%v after %q", err, sent)
	}
	return sent
}

// Every id arrives as it is, or the request is not sent.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"!a:b", "$a/b+c", "%2F", "a?b#c", "..", ".", "", "ü💥", "\xff", "a b", "%", "\\", "\t\n\x00", ";x", "…", "%2e%2e"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, part, value string) {
		var q homeserver.Query
		q.Set("k", value)
		q.Set("last", "x")
		sent := sentURL(t, homeserver.Call{Name: "n", Method: "GET", Path: homeserver.V3("rooms", part, "state"), Query: q})
		if sent == "" {
			if part != "" && part != "." && part != ".." {
				t.Errorf("%q was refused", part)
			}
			return
		}
		if part == "" || part == "." || part == ".." {
			t.Errorf("%q was sent", part)
		}
		u, err := url.Parse(sent)
		if err != nil {
			t.Fatal(err)
		}
		if u.Host != "server.example" || u.Fragment != "" {
			t.Errorf("%q went to %s", part, sent)
		}
		if parts := strings.Split(u.EscapedPath(), "/"); len(parts) != 7 || unescaped(t, parts[5]) != part {
			t.Errorf("%q became %s", part, sent)
		}
		if got := u.Query(); got.Get("k") != value || got.Get("last") != "x" || len(got) != 2 {
			t.Errorf("%q became %v", value, got)
		}
	})
}

func unescaped(t *testing.T, s string) string {
	t.Helper()
	plain, err := url.PathUnescape(s)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestEmptyStateKeyIsSent(t *testing.T) {
	sent := sentURL(t, homeserver.Call{Name: "n", Method: "PUT", Path: homeserver.V3("rooms", "!r", "state", "m.room.name", "")})
	if !strings.HasSuffix(sent, "/state/m.room.name/") {
		t.Error(sent)
	}
}

func TestRequestStaysAtHome(t *testing.T) {
	for path, ok := range map[string]bool{
		"/_matrix/client/v3/devices":                       true,
		"/_matrix/client/v3/rooms/%21r%2Fx/state/m.name/":  true,
		"/_matrix/client/v3/sync?since=a%2Fb&x=http://a/b": true,
		"/_matrix/media/v3/upload?filename=..":             true,
		"/_matrix/client/unstable/org.x/~a!b$c:d@e":        true,

		"": false, "/": false, "/_matrix": false, "_matrix/client": false, "/_matrixx/client": false,
		"/.well-known/matrix/client": false, "/_synapse/admin": false,
		"https://evil.example/_matrix/client": false, "//evil.example/_matrix/": false, "/_matrix//evil": false,
		"@evil.example/_matrix/": false, "/_matrix/../admin": false, "/_matrix/client/..": false, "/_matrix/./x": false,
		"/_matrix/%2e%2e/admin": false, "/_matrix/.%2E/admin": false, "/_matrix/%2E/admin": false,
		"/_matrix/..\\admin": false, "/_matrix/a\\..\\..\\b": false, "/_matrix/.\t./admin": false, "/_matrix/a\n": false,
		"/_matrix/a b": false, "/_matrix/ü": false, "/_matrix/a#b": false, "/_matrix/a?b#c": false, "/_matrix/a\x00": false,
		"/_matrix/a?access_token=t": false, "/_matrix/a?b=c&access_token": false, "/_matrix/a?access%5Ftoken=t": false, "/_matrix/a?Access_Token=t": false,
	} {
		var sent string
		tr := transportFunc(func(_ context.Context, r *homeserver.Request) (*homeserver.Response, error) {
			sent = r.URL
			return &homeserver.Response{Status: 418, Body: []byte("tea")}, nil
		})
		resp, err := client(tr).Request(t.Context(), "GET", path, nil)
		if !ok && (!errors.Is(err, homeserver.ErrInvalidCall) || sent != "") {
			t.Errorf("%q: sent %q, %v", path, sent, err)
		}
		if ok && (err != nil || sent != "https://server.example"+path || resp.Status != 418 || string(resp.Body) != "tea") {
			t.Errorf("%q: sent %q, %v %v", path, sent, resp, err)
		}
	}
}

func TestRequestMethods(t *testing.T) {
	s := newScript(step{status: 200, body: `{}`})
	for method, want := range map[string]bool{"GET": true, "PUT": true, "POST": true, "DELETE": true, "get": false, "TRACE": false, "": false, "GET / HTTP/1.1\r\nX: y": false} {
		if _, err := client(s).Request(t.Context(), method, "/_matrix/a", nil); (err == nil) != want {
			t.Errorf("%q: %v", method, err)
		}
	}
	if _, err := client(s).Request(t.Context(), "GET", "/_matrix/a", []byte("{}")); err == nil {
		t.Error("GET took a body")
	}
}

package homeserver_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/homeserver"
)

// web answers by URL; what it does not have is unreachable.
type web map[string]page

type page struct {
	status int
	body   string
	err    error
}

func (w web) Do(_ context.Context, r *homeserver.Request) (*homeserver.Response, error) {
	p, ok := w[r.URL]
	if !ok {
		return nil, homeserver.ErrUnreachable
	}
	if p.err != nil {
		return nil, p.err
	}
	return &homeserver.Response{Status: p.status, Body: []byte(p.body)}, nil
}

const (
	record   = "https://example.org/.well-known/matrix/client"
	direct   = "https://example.org/_matrix/client/versions"
	chat     = "https://chat.example.org/_matrix/client/versions"
	versions = `{"versions":["r0.6.1","v1.1","v1.12"],"unstable_features":{"org.x":true}}`
)

func names(base string) page {
	return page{status: 200, body: `{"m.homeserver":{"base_url":"` + base + `"},"org.example.custom":{"a":1}}`}
}

// FEATURES C-22, 2-18: every way through the state machine. want is a base URL
// or the way it fails.
func TestDiscover(t *testing.T) {
	up := page{status: 200, body: versions}
	missing := page{status: 404, body: `<html>`}
	none := web{}
	const (
		prompt     = "PROMPT"
		failPrompt = "FAIL_PROMPT"
		failError  = "FAIL_ERROR"
		found      = "https://chat.example.org"
	)
	identity := func(rest string) page {
		return page{status: 200, body: `{"m.homeserver":{"base_url":"https://chat.example.org"},"m.identity_server":` + rest + `}`}
	}
	for _, c := range []struct {
		name, input string
		web         web
		want        string
	}{
		{"nothing typed", "  ", none, failPrompt},
		{"no server name", "not a name", none, failPrompt},
		{"user id without a server", "@alice", none, failPrompt},
		{"user id with an empty server", "@alice:", none, failPrompt},
		{"e-mail address", "alice@example.org", none, failPrompt},
		{"name with a path", "example.org/chat", none, failPrompt},

		{"no record, nothing else", "example.org", web{record: missing}, prompt},
		{"no record, the name answers", "example.org", web{record: missing, direct: up}, "https://example.org"},
		{"no record, the name is a website", "example.org", web{record: missing, direct: {status: 200, body: "<html>"}}, prompt},
		{"record fails with 500", "example.org", web{record: {status: 500}}, failPrompt},
		{"record fails with 400", "example.org", web{record: {status: 400}}, failPrompt},
		{"record is empty", "example.org", web{record: {status: 200}}, failPrompt},
		{"record is HTML", "example.org", web{record: {status: 200, body: "<html>"}}, failPrompt},
		{"record is a list", "example.org", web{record: {status: 200, body: "[]"}}, failPrompt},
		{"record without homeserver", "example.org", web{record: {status: 200, body: "{}"}}, failPrompt},
		{"record with a homeserver of another type", "example.org", web{record: {status: 200, body: `{"m.homeserver":"https://chat.example.org"}`}}, failPrompt},
		{"record without base_url", "example.org", web{record: {status: 200, body: `{"m.homeserver":{}}`}}, failPrompt},
		{"record with an empty base_url", "example.org", web{record: names("")}, failPrompt},
		{"record with a base_url of another type", "example.org", web{record: {status: 200, body: `{"m.homeserver":{"base_url":1}}`}}, failPrompt},
		{"record cannot be reached", "example.org", none, failPrompt},
		{"record without end", "example.org", web{record: {err: homeserver.ErrTooLarge}}, failPrompt},
		{"record is HTML, the name answers", "example.org", web{record: {status: 200, body: "<html>"}, direct: up}, "https://example.org"},
		{"record hidden by CORS, the name answers", "example.org", web{direct: up}, "https://example.org"},

		{"base_url is no URL", "example.org", web{record: names("chat.example.org"), direct: up}, failError},
		{"base_url of another scheme", "example.org", web{record: names("mxc://chat.example.org"), direct: up}, failError},
		{"base_url without TLS", "example.org", web{record: names("http://chat.example.org"), "http://chat.example.org/_matrix/client/versions": up}, failError},
		{"base_url with a user", "example.org", web{record: names("https://a:b@chat.example.org"), direct: up}, failError},
		{"base_url with a query", "example.org", web{record: names("https://chat.example.org?a"), direct: up}, failError},
		{"base_url answers 404", "example.org", web{record: names(found), chat: missing, direct: up}, failError},
		{"base_url answers 500", "example.org", web{record: names(found), chat: {status: 500}}, failError},
		{"base_url answers HTML", "example.org", web{record: names(found), chat: {status: 200, body: "<html>"}}, failError},
		{"base_url answers something else", "example.org", web{record: names(found), chat: {status: 200, body: `{"versions":"v1.1"}`}}, failError},
		{"base_url lists no texts", "example.org", web{record: names(found), chat: {status: 200, body: `{"versions":["v1.1",2]}`}}, failError},
		{"base_url cannot be reached", "example.org", web{record: names(found)}, failError},
		{"homeserver is too old", "example.org", web{record: names(found), chat: {status: 200, body: `{"versions":["r0.6.1"]}`}}, failError},
		{"homeserver at the name is too old", "example.org", web{record: missing, direct: {status: 200, body: `{"versions":["r0.6.1"]}`}}, failError},

		{"record", "example.org", web{record: names(found), chat: up}, found},
		{"record with a slash", "example.org", web{record: names(found + "/"), chat: up}, found},
		{"record with slashes and a path", "example.org", web{record: names(found + "/a/b//"), "https://chat.example.org/a/b/_matrix/client/versions": up}, found + "/a/b"},
		{"record with a port", "example.org", web{record: names(found + ":8443"), "https://chat.example.org:8443/_matrix/client/versions": up}, found + ":8443"},
		{"identity server as it should be", "example.org", web{record: identity(`{"base_url":"https://id.example.org/"}`), chat: up}, found},
		{"identity server without base_url", "example.org", web{record: identity(`{}`), chat: up}, found},
		{"identity server empty", "example.org", web{record: identity(`{"base_url":""}`), chat: up}, found},
		{"identity server is no URL", "example.org", web{record: identity(`{"base_url":"x"}`), chat: up}, found},
		{"name in capitals and spaces", " EXAMPLE.org\t", web{record: names(found), chat: up}, found},
		{"user id", "@alice:example.org", web{record: names(found), chat: up}, found},
		{"user id with colons", "@alice:example.org:8448", web{record: names(found), chat: up}, found},
		{"name with a port", "example.org:8448", web{record: missing, "https://example.org:8448/_matrix/client/versions": up}, "https://example.org:8448"},

		{"URL", "https://chat.example.org/", web{chat: up}, found},
		{"URL in capitals", "HTTPS://Chat.Example.Org", web{chat: up}, found},
		{"URL with a path", "https://chat.example.org/a/", web{"https://chat.example.org/a/_matrix/client/versions": up}, found + "/a"},
		{"URL without TLS, as written", "http://chat.example.org", web{"http://chat.example.org/_matrix/client/versions": up}, "http://chat.example.org"},
		{"URL of a domain with a record", "https://example.org", web{record: names(found), chat: up}, found},
		{"URL of a domain with a wrong record", "https://example.org", web{record: names("nonsense")}, failError},
		{"URL of a website", "https://example.org", web{record: missing, direct: {status: 200, body: "<html>"}}, failPrompt},
		{"URL of another scheme", "ftp://example.org", none, failPrompt},
		{"URL with a query", "https://example.org/?a=b", none, failPrompt},

		{"this machine", "localhost:8008", web{"http://localhost:8008/_matrix/client/versions": up}, "http://localhost:8008"},
		{"this machine by number", "@a:127.0.0.1:8008", web{"http://127.0.0.1:8008/_matrix/client/versions": up}, "http://127.0.0.1:8008"},
		{"this machine by IPv6", "[::1]:8008", web{"http://[::1]:8008/_matrix/client/versions": up}, "http://[::1]:8008"},
		{"this machine with a record", "localhost:1", web{"http://localhost:1/.well-known/matrix/client": names("http://localhost:2"), "http://localhost:2/_matrix/client/versions": up}, "http://localhost:2"},
		{"not quite this machine", "127.0.0.1.example.org", web{"http://127.0.0.1.example.org/_matrix/client/versions": up}, failPrompt},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := homeserver.Network{Transport: c.web}.Discover(t.Context(), c.input)
			if how := outcome(err); how != "" {
				got.BaseURL = how
			}
			if got.BaseURL != c.want {
				t.Errorf("got %s, want %s (%v)", got.BaseURL, c.want, err)
			}
			if err == nil && !got.Versions.Supports("v1.12") {
				t.Error("versions are missing")
			}
		})
	}
}

func outcome(err error) string {
	var all []string
	for name, class := range map[string]error{"PROMPT": homeserver.ErrPrompt, "FAIL_PROMPT": homeserver.ErrFailPrompt, "FAIL_ERROR": homeserver.ErrFailError} {
		if errors.Is(err, class) {
			all = append(all, name)
		}
	}
	if err != nil && len(all) != 1 {
		return "several or none: " + strings.Join(all, " ")
	}
	return strings.Join(all, "")
}

func TestDiscoverTellsMore(t *testing.T) {
	pages := web{
		record: {status: 200, body: `{"m.homeserver":{"base_url":"https://chat.example.org"},"m.identity_server":{"base_url":"https://id.example.org/"},"org.custom":{"a":1}}`},
		chat:   {status: 200, body: versions},
	}
	found, err := homeserver.Network{Transport: pages}.Discover(t.Context(), "example.org")
	if err != nil || found.IdentityServer != "https://id.example.org" || found.WellKnown.Path("org.custom", "a").Int() != 1 {
		t.Errorf("%+v %v", found, err)
	}
	// Offline must not look like a wrong name.
	if _, err = (homeserver.Network{Transport: web{}}).Discover(t.Context(), "example.org"); !errors.Is(err, homeserver.ErrUnreachable) {
		t.Error(err)
	}
	old := web{record: names("https://chat.example.org"), chat: {status: 200, body: `{"versions":["r0.6.1"]}`}}
	if _, err = (homeserver.Network{Transport: old}).Discover(t.Context(), "example.org"); !errors.Is(err, homeserver.ErrTooOld) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stop := transportFunc(func(ctx context.Context, _ *homeserver.Request) (*homeserver.Response, error) {
		cancel()
		return nil, ctx.Err()
	})
	if _, err = (homeserver.Network{Transport: stop}).Discover(ctx, "example.org"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

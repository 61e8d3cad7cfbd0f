package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

const v3 = "/_matrix/client/v3/"

// people is a proxy in front of a homeserver.
type people struct {
	t      *testing.T
	server http.Handler
	proxy  *proxy
}

func newPeople(t *testing.T) *people {
	server := sandbox.New(sandbox.Options{})
	return &people{t, server, newProxy(server)}
}

// ask makes a request; lost means that its connection was closed.
func (p *people) ask(to http.Handler, method, path, token, body string) (answer string, lost bool) {
	p.t.Helper()
	defer func() {
		if got := recover(); got == http.ErrAbortHandler {
			lost = true
		} else if got != nil {
			panic(got)
		}
	}()
	r := httptest.NewRequestWithContext(p.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	to.ServeHTTP(w, r)
	return w.Body.String(), false
}

// register makes an account and returns its token.
func (p *people) register(to http.Handler, name string) string {
	p.t.Helper()
	answer, _ := p.ask(to, "POST", v3+"register", "", fmt.Sprintf(`{"username":%q,"password":"pw","auth":{"type":"m.login.dummy"}}`, name))
	var who identity
	if err := json.Unmarshal([]byte(answer), &who); err != nil || who.Token == "" {
		p.t.Fatal(answer, err)
	}
	return who.Token
}

func (p *people) rule(rule string) {
	p.t.Helper()
	if answer, _ := p.ask(p.proxy.control(), "POST", "/rules", "", rule); !strings.Contains(answer, `"id"`) {
		p.t.Fatal(answer)
	}
}

// fails says of each whether their request fails.
func (p *people) fails(tokens ...string) (all []bool) {
	p.t.Helper()
	for _, token := range tokens {
		answer, _ := p.ask(p.proxy, "GET", v3+"devices", token, "")
		all = append(all, answer == "no")
	}
	return all
}

// TestUser: a rule for one user is one for all their sessions and for nobody
// else's, whether the proxy saw the sign-in or not.
func TestUser(t *testing.T) {
	p := newPeople(t)
	before := p.register(p.server, "before")
	alice, bob := p.register(p.proxy, "alice"), p.register(p.proxy, "bob")
	for _, user := range []string{"@alice:localhost", "@before:localhost"} {
		p.ask(p.proxy.control(), "DELETE", "/rules", "", "")
		p.rule(`{"path":"/devices","act":"fail","status":500,"body":"no","user":"` + user + `"}`)
		got := fmt.Sprint(p.fails(alice, bob, before, "void", ""))
		if want := fmt.Sprint([]bool{user == "@alice:localhost", false, user == "@before:localhost", false, false}); got != want {
			t.Errorf("%s: %s, want %s", user, got, want)
		}
	}
}

// TestUserOfVoidToken: whose it was is not forgotten when the server does.
func TestUserOfVoidToken(t *testing.T) {
	p := newPeople(t)
	alice := p.register(p.proxy, "alice")
	p.ask(p.proxy, "POST", v3+"logout", alice, "{}")
	p.rule(`{"path":"/devices","act":"fail","status":500,"body":"no","user":"@alice:localhost"}`)
	if got := p.fails(alice); !got[0] {
		t.Error("the rule does not apply")
	}
}

// TestUserWhoSignsIn is known from the answer.
func TestUserWhoSignsIn(t *testing.T) {
	p := newPeople(t)
	p.register(p.server, "alice")
	p.register(p.server, "bob")
	p.rule(`{"path":"/login","method":"POST","act":"lose","user":"@alice:localhost"}`)
	for name, want := range map[string]bool{"alice": true, "bob": false} {
		body := fmt.Sprintf(`{"type":"m.login.password","identifier":{"type":"m.id.user","user":%q},"password":"pw"}`, name)
		if _, lost := p.ask(p.proxy, "POST", v3+"login", "", body); lost != want {
			t.Errorf("%s: lost %v", name, lost)
		}
	}
}

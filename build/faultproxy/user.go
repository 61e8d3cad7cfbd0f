package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// identity is what a homeserver says of who signs in, registers or asks.
type identity struct {
	User  string `json:"user_id"`
	Token string `json:"access_token"`
}

// userOf returns whose request it is, and "" where that is nobody's: of a
// sign-in it is known once it is answered.
func (p *proxy) userOf(r *http.Request, got *answer) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return got.identity().User
	}
	p.mu.Lock()
	user := p.users[token]
	p.mu.Unlock()
	if user != "" {
		return user
	}
	return p.whoami(r, token)
}

// whoami asks the homeserver.
func (p *proxy) whoami(r *http.Request, token string) string {
	q, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://"+r.Host+"/_matrix/client/v3/account/whoami", nil)
	if err != nil {
		return ""
	}
	q.Header.Set("Authorization", "Bearer "+token)
	user := p.ask(q, nil).identity().User
	p.remember(identity{user, token})
	return user
}

// learn notes whose a token is that a homeserver just gave out. The server may
// not tell any more when it is void.
func (p *proxy) learn(r *http.Request, got *answer) {
	if r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "/login") || strings.HasSuffix(r.URL.Path, "/register")) {
		p.remember(got.identity())
	}
}

func (p *proxy) remember(who identity) {
	if who.User == "" || who.Token == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users[who.Token] = who.User
}

func (a *answer) identity() (who identity) {
	if a != nil && a.status == http.StatusOK {
		_ = json.Unmarshal(a.body, &who) // most answers are about something else
	}
	return who
}

//go:build !js

package client_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/event"
)

// newcomer is a user who hears of some others as if they were on other servers, and
// whose joins and knocks are noted, and answered by a script as long as it goes.
type newcomer struct {
	*user
	far *strings.Replacer // the ids of who is elsewhere

	mu     sync.Mutex
	asked  []string // the servers of each join or knock
	script []func(*http.Request) (*http.Response, error)
	alias  string // what every alias is, "" to ask the server
}

// newcomer signs in; servers are those of others, by their hands.
func (w *world) newcomer(servers map[hand]string) *newcomer {
	var names []string
	for h, server := range servers {
		names = append(names, string(h.id())+`"`, fmt.Sprintf(`@%s:%s"`, h.name, server))
	}
	n := &newcomer{user: w.stranger(w.register("bob")), far: strings.NewReplacer(names...)}
	n.wire.around = n.pass
	n.login()
	return n
}

func (n *newcomer) pass(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/sync") {
		return n.rewritten(next())
	}
	n.mu.Lock()
	alias := n.alias
	n.mu.Unlock()
	if alias != "" && strings.Contains(r.URL.Path, "/directory/room/") {
		return answered(200, alias)
	}
	if !strings.Contains(r.URL.Path, "/v3/join/") && !strings.Contains(r.URL.Path, "/v3/knock/") {
		return next()
	}
	n.mu.Lock()
	n.asked = append(n.asked, strings.Join(r.URL.Query()["via"], " "))
	answer := func(*http.Request) (*http.Response, error) { return next() }
	if len(n.script) > 0 {
		answer, n.script = n.script[0], n.script[1:]
	}
	n.mu.Unlock()
	return answer(r)
}

func (n *newcomer) rewritten(answer *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	answer.Body, answer.ContentLength = body(n.far.Replace(string(raw))), -1
	return answer, err
}

// follows sets the script of what comes next.
func (n *newcomer) follows(script ...func(*http.Request) (*http.Response, error)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.script, n.asked = script, nil
}

func (n *newcomer) resolves(alias string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.alias = alias
}

func (n *newcomer) went(what string, want ...string) {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Equal(n.asked, want) {
		n.t.Errorf("%s: asked by way of %q, want %q", what, n.asked, want)
	}
}

func says(status int, answer string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return answered(status, answer) }
}

var (
	forbidden = says(403, `{"errcode":"M_FORBIDDEN","error":"no"}`)
	unable    = says(400, `{"errcode":"M_UNABLE_TO_AUTHORISE_JOIN","error":"no"}`)
	ungranted = says(400, `{"errcode":"M_UNABLE_TO_GRANT_JOIN","error":"no"}`)
	unknown   = says(404, `{"errcode":"M_UNKNOWN","error":"no"}`)
	broken    = says(501, `{"errcode":"M_UNKNOWN","error":"no"}`)
	suspended = says(403, `{"errcode":"M_USER_SUSPENDED","error":"no"}`)
	busy      = says(429, `{"errcode":"M_LIMIT_EXCEEDED","error":"no","retry_after_ms":3600000}`)
)

func joinRules(rule string, conditions ...string) string {
	return fmt.Sprintf(`{"preset":"private_chat","initial_state":[{"type":"m.room.join_rules","state_key":"","content":{"join_rule":%q,"allow":[%s]}}]}`,
		rule, strings.Join(conditions, ","))
}

func membersOf(room event.RoomID) string {
	return fmt.Sprintf(`{"type":"m.room_membership","room_id":%q}`, room)
}

// made makes a room by hand.
func (h hand) made(body string) event.RoomID {
	h.w.t.Helper()
	return event.RoomID(h.post("createRoom", body).Get("room_id").Text())
}

// club makes a room with a member on another server.
func (h hand) club(servers map[hand]string, server string) event.RoomID {
	h.w.t.Helper()
	member, room := h.w.hand(h.w.register("member")), h.made(`{"preset":"public_chat"}`)
	servers[member] = server
	member.post("join/"+escape(room), "{}")
	return room
}

// TestJoinAgain: who may come in by restricted rules, and is refused, comes by way of
// servers that were not asked, as long as there are such (FEATURES 2-06, 2-27).
func TestJoinAgain(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.hand(w.register("alice"))
	servers, clubs := map[hand]string{}, []event.RoomID{}
	for _, server := range []string{"one.org", "one.org", "two.org", "three.org"} { // two clubs with members on one server
		clubs = append(clubs, alice.club(servers, server))
	}
	stranger, left := alice.made(`{"preset":"public_chat"}`), alice.club(servers, "left.org")
	bob := w.newcomer(servers)
	for _, club := range clubs {
		bob.join(club)
	}
	bob.join(left)
	bob.ok(bob.LeaveRoom(t.Context(), api.LeaveRoomParams{RoomID: left}))
	all := joinRules("restricted", `{"type":"org.example","room_id":"!x"}`, membersOf(stranger), membersOf(left), membersOf(clubs[0]), membersOf(clubs[1]), membersOf(clubs[2]), membersOf(clubs[3]))
	type script = []func(*http.Request) (*http.Response, error)
	for what, c := range map[string]struct {
		room   string
		via    []string
		script script
		asked  []string
		want   api.Error // its code is "" where bob comes in
	}{
		"comes in":                      {room: all, asked: []string{""}},
		"on the second way":             {room: all, script: script{forbidden}, asked: []string{"", "one.org"}},
		"on the third":                  {room: all, script: script{unable, ungranted}, asked: []string{"", "one.org", "two.org"}},
		"on none":                       {room: all, script: script{forbidden, unable, unknown}, asked: []string{"", "one.org", "two.org"}, want: api.Error{Code: api.ServerForbidden, Errcode: "M_FORBIDDEN", Status: 403}},
		"not by those that are named":   {room: all, via: []string{"two.org", "one.org"}, script: script{ungranted, forbidden}, asked: []string{"two.org one.org", "three.org"}, want: api.Error{Code: api.ServerForbidden, Errcode: "M_UNABLE_TO_GRANT_JOIN", Status: 400}},
		"nobody is left to ask":         {room: all, via: []string{"two.org", "one.org", "three.org"}, script: script{unable}, asked: []string{"two.org one.org three.org"}, want: api.Error{Code: api.ServerForbidden, Errcode: "M_UNABLE_TO_AUTHORISE_JOIN", Status: 400}},
		"no server to go through":       {room: joinRules("restricted", membersOf(clubs[0])), script: script{unknown, unknown}, asked: []string{"", "one.org"}, want: api.Error{Code: api.ServerForbidden, Errcode: "M_UNKNOWN", Status: 404}},
		"no server in a public room":    {room: `{"preset":"public_chat"}`, script: script{unknown}, asked: []string{""}, want: api.Error{Code: api.ServerNotFound, Errcode: "M_UNKNOWN", Status: 404}},
		"refused by a public room":      {room: `{"preset":"public_chat"}`, script: script{forbidden}, asked: []string{""}, want: api.Error{Code: api.ServerForbidden, Errcode: "M_FORBIDDEN", Status: 403}},
		"in none of the rooms":          {room: joinRules("knock_restricted", membersOf(stranger)), asked: []string{""}, want: api.Error{Code: api.ServerForbidden, Errcode: "M_FORBIDDEN", Status: 403}},
		"what helps is not known":       {room: `{"preset":"private_chat"}`, asked: []string{""}, want: api.Error{Code: api.ServerForbidden, Errcode: "M_FORBIDDEN", Status: 403}},
		"one fails, and another is not": {room: all, script: script{forbidden, broken}, asked: []string{"", "one.org", "two.org"}},
		"not who is suspended":          {room: all, script: script{suspended}, asked: []string{""}, want: api.Error{Code: api.SessionSuspended, Errcode: "M_USER_SUSPENDED", Status: 403}},
		"not while it is too busy":      {room: all, script: script{forbidden, busy}, asked: []string{"", "one.org"}, want: api.Error{Code: api.ServerLimited, Errcode: "M_LIMIT_EXCEEDED", Status: 429}},
	} {
		t.Run(what, func(t *testing.T) {
			bob := bob
			if c.want.Code == api.ServerLimited {
				bob = w.newcomer(servers) // who has to wait for an hour then
				for _, club := range clubs {
					bob.join(club)
				}
			}
			room := alice.made(c.room)
			bob.follows(c.script...)
			_, err := bob.JoinRoom(t.Context(), api.JoinRoomParams{Room: string(room), Via: c.via})
			bob.went(what, c.asked...)
			if c.want.Code == "" {
				bob.ok(err)
				return
			}
			e := client.Explain(err)
			if e == nil || e.Code != c.want.Code || e.Errcode != c.want.Errcode || e.Status != c.want.Status {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestJoinBanned: no other way is tried by who is banned, whatever the server calls it
// and whether or not it tells of the room.
func TestJoinBanned(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice, servers := w.hand(w.register("alice")), map[hand]string{}
	club := alice.club(servers, "one.org")
	bob := w.newcomer(servers)
	bob.join(club)
	for i, made := range []string{joinRules("restricted", membersOf(club)), `{"preset":"private_chat"}`} {
		room, space := alice.made(made), alice.build("space", asSpace)
		alice.ask("PUT", "rooms/"+escape(space)+"/state/m.space.child/"+escape(room), `{"via":["two.org"]}`)
		bob.join(space)
		alice.post("rooms/"+escape(room)+"/invite", fmt.Sprintf(`{"user_id":%q}`, bob.id()))
		bob.join(room)
		alice.post("rooms/"+escape(room)+"/ban", fmt.Sprintf(`{"user_id":%q}`, bob.id()))
		bob.rooms(api.RoomFilter{Kind: api.KindLeft}).until(func(all []api.Room) bool {
			return len(all) == i+1 && all[0].Membership == event.Ban && all[i].Membership == event.Ban
		})
		for _, answer := range []func(*http.Request) (*http.Response, error){forbidden, unable} {
			bob.follows(answer)
			_, err := bob.JoinRoom(t.Context(), api.JoinRoomParams{Room: string(room), Via: []string{"named.org"}})
			bob.went("banned", "named.org")
			if e := client.Explain(err); e == nil || e.Code != api.ServerForbidden || !strings.Contains(e.Message, "banned") {
				t.Errorf("%+v", e)
			}
		}
	}
}

// TestJoinAborted: who gives up asks for nothing more.
func TestJoinAborted(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.hand(w.register("alice"))
	servers, clubs := map[hand]string{}, []event.RoomID{}
	for _, server := range []string{"one.org", "two.org"} {
		clubs = append(clubs, alice.club(servers, server))
	}
	bob := w.newcomer(servers)
	for _, club := range clubs {
		bob.join(club)
	}
	room := string(alice.made(joinRules("restricted", membersOf(clubs[0]), membersOf(clubs[1]))))
	ctx, cancel := context.WithCancel(t.Context())
	bob.follows(forbidden, func(r *http.Request) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	_, err := bob.JoinRoom(ctx, api.JoinRoomParams{Room: room})
	bob.went("given up on the second way", "", "one.org")
	if code(err) != api.CallAborted {
		t.Error(err)
	}
	for range 20 {
		ctx, cancel = context.WithCancel(t.Context())
		bob.follows(func(*http.Request) (*http.Response, error) {
			cancel()
			return forbidden(nil)
		})
		_, err = bob.JoinRoom(ctx, api.JoinRoomParams{Room: room})
		bob.went("given up before", "")
		if code(err) != api.CallAborted {
			t.Error(err)
		}
	}
}

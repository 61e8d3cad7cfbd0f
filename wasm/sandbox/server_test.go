package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

func TestCORS(t *testing.T) {
	c := serve(t, sandbox.Options{})
	want := map[string]string{
		"Access-Control-Allow-Origin":  "*",
		"Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
		"Access-Control-Allow-Headers": "X-Requested-With, Content-Type, Authorization",
	}
	for _, method := range []string{"OPTIONS", "GET"} {
		for _, path := range []string{"/_matrix/client/versions", "/_matrix/client/v3/sync", "/_matrix/nothing"} {
			r, err := http.NewRequest(method, c.base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			got := map[string]string{}
			for name := range answer.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					got[name] = answer.Header.Get(name)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s: %v", method, path, got)
			}
			if method == "OPTIONS" && answer.StatusCode != http.StatusNoContent {
				t.Errorf("%s %s: %d", method, path, answer.StatusCode)
			}
		}
	}
}

func TestUnrecognized(t *testing.T) {
	c := serve(t, sandbox.Options{}).register("alice")
	for _, tc := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/_matrix/client/v3/none", 404}, {"POST", "/_matrix/client/v3/sync", 405},
		{"DELETE", "/_matrix/client/versions", 405}, {"GET", "/_matrix/client/r0/sync", 404}, {"GET", "/", 404},
	} {
		if status, out := c.do(tc.method, tc.path, nil); status != tc.status || out["errcode"] != "M_UNRECOGNIZED" {
			t.Errorf("%s %s: %d %v", tc.method, tc.path, status, out)
		}
	}
}

func TestTokenInQueryIsRefused(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice := c.register("alice")
	c.refused("GET", "/account/whoami?access_token="+url.QueryEscape(alice.token), nil, 401, "M_MISSING_TOKEN")
	out := (&client{t: t, base: c.base, token: "wrong"}).refused("GET", "/account/whoami", nil, 401, "M_UNKNOWN_TOKEN")
	if out["soft_logout"] != false {
		t.Errorf("soft_logout is %v", out["soft_logout"])
	}
}

func TestWellKnown(t *testing.T) {
	c := serve(t, sandbox.Options{})
	if _, out := c.do("GET", "/.well-known/matrix/client", nil); at(out, "m.homeserver", "base_url") != c.base {
		t.Errorf("well-known: %v", out)
	}
	c = serve(t, sandbox.Options{BaseURL: "https://chat.example"})
	if _, out := c.do("GET", "/.well-known/matrix/client", nil); at(out, "m.homeserver", "base_url") != "https://chat.example" {
		t.Errorf("well-known: %v", out)
	}
}

func TestLimit(t *testing.T) {
	c := serve(t, sandbox.Options{Limit: func(user string, r *http.Request) time.Duration {
		if user != "" && strings.HasSuffix(r.URL.Path, "/createRoom") {
			return 1500 * time.Millisecond
		}
		return 0
	}})
	out := c.register("alice").refused("POST", "/createRoom", object{}, 429, "M_LIMIT_EXCEEDED")
	if out["retry_after_ms"] != 1500.0 {
		t.Errorf("retry_after_ms: %v", out)
	}
}

// TestLongPoll: a waiting sync ends with the first news, or with its token.
func TestLongPoll(t *testing.T) {
	c := serve(t, sandbox.Options{})
	alice, bob := c.register("alice"), c.register("bob")
	room := alice.room(object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+room, object{})
	_, since := bob.sync("", "")
	_, since = bob.sync(since, "")
	wait := func(answers chan<- object) {
		_, out := bob.do("GET", v3+"/sync?timeout=30000&since="+since, nil)
		answers <- out
	}
	news := make(chan object)
	go wait(news)
	alice.say(room, "1", "wake up")
	if got := bodies(at(<-news, "rooms", "join", room, "timeline", "events")); !reflect.DeepEqual(got, []string{"wake up"}) {
		t.Errorf("woken by %v", got)
	}
	_, since = bob.sync("", "")
	_, since = bob.sync(since, "")
	go wait(news)
	bob.ok("POST", "/logout", object{})
	if out := <-news; out["errcode"] != "M_UNKNOWN_TOKEN" {
		t.Errorf("after logout: %v", out)
	}
}

// clock moves when told to, and fires the timers it passes.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	timers map[chan time.Time]time.Time
}

func newClock() *clock {
	return &clock{now: time.UnixMilli(1_700_000_000_000), timers: map[chan time.Time]time.Time{}}
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) after(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	fire := make(chan time.Time, 1)
	if c.timers[fire] = c.now.Add(d); d <= 0 {
		fire <- c.now
	}
	return fire
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for fire, when := range c.timers {
		if !when.After(c.now) {
			select {
			case fire <- c.now:
			default:
			}
			delete(c.timers, fire)
		}
	}
}

func TestTypingRunsOut(t *testing.T) {
	time := newClock()
	c := serve(t, sandbox.Options{Now: time.time, After: time.after})
	alice, bob := c.register("alice"), c.register("bob")
	room := alice.room(object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+room, object{})
	alice.ok("PUT", rooms(room)+"/typing/"+alice.user, object{"typing": true, "timeout": 4000})
	out, since := bob.sync("", "")
	typing := func(out object) any {
		return at(each(at(out, "rooms", "join", room, "ephemeral", "events"))[0], "content", "user_ids")
	}
	if got := typing(out); !reflect.DeepEqual(got, []any{alice.user}) {
		t.Errorf("typing: %v", got)
	}
	time.pass(4 * 1e9)
	out, _ = bob.sync(since, "")
	if got := typing(out); !reflect.DeepEqual(got, []any{}) {
		t.Errorf("typing after its time: %v", got)
	}
}

// TestPresenceFades: who does not sync for a while is offline.
func TestPresenceFades(t *testing.T) {
	clock := newClock()
	c := serve(t, sandbox.Options{Now: clock.time, After: clock.after})
	alice, bob := c.register("alice"), c.register("bob")
	room := alice.room(object{"preset": "public_chat"})
	bob.ok("POST", "/join/"+room, object{})
	bob.sync("", "")
	_, since := alice.sync("", "")
	clock.pass(2 * time.Minute)
	out, _ := alice.sync(since, "")
	got := map[any]any{}
	for _, e := range each(at(out, "presence", "events")) {
		got[e["sender"]] = at(e, "content", "presence")
	}
	if got[bob.user] != "offline" || got[alice.user] != nil {
		t.Errorf("presence after two minutes: %v", got)
	}
}

// TestSameSourcesSameServer: with an injected clock and random source, two
// servers answer the same.
func TestSameSourcesSameServer(t *testing.T) {
	play := func() string {
		time := newClock()
		c := serve(t, sandbox.Options{Now: time.time, After: time.after, Random: rand.NewChaCha8([32]byte{1}), BaseURL: "x"})
		alice := c.register("alice")
		room := alice.room(object{"name": "same"})
		alice.say(room, "1", "hello")
		out, _ := alice.sync("", "")
		raw, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if a, b := play(), play(); a != b {
		t.Errorf("answers differ:\n%s\n%s", a, b)
	}
}

// kept is a server whose world is in a file.
func kept(t *testing.T, file string) (*sandbox.Server, *client) {
	t.Helper()
	s, err := sandbox.Open(sandbox.Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return s, &client{t: t, base: h.URL}
}

// TestSnapshot: a server that is closed and opened again goes on where it was,
// and its file opens no account.
func TestSnapshot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "box.json")
	s, c := kept(t, file)
	alice, bob := c.register("alice"), c.register("bob")
	room := alice.room(object{"preset": "public_chat", "name": "Kept"})
	bob.ok("POST", "/join/"+room, object{})
	first := alice.say(room, "t", "one")
	gone := alice.say(room, "u", "two")
	alice.ok("PUT", rooms(room)+"/redact/"+gone+"/r", object{})
	bob.ok("POST", rooms(room)+"/receipt/m.read/"+first, object{})
	before, since := bob.sync("", "&filter="+url.QueryEscape(`{"presence":{"not_types":["*"]}}`))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(raw), alice.token) || strings.Contains(string(raw), "secret alice") {
		t.Fatalf("the file holds a token or a password (%v)", err)
	}

	s, c = kept(t, file)
	alice.base, bob.base = c.base, c.base
	after, _ := bob.sync("", "&filter="+url.QueryEscape(`{"presence":{"not_types":["*"]}}`))
	if a, b := ageless(before), ageless(after); !reflect.DeepEqual(a, b) {
		t.Errorf("before %v\nafter %v", a, b)
	}
	if again := alice.say(room, "t", "one"); again != first {
		t.Error("a retry after the restart is another event")
	}
	alice.say(room, "v", "three")
	news, _ := bob.sync(since, "")
	if got := bodies(at(news, "rooms", "join", room, "timeline", "events")); !reflect.DeepEqual(got, []string{"three"}) {
		t.Errorf("after the restart: %v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedSnapshot(t *testing.T) {
	for _, text := range []string{"", "{", `{"users":{"x":null}}`, `{"users":[]}`, `{"rooms":{"!r":{"id":"!r"}}}`} {
		file := filepath.Join(t.TempDir(), "box.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sandbox.Open(sandbox.Options{File: file}); err == nil {
			t.Errorf("%q was opened", text)
		}
	}
}

// ageless drops what time changes.
func ageless(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for k, inner := range v {
			if k != "age" {
				out[k] = ageless(inner)
			}
		}
		return out
	case []any:
		out := []any{}
		for _, inner := range v {
			out = append(out, ageless(inner))
		}
		return out
	}
	return v
}

// TestMany writes and reads from many goroutines at once, for the race
// detector; every reader sees every message once and in one order.
func TestMany(t *testing.T) {
	const writers, each, readers = 4, 25, 4
	c := serve(t, sandbox.Options{})
	alice := c.register("alice")
	room := alice.room(object{"preset": "public_chat"})
	people := []*client{}
	for i := range writers + readers {
		p := c.register(fmt.Sprintf("user%d", i))
		p.ok("POST", "/join/"+room, object{})
		people = append(people, p)
	}
	seen := make([][]string, readers)
	var all sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i := range readers {
		_, since := people[writers+i].sync("", "")
		all.Go(func() {
			for len(seen[i]) < writers*each && ctx.Err() == nil {
				_, out := people[writers+i].do("GET", v3+"/sync?timeout=1000&since="+since+"&filter="+
					url.QueryEscape(`{"room":{"timeline":{"limit":500}}}`), nil)
				since, _ = out["next_batch"].(string)
				seen[i] = append(seen[i], bodies(at(out, "rooms", "join", room, "timeline", "events"))...)
			}
		})
	}
	for i := range writers {
		all.Go(func() {
			for n := range each {
				people[i].do("PUT", fmt.Sprintf("%s%s/send/m.room.message/%d", v3, rooms(room), n), object{"msgtype": "m.text", "body": fmt.Sprint(i, " ", n)})
				people[i].do("PUT", v3+rooms(room)+"/typing/"+people[i].user, object{"typing": n%2 == 0})
				people[i].do("PUT", v3+"/profile/"+people[i].user+"/displayname", object{"displayname": fmt.Sprint(n)})
				people[i].do("GET", v3+"/profile/"+people[(i+1)%writers].user, nil)
			}
		})
	}
	all.Wait()
	for i := range readers {
		if len(seen[i]) != writers*each || !reflect.DeepEqual(seen[i], seen[0]) {
			t.Errorf("reader %d saw %d messages, or another order than reader 0", i, len(seen[i]))
		}
	}
}

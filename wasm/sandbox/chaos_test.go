package sandbox

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestChaos asks everything of every endpoint, with ids that exist and ids that
// do not, with bodies that are right and wrong. No answer is a 500, a panic or
// no JSON, and afterwards the server still works.
func TestChaos(t *testing.T) {
	for seed := range uint64(8) {
		c := &chaos{t: t, s: New(Options{}), rand: rand.New(rand.NewPCG(seed, 7))}
		c.begin()
		all := []*route{}
		for _, size := range sortedInts(c.s.routes.bySize) {
			all = append(all, c.s.routes.bySize[size]...)
		}
		for range 3000 {
			c.ask(all[c.rand.IntN(len(all))])
		}
		if status, _ := c.do("POST", "/_matrix/client/v3/register", "", `{"username":"last","password":"p","auth":{"type":"m.login.dummy"}}`); status != 200 {
			t.Errorf("seed %d: nobody can register any more", seed)
		}
		if err := c.s.reloads(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// reloads encodes the world and reads it back.
func (s *Server) reloads() error {
	raw, err := json.Marshal(s.world)
	if err != nil {
		return err
	}
	other := New(Options{})
	if err := json.Unmarshal(raw, other.world); err != nil {
		return err
	}
	return other.rebuild()
}

func sortedInts(m map[int][]*route) []int {
	out := []int{}
	for i := range 20 {
		if m[i] != nil {
			out = append(out, i)
		}
	}
	return out
}

type chaos struct {
	t      *testing.T
	s      *Server
	rand   *rand.Rand
	tokens []string
	words  []string
}

func (c *chaos) begin() {
	c.words = []string{"m.room.message", "m.room.name", "m.room.power_levels", "m.room.member", "m.room.redaction", "m.reaction", "m.space.child",
		"m.thread", "m.annotation", "m.replace", "m.read", "m.read.private", "m.fully_read", "displayname", "avatar_url", "override", "room", "b", "f",
		"1", "s5", "s999999", "-1", "", "/", "ä", "join", "leave", "null", "#alias:localhost", "localhost", "m.tag", "__proto__", "{}", "12", "11", "3"}
	for i := range 3 {
		_, out := c.do("POST", "/_matrix/client/v3/register", "", fmt.Sprintf(`{"username":"u%d","password":"p","auth":{"type":"m.login.dummy"}}`, i))
		c.tokens = append(c.tokens, fmt.Sprint(out["access_token"]))
		c.learn(out)
		_, out = c.do("POST", "/_matrix/client/v3/createRoom", c.tokens[i], fmt.Sprintf(`{"preset":"public_chat","room_version":"%d","invite":["@u0:localhost"]}`, 10+i))
		c.learn(out)
	}
}

// learn remembers the ids of an answer for later requests.
func (c *chaos) learn(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			c.learn(k)
			c.learn(inner)
		}
	case []any:
		for _, inner := range v {
			c.learn(inner)
		}
	case string:
		if len(v) > 1 && len(v) < 100 && strings.ContainsRune("@!$#sm", rune(v[0])) && len(c.words) < 400 {
			c.words = append(c.words, v)
		}
	}
}

func (c *chaos) word() string { return c.words[c.rand.IntN(len(c.words))] }

// fitting returns a value that a variable or a member of this name may have.
func (c *chaos) fitting(name string) any {
	me := string(rune('0' + c.rand.IntN(3)))
	switch name {
	case "room", "room_id", "replacement_room":
		return c.some('!')
	case "event", "event_id", "redacts", "m.fully_read", "m.read":
		return c.some('$')
	case "user", "user_id":
		return "@u" + me + ":localhost"
	case "kind":
		return c.pick("m.read", "m.read.private", "m.fully_read", "override", "room", "content")
	case "type":
		return c.pick("m.room.message", "m.room.name", "m.room.topic", "m.room.power_levels", "m.room.member", "m.room.redaction", "m.reaction",
			"m.space.child", "m.room.join_rules", "m.room.history_visibility", "m.room.canonical_alias", "m.tag", "x")
	case "key":
		return c.pick("", "", "@u1:localhost", "+")
	case "field":
		return c.pick("displayname", "avatar_url", "x")
	case "rel", "rel_type":
		return c.pick("m.thread", "m.replace", "m.annotation", "m.reference")
	case "membership":
		return c.pick("join", "leave", "invite", "ban", "knock")
	case "filter":
		return c.pick("0", `{"lazy_load_members":true,"room":{"include_leave":true,"state":{"lazy_load_members":true},"timeline":{"limit":3,"unread_thread_notifications":true}}}`)
	case "version", "txn", "session":
		return c.pick("1", "2", "0", "3")
	case "from", "to", "since", "at":
		return fmt.Sprintf("s%d", c.rand.Int64N(c.s.world.Pos+1))
	case "dir":
		return c.pick("b", "f")
	case "limit", "order", "timeout", "ban", "users_default":
		return c.rand.IntN(20)
	case "join_rule":
		return c.pick("public", "invite", "knock", "restricted")
	case "history_visibility":
		return c.pick("joined", "shared", "invited", "world_readable")
	case "typing", "recurse", "enabled", "lazy_load_members":
		return c.rand.IntN(2) == 0
	case "m.relates_to":
		return object{"rel_type": c.fitting("rel_type"), "event_id": c.fitting("event_id"), "key": "+"}
	case "messages":
		return object{"@u1:localhost": object{"*": object{"x": 1}}}
	case "one_time_keys":
		return object{"signed_curve25519:" + c.word(): object{"key": c.word()}, "@u1:localhost": object{c.word(): "signed_curve25519"}}
	case "fallback_keys":
		return object{"signed_curve25519:F": object{"key": "f", "fallback": true}}
	case "master_key", "self_signing_key":
		return object{"keys": object{"ed25519:M": "M"}, "signatures": object{}}
	case "via", "invite", "devices":
		return []any{"@u1:localhost"}
	case "users", "events":
		return object{"@u1:localhost": c.rand.IntN(101), "m.room.name": 20}
	case "actions":
		return []any{"notify"}
	case "alias", "auth_data", "algorithm":
		return c.pick("#a:localhost", "x")
	case "auth":
		return object{"type": "m.login.password", "user": "u" + me, "password": "p"}
	case "rooms":
		return object{"!r": object{"sessions": object{"1": object{"first_message_index": c.rand.IntN(5)}}}}
	case "sessions":
		return object{"1": object{"first_message_index": c.rand.IntN(5), "is_verified": c.rand.IntN(2) == 0}}
	}
	return nil
}

type object = map[string]any

func (c *chaos) pick(words ...string) string { return words[c.rand.IntN(len(words))] }

// some returns an id that was seen, by its first character.
func (c *chaos) some(sigil byte) string {
	for range 200 {
		if w := c.word(); w != "" && w[0] == sigil {
			return w
		}
	}
	return ""
}

// usual returns what fits a name, or now and then, something else.
func (c *chaos) usual(name string, otherwise func() any) any {
	if v := c.fitting(name); v != nil && c.rand.IntN(8) > 0 {
		return v
	}
	return otherwise()
}

func (c *chaos) ask(r *route) {
	parts := []string{}
	for _, p := range r.parts {
		if strings.HasPrefix(p, "{") {
			p = url.PathEscape(fmt.Sprint(c.usual(p[1:len(p)-1], func() any { return c.word() })))
		}
		parts = append(parts, p)
	}
	path := strings.Join(parts, "/")
	if strings.Contains(path, "logout") || strings.Contains(path, "deactivate") {
		return
	}
	query := url.Values{}
	for _, name := range []string{"dir", "from", "to", "since", "limit", "filter", "format", "at", "membership", "version", "recurse"} {
		if c.rand.IntN(4) == 0 {
			query.Set(name, fmt.Sprint(c.usual(name, func() any { return c.word() })))
		}
	}
	query.Set("timeout", "0")
	body := ""
	if r.method != "GET" {
		body = c.body()
	}
	who := c.rand.IntN(len(c.tokens))
	for i := range c.tokens { // paths that name a user are mostly asked by that user
		if strings.Contains(path, fmt.Sprintf("u%d:localhost", i)) {
			who = i
		}
	}
	_, out := c.do(r.method, path+"?"+query.Encode(), c.tokens[who], body)
	c.learn(out)
}

// members that some endpoint reads.
var chaosMembers = []string{"user_id", "membership", "reason", "room_version", "preset", "invite", "initial_state", "creation_content", "power_level_content_override",
	"name", "topic", "typing", "timeout", "device_keys", "one_time_keys", "fallback_keys", "messages", "master_key", "self_signing_key", "rooms", "sessions",
	"auth", "type", "content", "state_key", "m.relates_to", "rel_type", "event_id", "key", "users", "events", "ban", "users_default", "actions", "enabled",
	"conditions", "via", "order", "alias", "alt_aliases", "additional_creators", "new_version", "displayname", "presence", "body", "msgtype", "redacts",
	"m.fully_read", "m.read", "thread_id", "algorithm", "auth_data", "devices", "filter", "limit", "search_categories", "room_events", "search_term",
	"timeline", "state", "room", "types", "lazy_load_members", "m.new_content", "m.mentions", "user_ids", "visibility", "room_id", "join_rule", "history_visibility", "allow", "ids", "device_id", "keys", "signatures"}

func (c *chaos) body() string {
	if c.rand.IntN(20) == 0 {
		return []string{"", "[]", "null", "nonsense", "{", `"x"`, "1e999", `{"a":1.5}`}[c.rand.IntN(8)]
	}
	return string(must(c.object(0)))
}

func (c *chaos) object(depth int) map[string]any {
	out := map[string]any{}
	for range 1 + c.rand.IntN(6) {
		name := chaosMembers[c.rand.IntN(len(chaosMembers))]
		if c.rand.IntN(5) == 0 {
			name = c.word()
		}
		out[name] = c.usual(name, func() any { return c.value(depth + 1) })
	}
	return out
}

func (c *chaos) value(depth int) any {
	switch n := c.rand.IntN(9); {
	case n < 2 && depth < 4:
		return c.object(depth)
	case n < 4 && depth < 4:
		return []any{c.value(depth + 1), c.value(depth + 1)}
	case n == 4:
		return c.rand.IntN(200) - 50
	case n == 5:
		return []any{true, nil, 1.5, int64(1) << 60}[c.rand.IntN(4)]
	}
	return c.word()
}

func (c *chaos) do(method, path, token, body string) (int, map[string]any) {
	r := httptest.NewRequest(method, "http://sandbox"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	c.s.ServeHTTP(w, r)
	out := map[string]any{}
	kind := w.Header().Get("Content-Type")
	if w.Code >= 500 && w.Code != 504 || !strings.Contains(path, "/download/") && !strings.Contains(path, "/thumbnail/") && !json.Valid(w.Body.Bytes()) {
		c.t.Errorf("%s %s %s: %d %s %s", method, path, body, w.Code, kind, w.Body)
	}
	_ = json.Unmarshal(w.Body.Bytes(), &out) // account data may be any JSON
	return w.Code, out
}

package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"testing"
)

type object = map[string]any

// script is one run of a scenario on one server. It notes what the server
// answers, with the names of the scenario in place of ids, so that the notes of
// two servers can be compared.
type script struct {
	t     *testing.T
	url   string
	run   string // makes names of accounts differ from scenario to scenario
	names map[string]string
	notes []string
	txn   int
}

// person is a login in a scenario.
type person struct {
	s                       *script
	id, token, device, name string
}

const v3 = "/_matrix/client/v3"

// note writes down a value under a title.
func (s *script) note(title string, v any) {
	raw, err := json.Marshal(s.tidy("", v))
	if err != nil {
		s.t.Fatal(err)
	}
	s.notes = append(s.notes, title+": "+string(raw))
}

// varying are members whose value differs from run to run: only that they are
// there counts.
var varying = []string{"origin_server_ts", "ts", "next_batch", "prev_batch", "start", "end", "session", "access_token",
	"device_id", "last_active_ago", "last_seen_ts", "content_uri", "last_seen_ip", "url", "etag"}

// ours are members that only one of the servers has, and that the
// specification does not know: what Synapse adds of its own.
var ours = []string{"home_server", "age", "error", "well_known", "soft_logout", "prev_sender", "redacted_by",
	"org.matrix.msc2732.device_unused_fallback_key_types", "org.matrix.msc2654.unread_count", "historical"}

// tidy replaces ids by names and drops what may differ.
func (s *script) tidy(key string, v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		v = modern(v)
		for k, inner := range v {
			if !slices.Contains(ours, k) {
				out[s.named(k)] = s.tidy(k, inner)
			}
		}
		return out
	case []any:
		out := []any{}
		for _, inner := range v {
			out = append(out, s.tidy(key, inner))
		}
		return out
	case string:
		if slices.Contains(varying, key) {
			return "*"
		}
		return s.named(v)
	case float64:
		if slices.Contains(varying, key) {
			return "*"
		}
	}
	return v
}

// modern drops what Synapse adds to events for clients of long ago, and
// members that are null, which say no more than absent ones.
func modern(v object) object {
	out := object{}
	legacy := v["sender"] != nil && v["event_id"] != nil
	for k, inner := range v {
		if inner != nil && !(legacy && slices.Contains([]string{"user_id", "redacted_because", "prev_content", "replaces_state"}, k)) {
			out[k] = inner
		}
	}
	return out
}

// named returns the scenario's name of an id; an id without one is "$?".
func (s *script) named(text string) string {
	if name, ok := s.names[text]; ok {
		return name
	}
	if strings.HasPrefix(text, "$") && len(text) > 30 {
		return "$?"
	}
	return strings.ReplaceAll(text, s.run, "")
}

func (s *script) name(id, name string) string {
	s.names[id] = name
	return id
}

// login registers an account.
func (s *script) login(name string) *person {
	s.t.Helper()
	p := &person{s: s, name: name}
	in := p.ok("POST", "/register", object{"username": name + s.run, "password": "pass " + name, "auth": object{"type": "m.login.dummy"}})
	p.take(in)
	s.name(p.id, name)
	return p
}

func (p *person) take(in object) {
	p.id, p.token, p.device = in["user_id"].(string), in["access_token"].(string), in["device_id"].(string)
}

// again logs the same account in on another device.
func (p *person) again() *person {
	p.s.t.Helper()
	other := &person{s: p.s, name: p.name}
	other.take(other.ok("POST", "/login", object{"type": "m.login.password", "password": "pass " + p.name,
		"identifier": object{"type": "m.id.user", "user": p.id}}))
	return other
}

func (p *person) do(method, path string, body any) (int, object) {
	p.s.t.Helper()
	var in io.Reader
	if text, ok := body.(string); ok {
		in = strings.NewReader(text)
	} else if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			p.s.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(p.s.t.Context(), method, p.s.url+path, in)
	if err != nil {
		p.s.t.Fatal(err)
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.s.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	out := object{}
	if err := json.Unmarshal(raw, &out); err != nil && answer.StatusCode < 300 {
		p.s.t.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, raw)
	}
	return answer.StatusCode, out
}

// ok makes a request that must succeed.
func (p *person) ok(method, path string, body any) object {
	p.s.t.Helper()
	status, out := p.do(method, v3+path, body)
	if status != http.StatusOK {
		p.s.t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

// try makes a request and notes how it was answered.
func (p *person) try(title, method, path string, body any) object {
	p.s.t.Helper()
	if !strings.HasPrefix(path, "/_matrix") {
		path = v3 + path
	}
	status, out := p.do(method, path, body)
	p.s.note(fmt.Sprintf("%s: %d", title, status), out)
	return out
}

func (p *person) room(name string, body object) string {
	p.s.t.Helper()
	if body["room_version"] == nil {
		body["room_version"] = "11"
	}
	return p.s.name(p.ok("POST", "/createRoom", body)["room_id"].(string), name)
}

func rooms(id string) string { return "/rooms/" + url.PathEscape(id) }

func (p *person) send(room, kind, name string, content object) string {
	p.s.t.Helper()
	p.s.txn++
	out := p.ok("PUT", fmt.Sprintf("%s/send/%s/%s-%d", rooms(room), kind, p.name, p.s.txn), content)
	return p.s.name(out["event_id"].(string), "$"+name)
}

func (p *person) say(room, text string) string {
	p.s.t.Helper()
	return p.send(room, "m.room.message", text, object{"msgtype": "m.text", "body": text})
}

func (p *person) state(room, kind, key string, content object) string {
	p.s.t.Helper()
	out := p.ok("PUT", rooms(room)+"/state/"+kind+"/"+url.PathEscape(key), content)
	return p.s.name(out["event_id"].(string), "$"+kind)
}

// quiet is a filter without presence, which comes when it likes.
const quiet = `"presence":{"not_types":["*"]}`

func filtered(room string) string {
	return "&filter=" + url.QueryEscape(`{`+quiet+`,"room":{`+room+`}}`)
}

var plainFilter = filtered("")

// sync syncs without waiting.
func (p *person) sync(since, query string) (object, string) {
	p.s.t.Helper()
	return p.wait(since, query, 0)
}

func (p *person) wait(since, query string, ms int) (object, string) {
	p.s.t.Helper()
	path := fmt.Sprintf("/sync?timeout=%d", ms)
	if since != "" {
		path += "&since=" + url.QueryEscape(since)
	}
	out := p.ok("GET", path+query, nil)
	return out, out["next_batch"].(string)
}

// until syncs until an answer has something, and returns that.
func (p *person) until(since, query string, keys ...string) (any, string) {
	p.s.t.Helper()
	for range 20 {
		var out object
		if out, since = p.wait(since, query, 1000); at(out, keys...) != nil {
			if list, ok := at(out, keys...).([]any); !ok || len(list) > 0 {
				return at(out, keys...), since
			}
		}
	}
	p.s.t.Fatalf("%s: sync never had %v", p.s.url, keys)
	return nil, ""
}

// now returns the token of this moment.
func (p *person) now() string {
	p.s.t.Helper()
	_, since := p.sync("", filtered(`"timeline":{"limit":1}`))
	for {
		out, next := p.sync(since, plainFilter)
		if out["rooms"] == nil && out["account_data"] == nil && out["device_lists"] == nil {
			return next
		}
		since = next
	}
}

// at walks into nested objects.
func at(v any, keys ...string) any {
	for _, k := range keys {
		o, _ := v.(object)
		v = o[k]
	}
	return v
}

func each(v any) []object {
	list, _ := v.([]any)
	out := []object{}
	for _, e := range list {
		if o, ok := e.(object); ok {
			out = append(out, o)
		}
	}
	return out
}

// gist is events in short: type, state key, and what they say.
func gist(v any) []any {
	out := []any{}
	for _, e := range each(v) {
		line := fmt.Sprint(e["type"])
		if key, ok := e["state_key"]; ok {
			line += fmt.Sprintf(" [%v]", key)
		}
		for _, word := range []string{"body", "membership", "name", "topic", "displayname"} {
			if text := at(e, "content", word); text != nil {
				line += fmt.Sprintf(" %v", text)
			}
		}
		out = append(out, line)
	}
	return out
}

// gists notes events in short with ids replaced; order counts.
func (s *script) gists(title string, events any) {
	out := []any{}
	for _, line := range gist(events) {
		out = append(out, s.replaced(line.(string)))
	}
	s.note(title, out)
}

// set notes events in short where the order does not count.
func (s *script) set(title string, events any) {
	lines := []string{}
	for _, line := range gist(events) {
		lines = append(lines, s.replaced(line.(string)))
	}
	sort.Strings(lines)
	s.note(title, lines)
}

func (s *script) replaced(text string) string {
	for id, name := range s.names {
		text = strings.ReplaceAll(text, id, name)
	}
	return strings.ReplaceAll(text, s.run, "")
}

package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/alcove-chat/alcove/wasm/sandbox"
)

// object is a decoded JSON object.
type object = map[string]any

// client makes raw requests for one login.
type client struct {
	t      *testing.T
	base   string
	token  string
	user   string
	device string
}

func serve(t *testing.T, opt sandbox.Options) *client {
	t.Helper()
	s := httptest.NewServer(sandbox.New(opt))
	t.Cleanup(s.Close)
	return &client{t: t, base: s.URL}
}

// do makes a request and returns status and body. body may be nil, an object
// or a string that is sent as it is.
func (c *client) do(method, path string, body any) (int, object) {
	c.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = bytes.NewReader([]byte(b))
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, c.base+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	var out object
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		c.t.Fatalf("%s %s: %d, no JSON: %v", method, path, answer.StatusCode, err)
	}
	return answer.StatusCode, out
}

// ok makes a request of /_matrix/client/v3 that must succeed.
func (c *client) ok(method, path string, body any) object {
	c.t.Helper()
	status, out := c.do(method, v3+path, body)
	if status != http.StatusOK {
		c.t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

// refused makes a request that must fail in this way.
func (c *client) refused(method, path string, body any, status int, code string) object {
	c.t.Helper()
	got, out := c.do(method, v3+path, body)
	if got != status || out["errcode"] != code {
		c.t.Fatalf("%s %s: %d %v, want %d %s", method, path, got, out, status, code)
	}
	return out
}

const v3 = "/_matrix/client/v3"

func (c *client) register(name string) *client {
	c.t.Helper()
	in := c.ok("POST", "/register", object{"username": name, "password": "secret " + name, "auth": object{"type": "m.login.dummy"}})
	return c.as(in)
}

func (c *client) as(in object) *client {
	return &client{t: c.t, base: c.base, token: in["access_token"].(string), user: in["user_id"].(string), device: in["device_id"].(string)}
}

func (c *client) room(body object) string {
	c.t.Helper()
	return c.ok("POST", "/createRoom", body)["room_id"].(string)
}

func (c *client) say(room, txn, text string) string {
	c.t.Helper()
	return c.send(room, "m.room.message", txn, object{"msgtype": "m.text", "body": text})
}

func (c *client) send(room, kind, txn string, content object) string {
	c.t.Helper()
	return c.ok("PUT", rooms(room)+"/send/"+kind+"/"+url.PathEscape(txn), content)["event_id"].(string)
}

func rooms(id string) string { return "/rooms/" + url.PathEscape(id) }

// sync syncs at once and returns the answer and its token.
func (c *client) sync(since, query string) (object, string) {
	c.t.Helper()
	path := "/sync?timeout=0"
	if since != "" {
		path += "&since=" + url.QueryEscape(since)
	}
	out := c.ok("GET", path+query, nil)
	return out, out["next_batch"].(string)
}

// at walks into nested objects.
func at(v any, keys ...string) any {
	for _, k := range keys {
		o, _ := v.(object)
		v = o[k]
	}
	return v
}

// each returns the objects of a list.
func each(v any) []object {
	list, _ := v.([]any)
	out := []object{}
	for _, e := range list {
		o, _ := e.(object)
		out = append(out, o)
	}
	return out
}

// bodies returns what the messages of a list say.
func bodies(v any) []string {
	out := []string{}
	for _, e := range each(v) {
		if text, ok := at(e, "content", "body").(string); ok {
			out = append(out, text)
		}
	}
	return out
}

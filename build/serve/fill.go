package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"
)

// password is that of every account; the sandbox keeps no secret.
const password = "alcove"

type object = map[string]any

// person is an account of the sandbox.
type person struct{ name, display string }

// people are all who speak; the first two are for whoever runs this.
var people = []person{
	{"alice", "Alice"}, {"bob", "Bob"}, {"carol", "Carol Nkemelu"}, {"dan", "Dan"}, {"erin", "Erin Ó Briain"},
	{"farid", "Farid 🌲"}, {"grace", "Grace"}, {"hiro", "弘 (Hiro)"}, {"inge", "Inge"}, {"builder", "builder"},
}

// clock is the sandbox's: in the past while rooms are filled, true afterwards.
type clock struct {
	mu   sync.Mutex
	past time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.past.IsZero() {
		return time.Now()
	}
	return c.past
}

// set moves the clock; the zero time makes it true.
func (c *clock) set(to time.Time) {
	c.mu.Lock()
	c.past = to
	c.mu.Unlock()
}

// filler makes the rooms by the requests that a client would make.
type filler struct {
	server http.Handler
	now    *clock
	rand   *rand.Rand
	tokens map[string]string
	txn    int
	err    error // the first thing that went wrong; after it nothing is done
}

var errFilled = errors.New("the accounts exist")

// fill makes accounts and rooms, unless the sandbox has them from its file.
func fill(s http.Handler, now *clock) error {
	f := &filler{server: s, now: now, rand: rand.New(rand.NewPCG(1, 2)), tokens: map[string]string{}}
	defer now.set(time.Time{})
	now.set(time.Now().Add(-21 * 24 * time.Hour))
	f.accounts()
	if errors.Is(f.err, errFilled) {
		return nil
	}
	f.rooms()
	for name := range f.tokens { // whoever runs this logs in anew
		f.call(name, "POST", "/logout", object{})
	}
	return f.err
}

func (f *filler) accounts() {
	for _, p := range people {
		got := f.call("", "POST", "/register", object{"username": p.name, "password": password,
			"initial_device_display_name": "history", "auth": object{"type": "m.login.dummy"}})
		f.tokens[p.name], _ = got["access_token"].(string)
		f.call(p.name, "PUT", "/profile/"+id(p.name)+"/displayname", object{"displayname": p.display})
		if p.name != "inge" { // someone has no picture
			uri := f.upload(p.name, "face.png", face(p.name))
			f.call(p.name, "PUT", "/profile/"+id(p.name)+"/avatar_url", object{"avatar_url": uri})
		}
	}
}

func id(name string) string { return "@" + name + ":localhost" }

// call makes a request as a person, or as nobody.
func (f *filler) call(name, method, path string, body object) object {
	raw, err := json.Marshal(body)
	if err != nil {
		f.err = errors.Join(f.err, err)
	}
	return f.request(name, method, "/_matrix/client/v3"+path, "application/json", raw)
}

func (f *filler) request(name, method, path, kind string, body []byte) object {
	out := object{}
	if f.err != nil {
		return out
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	if name != "" {
		r.Header.Set("Authorization", "Bearer "+f.tokens[name])
	}
	w := httptest.NewRecorder()
	f.server.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		f.err = fmt.Errorf("%s %s: %d %v", method, path, w.Code, out["error"])
		if out["errcode"] == "M_USER_IN_USE" {
			f.err = errFilled
		}
	}
	return out
}

func (f *filler) upload(name, file string, data []byte) string {
	out := f.request(name, "POST", "/_matrix/media/v3/upload?filename="+url.QueryEscape(file), "image/png", data)
	uri, _ := out["content_uri"].(string)
	return uri
}

// create makes a room and lets people join it.
func (f *filler) create(owner string, body object, guests ...string) string {
	invited := []string{}
	for _, g := range guests {
		invited = append(invited, id(g))
	}
	body["invite"] = invited
	room, _ := f.call(owner, "POST", "/createRoom", body)["room_id"].(string)
	for _, g := range guests {
		f.pass(time.Minute)
		f.call(g, "POST", "/join/"+url.PathEscape(room), object{})
	}
	return room
}

func inRoom(room string) string { return "/rooms/" + url.PathEscape(room) }

func (f *filler) send(name, room, kind string, content object) string {
	f.txn++
	out := f.call(name, "PUT", fmt.Sprintf("%s/send/%s/h%d", inRoom(room), kind, f.txn), content)
	event, _ := out["event_id"].(string)
	return event
}

func (f *filler) state(name, room, kind, key string, content object) {
	f.call(name, "PUT", inRoom(room)+"/state/"+kind+"/"+url.PathEscape(key), content)
}

func (f *filler) say(name, room, text string) string {
	return f.send(name, room, "m.room.message", object{"msgtype": "m.text", "body": text})
}

func (f *filler) react(name, room, event, key string) {
	f.send(name, room, "m.reaction", object{"m.relates_to": object{"rel_type": "m.annotation", "event_id": event, "key": key}})
}

func (f *filler) reply(name, room, event, text string) string {
	return f.send(name, room, "m.room.message", object{"msgtype": "m.text", "body": text,
		"m.relates_to": object{"m.in_reply_to": object{"event_id": event}}})
}

func (f *filler) edit(name, room, event, text string) {
	f.send(name, room, "m.room.message", object{"msgtype": "m.text", "body": "* " + text,
		"m.new_content": object{"msgtype": "m.text", "body": text},
		"m.relates_to":  object{"rel_type": "m.replace", "event_id": event}})
}

func (f *filler) read(name, room, event string) {
	f.call(name, "POST", inRoom(room)+"/read_markers", object{"m.fully_read": event, "m.read": event})
}

func (f *filler) pass(d time.Duration) { f.now.set(f.now.time().Add(d)) }

// ago sets the clock to some time before now.
func (f *filler) ago(d time.Duration) { f.now.set(time.Now().Add(-d)) }

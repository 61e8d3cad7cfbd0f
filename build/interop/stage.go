package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// object is a decoded JSON object.
type object = map[string]any

// stage is where one scenario plays: two clients and accounts of its own.
type stage struct {
	ctx           context.Context
	matrix        *matrix
	first, second peer.Client
	run           string
	users         map[string]bool
	devices       []*device
}

// device is a peer that is signed in. What goes wrong ends the scenario.
type device struct {
	peer.Peer
	s      *stage
	name   string // for errors: whose, and which client
	client string
	user   string
}

func unique() string { return strings.ToLower(rand.Text()[:8]) }

// check ends the scenario where there is an error.
func (s *stage) check(err error, what string) {
	if err != nil {
		panic(failure{fmt.Errorf("%s: %w", what, err)})
	}
}

func (s *stage) demand(yes bool, format string, args ...any) {
	if !yes {
		panic(failure{fmt.Errorf(format, args...)})
	}
}

// cannot ends the scenario as nothing that the client failed at.
func (s *stage) cannot(d *device, what string) {
	panic(failure{fmt.Errorf("%s %s: %w", d.name, what, peer.ErrCannot)})
}

// note tells something of a scenario that does not end it.
func (s *stage) note(format string, args ...any) {
	fmt.Fprintln(s.matrix.out, "        "+strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; "))
}

func (s *stage) leave() {
	for _, d := range s.devices {
		_ = d.Close() // the scenario is over
	}
}

func (s *stage) account(user string) peer.Account {
	local := user + "-" + s.run
	a := peer.Account{Homeserver: s.matrix.server, User: "@" + local + ":localhost", Password: "password of " + user}
	if s.users[user] {
		return a
	}
	s.users[user] = true
	raw, err := json.Marshal(object{"username": local, "password": a.Password, "inhibit_login": true, "auth": object{"type": "m.login.dummy"}})
	s.check(err, "register")
	answer, err := http.Post(a.Homeserver+"/_matrix/client/v3/register", "application/json", bytes.NewReader(raw))
	s.check(err, "register")
	defer answer.Body.Close()
	s.demand(answer.StatusCode == http.StatusOK, "register %s: %s", user, answer.Status)
	return a
}

// device signs a user in on a new device of a client.
func (s *stage) device(client peer.Client, user string) *device {
	account := s.account(user)
	if client.Name() == s.matrix.exposed {
		account.Homeserver = s.matrix.under
	}
	p, err := client.New()
	s.check(err, client.Name())
	d := &device{Peer: p, s: s, name: user + " (" + client.Name() + ")", client: client.Name(), user: account.User}
	s.devices = append(s.devices, d)
	s.check(p.Login(s.ctx, account), d.name+" signs in")
	return d
}

// reload closes the client as a page that is closed, and opens it again.
func (d *device) reload() {
	d.s.check(d.Stop(d.s.ctx), d.name+" stops")
	d.s.check(d.Start(d.s.ctx), d.name+" starts")
}

// setUp makes the device the user's first verified one.
func (d *device) setUp() peer.Recovery {
	made, err := d.SetUp(d.s.ctx, d.s.account(d.local()).Password, "a long passphrase")
	d.s.check(err, d.name+" sets up encryption")
	return made
}

func (d *device) local() string { return strings.TrimPrefix(strings.Split(d.user, "-")[0], "@") }

// room makes an encrypted room of the users of some devices.
func (s *stage) room(first *device, others ...*device) string {
	var invite []string
	for _, d := range others {
		invite = append(invite, d.user)
	}
	room, err := first.CreateRoom(s.ctx, invite...)
	s.check(err, first.name+" makes a room")
	for _, d := range others {
		s.check(d.Join(s.ctx, room), d.name+" joins")
	}
	return room
}

func (d *device) send(room, text string) string {
	event, err := d.Send(d.s.ctx, room, text)
	d.s.check(err, d.name+" sends")
	return event
}

// reads waits until the device shows what another sent.
func (d *device) reads(room, event, text string, from *device) peer.Message {
	m, err := d.Read(d.s.ctx, room, event)
	d.s.check(err, d.name+" reads what "+from.name+" wrote")
	d.s.demand(m.Body == text && m.Sender == from.user, "%s reads %q of %s, not %q", d.name, m.Body, m.Sender, text)
	return m
}

// judges reads what another sent, and wants it called so. A message may be there
// before the list of its sender's devices, so it waits while they are unknown.
func (d *device) judges(room, event, text string, from *device, want peer.Trust) {
	m := d.reads(room, event, text, from)
	for m.Trust == peer.Unknown && d.s.ctx.Err() == nil {
		pause(d.s.ctx)
		m = d.reads(room, event, text, from)
	}
	d.s.demand(m.Trust == want, "to %s what %s wrote is %s, not %s", d.name, from.name, m.Trust, want)
}

// trusts waits until the device thinks so of another, since signatures travel.
func (d *device) trusts(other *device, want peer.Trust) {
	var got peer.Trust
	for d.s.ctx.Err() == nil {
		all, err := d.Devices(d.s.ctx, other.user)
		d.s.check(err, d.name+" lists devices")
		if got = all[other.DeviceID()]; got == want {
			return
		}
		pause(d.s.ctx)
	}
	d.s.demand(false, "to %s %s is %s, not %s", d.name, other.name, got, want)
}

// knows waits until the device heard of another: what it writes before that, the
// other cannot read.
func (d *device) knows(other *device) {
	for d != other && d.s.ctx.Err() == nil {
		all, err := d.Devices(d.s.ctx, other.user)
		d.s.check(err, d.name+" lists devices")
		if _, known := all[other.DeviceID()]; known {
			return
		}
		pause(d.s.ctx)
	}
}

// request asks the homeserver until it answers, since the network may be bad.
func (d *device) request(method, path string, body, answer any) {
	for {
		err := d.Request(d.s.ctx, method, path, body, answer)
		if err == nil || d.s.ctx.Err() != nil || d.s.matrix.exposed == "" {
			d.s.check(err, d.name+" asks the homeserver")
			return
		}
		pause(d.s.ctx)
	}
}

// session is the Megolm session of an event.
func (d *device) session(room, event string) string {
	var answer struct {
		Content struct {
			Session string `json:"session_id"`
		}
	}
	path := "/_matrix/client/v3/rooms/" + url.PathEscape(room) + "/event/" + url.PathEscape(event)
	d.request("GET", path, nil, &answer)
	return answer.Content.Session
}

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

var scenarios = []scenario{
	{"messages, 2 users x 2 devices", messages},
	{"keys that come late", late},
	{"120 sessions while away, of 4 users", storm},
	{"a new session when a device goes", deviceGoes},
	{"fallback key, one-time keys run out", fallback},
	{"emoji, users in a room, asker starts", func(s *stage) { users(s, true).sas(true) }},
	{"emoji, users in a room, asked starts", func(s *stage) { users(s, true).sas(false) }},
	{"emoji, users by device, asker starts", func(s *stage) { users(s, false).sas(true) }},
	{"emoji, users by device, asked starts", func(s *stage) { users(s, false).sas(false) }},
	{"emoji, own devices", func(s *stage) { ownDevices(s).sas(true) }},
	{"QR code, users in a room, asker shows", func(s *stage) { users(s, true).scan(true) }},
	{"QR code, users in a room, asked shows", func(s *stage) { users(s, true).scan(false) }},
	{"QR code, users by device", func(s *stage) { users(s, false).scan(true) }},
	{"QR code, own devices, new one shows", func(s *stage) { ownDevices(s).scan(true) }},
	{"QR code, own devices, old one shows", func(s *stage) { ownDevices(s).scan(false) }},
	{"backup, history by recovery key", func(s *stage) { history(s, false) }},
	{"backup, history by passphrase", func(s *stage) { history(s, true) }},
	{"backup, its key by verification", gossip},
	{"key file read by the other", keyFile},
	{"history with an invite", historyOnInvite},
}

// pause is between two looks at something that changes by itself.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(50 * time.Millisecond):
	}
}

// messages: all devices write twice, and all read all.
func messages(s *stage) {
	all := []*device{s.device(s.first, "alice"), s.device(s.second, "bob"), s.device(s.second, "alice"), s.device(s.first, "bob")}
	room := s.room(all[0], all[1])
	for _, from := range all {
		for _, to := range all {
			from.knows(to)
		}
	}
	for n := range 2 {
		for i, from := range all {
			text := fmt.Sprintf("%d of %s", n, from.name)
			event := from.send(room, text)
			for j, to := range all {
				if i != j {
					to.judges(room, event, text, from, peer.Unsigned)
				}
			}
		}
	}
}

// late: who was away gets the keys of all sessions.
func late(s *stage) {
	alice, bob := s.device(s.first, "alice"), s.device(s.second, "bob")
	room := s.room(alice, bob)
	s.check(bob.Offline(s.ctx), "offline")
	var events []string
	for n := range 3 {
		events = append(events, alice.send(room, fmt.Sprint(n)))
		s.check(alice.Rotate(s.ctx, room), "rotate")
	}
	s.check(bob.Online(s.ctx), "online")
	for n, event := range events {
		bob.reads(room, event, fmt.Sprint(n), alice)
	}
	s.demand(alice.session(room, events[0]) != alice.session(room, events[1]), "%s kept the session", alice.name)
}

// storm: more messages to a device than one sync carries.
func storm(s *stage) {
	reader := s.device(s.second, "reader")
	var writers []*device
	for n := range 4 {
		writers = append(writers, s.device([]peer.Client{s.first, s.second}[n%2], fmt.Sprint("writer", n)))
	}
	room := s.room(reader, writers...)
	s.check(reader.Offline(s.ctx), "offline")
	var all []written
	for n := range 30 {
		for _, from := range writers {
			w := written{text: fmt.Sprint(n, " of ", from.name), from: from}
			w.event = from.send(room, w.text)
			all = append(all, w)
			s.check(from.Rotate(s.ctx, room), "rotate")
		}
	}
	s.check(reader.Online(s.ctx), "online")
	for _, w := range all {
		reader.reads(room, w.event, w.text, w.from)
	}
}

// deviceGoes: a device that signed out does not get what is written after.
func deviceGoes(s *stage) {
	alice, bob := s.device(s.first, "alice"), s.device(s.second, "bob")
	gone := s.device(s.second, "bob")
	room := s.room(alice, bob)
	before := alice.send(room, "before")
	gone.reads(room, before, "before", alice)
	s.check(gone.Logout(s.ctx), "logout")
	for s.ctx.Err() == nil {
		all, err := alice.Devices(s.ctx, bob.user)
		s.check(err, "list devices")
		if _, there := all[gone.DeviceID()]; !there {
			break
		}
		pause(s.ctx)
	}
	after := alice.send(room, "after")
	bob.reads(room, after, "after", alice)
	s.demand(alice.session(room, before) != alice.session(room, after), "%s kept the session", alice.name)
}

// fallback: others took all of bob's one-time keys while he was away.
func fallback(s *stage) {
	alice, bob := s.device(s.first, "alice"), s.device(s.second, "bob")
	room := s.room(alice, bob)
	s.check(bob.Offline(s.ctx), "offline")
	if !alice.drain(bob) {
		s.cannot(bob, "uploads a fallback key")
	}
	event := alice.send(room, "by the fallback key")
	s.check(bob.Online(s.ctx), "online")
	bob.reads(room, event, "by the fallback key", alice)
	again := bob.send(room, "and back")
	alice.reads(room, again, "and back", bob)
}

// drain claims one-time keys until there is none, and reports whether then there
// is a fallback key.
func (d *device) drain(of *device) bool {
	for range 300 {
		var answer struct {
			Keys map[string]map[string]map[string]struct{ Fallback bool } `json:"one_time_keys"`
		}
		d.request("POST", "/_matrix/client/v3/keys/claim",
			object{"one_time_keys": object{of.user: object{of.DeviceID(): "signed_curve25519"}}}, &answer)
		keys := answer.Keys[of.user][of.DeviceID()]
		for _, key := range keys {
			if key.Fallback {
				return true
			}
		}
		if len(keys) == 0 {
			return false
		}
	}
	d.s.demand(false, "%s has one-time keys without end", of.name)
	return false
}

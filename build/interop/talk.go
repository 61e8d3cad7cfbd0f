package main

import (
	"net/url"
	"slices"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// talk is a room, and what its users mean: each thing they do is done by their
// client, and noted here in the simplest way, so that what clients make of the
// events can be compared with it.
type talk struct {
	s         *stage
	room      string
	encrypted bool
	devices   []*device
	away      *device // while something happened, if any
	said      []*said
	news      []*news
	rules     map[string]rules // by user
	closed    map[*device]bool // once
}

// said is a message or a poll.
type said struct {
	event, text string
	by          *device
	in          peer.Place
	redacted    bool
	edits       []edit
	reactions   map[string]map[string]bool // users by key
	poll        *poll
}

type edit struct{ event, text string }

type poll struct {
	answers []string
	most    int
	votes   map[string][]string // by user
	ended   bool
}

// talk begins one of some devices, the first of which makes the room.
func (s *stage) talk(encrypted bool, devices ...*device) *talk {
	t := &talk{s: s, encrypted: encrypted, devices: devices, rules: map[string]rules{}, closed: map[*device]bool{}}
	if encrypted {
		t.room = s.room(devices[0], devices[1:]...)
		for _, from := range devices {
			for _, to := range devices {
				from.knows(to)
			}
		}
		return t
	}
	var made struct {
		Room string `json:"room_id"`
	}
	devices[0].request("POST", "/_matrix/client/v3/createRoom", object{"preset": "public_chat"}, &made)
	t.room = made.Room
	for _, d := range devices[1:] {
		d.request("POST", "/_matrix/client/v3/join/"+url.PathEscape(t.room), object{}, nil)
	}
	return t
}

// leaves closes the client of a device, as a page that is closed.
func (t *talk) leaves(d *device) {
	t.s.check(d.Stop(t.s.ctx), d.name+" stops")
	t.away, t.closed[d] = d, true
}

func (t *talk) returns(d *device) { t.s.check(d.Start(t.s.ctx), d.name+" starts") }

func (t *talk) says(d *device, text string, in peer.Place) *said {
	event, err := d.Say(t.s.ctx, t.room, text, in)
	t.s.check(err, d.name+" says "+text)
	return t.add(&said{event: event, text: text, by: d, in: in})
}

func (t *talk) add(m *said) *said {
	m.reactions = map[string]map[string]bool{}
	t.said = append(t.said, m)
	t.tell(&news{event: m.event, by: m.by.user, thread: m.in.Thread, text: m.text, mentions: m.in.Mentions})
	return m
}

func (t *talk) edits(m *said, text string) edit { return t.editsFor(m, text, "") }

// editsFor brings the message to a user's notice, too.
func (t *talk) editsFor(m *said, text, mentions string) edit {
	event, err := m.by.Edit(t.s.ctx, t.room, m.event, text, mentions)
	t.s.check(err, m.by.name+" edits "+m.text)
	e := edit{event, text}
	m.edits = append(m.edits, e)
	t.tell(&news{event: event, by: m.by.user, thread: m.in.Thread, text: text, mentions: mentions, edit: true})
	return e
}

// unedits takes an edit back.
func (t *talk) unedits(m *said, e edit) {
	t.s.check(m.by.Redact(t.s.ctx, t.room, e.event), m.by.name+" takes back "+e.text)
	m.edits = slices.DeleteFunc(m.edits, func(other edit) bool { return other == e })
}

func (t *talk) redacts(m *said) {
	t.s.check(m.by.Redact(t.s.ctx, t.room, m.event), m.by.name+" redacts "+m.text)
	m.redacted = true
}

func (t *talk) reacts(d *device, m *said, key string) {
	t.s.check(d.React(t.s.ctx, t.room, m.event, key), d.name+" reacts to "+m.text)
	if m.reactions[key] == nil {
		m.reactions[key] = map[string]bool{}
	}
	m.reactions[key][d.user] = true
}

func (t *talk) unreacts(d *device, m *said, key string) {
	t.s.check(d.Unreact(t.s.ctx, t.room, m.event, key), d.name+" takes back a reaction to "+m.text)
	if delete(m.reactions[key], d.user); len(m.reactions[key]) == 0 {
		delete(m.reactions, key)
	}
}

func (t *talk) asks(d *device, question string, most int, answers ...string) *said {
	event, err := d.Ask(t.s.ctx, t.room, question, answers, most)
	t.s.check(err, d.name+" asks "+question)
	return t.add(&said{event: event, text: question, by: d, poll: &poll{answers: answers, most: most, votes: map[string][]string{}}})
}

// votes: what comes after the end counts for nothing.
func (t *talk) votes(d *device, m *said, answers ...string) {
	t.s.check(d.Vote(t.s.ctx, t.room, m.event, answers), d.name+" votes in "+m.text)
	if !m.poll.ended {
		m.poll.votes[d.user] = answers
	}
}

func (t *talk) ends(m *said) {
	t.s.check(m.by.EndPoll(t.s.ctx, t.room, m.event), m.by.name+" ends "+m.text)
	m.poll.ended = true
}

package main

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

// spaces are the scenarios in which clients show which room is in which (FEATURES A.3,
// 2-03).
var spaces = []scenario{
	{"spaces, what is in them", func(s *stage) { inside(s, false) }},
	{"spaces, after upgrades of a room and of a space", func(s *stage) { inside(s, true) }},
}

// inside: a house of 9 rooms with spaces in it, of which one is in two places. Each
// client is in all of the spaces, and in some of the rooms; both must show what the
// script put there.
func inside(s *stage, upgrades bool) {
	alice, bob := s.device(s.first, "alice"), s.device(s.second, "bob")
	h := &house{s: s, alice: alice}
	root := h.make("House", true)
	ground, attic := h.make("Ground floor", true), h.make("Attic", true)
	h.put(root, ground, "b", true)
	h.put(root, attic, "a", false)
	h.put(ground, attic, "", false) // two ways up
	for n := range 6 {
		room := h.make(fmt.Sprint("Room ", n), false)
		h.put([]string{root, ground, attic}[n%3], room, []string{"", "z", "a b"}[n/2], n == 3)
	}
	gone := h.make("Gone", false)
	h.put(root, gone, "", false)
	h.takeOut(root, gone)
	if upgrades {
		h.upgrade(h.edges[3].Room)
		ground = h.upgrade(ground)
	}
	for _, space := range []string{root, ground, attic} {
		s.check(bob.Request(s.ctx, "POST", "/_matrix/client/v3/join/"+url.PathEscape(space), object{}, nil), bob.name+" joins")
	}
	for _, d := range []*device{alice, bob} {
		d.sees(root, h.edges)
	}
}

// house notes what the script says is where.
type house struct {
	s     *stage
	alice *device
	edges []peer.Edge
	names map[string]string
}

func (h *house) make(name string, space bool) string {
	body := object{"name": name, "preset": "public_chat", "visibility": "private"}
	if space {
		body["creation_content"] = object{"type": "m.space"}
	}
	var answer struct {
		Room string `json:"room_id"`
	}
	h.s.check(h.alice.Request(h.s.ctx, "POST", "/_matrix/client/v3/createRoom", body, &answer), "make "+name)
	if h.names == nil {
		h.names = map[string]string{}
	}
	h.names[answer.Room] = name
	return answer.Room
}

func (h *house) put(space, room, order string, suggested bool) {
	content := object{"via": []string{"localhost"}}
	if order != "" {
		content["order"] = order
	}
	if suggested {
		content["suggested"] = true
	}
	h.say(space, room, content)
	h.edges = append(h.edges, peer.Edge{Space: space, Room: room, Name: h.names[room], Order: order, Suggested: suggested})
}

func (h *house) takeOut(space, room string) {
	h.say(space, room, object{})
	h.edges = slices.DeleteFunc(h.edges, func(e peer.Edge) bool { return e.Space == space && e.Room == room })
}

func (h *house) say(space, room string, content object) {
	path := "/_matrix/client/v3/rooms/" + url.PathEscape(space) + "/state/m.space.child/" + url.PathEscape(room)
	h.s.check(h.alice.Request(h.s.ctx, "PUT", path, content, nil), "put a room into a space")
}

// upgrade replaces a room, which must be where the old one was, with what was in it.
func (h *house) upgrade(old string) string {
	room, err := h.alice.Upgrade(h.s.ctx, old)
	h.s.check(err, h.alice.name+" upgrades "+h.names[old])
	h.names[room] = h.names[old]
	for i := range h.edges {
		if e := &h.edges[i]; e.Room == old {
			e.Room = room
		} else if e.Space == old {
			e.Space = room
		}
	}
	return room
}

// sees waits until the client shows these edges and no others.
func (d *device) sees(space string, want []peer.Edge) {
	want = sorted(want)
	var now []peer.Edge
	for range 100 {
		found, err := d.Inside(d.s.ctx, space)
		d.s.check(err, d.name+" looks into the space")
		if now = sorted(found); slices.Equal(now, want) {
			return
		}
		pause(d.s.ctx)
	}
	d.s.demand(false, "%s sees %+v, not %+v", d.name, now, want)
}

func sorted(edges []peer.Edge) []peer.Edge {
	edges = slices.Clone(edges)
	slices.SortFunc(edges, func(a, b peer.Edge) int { return cmp.Or(cmp.Compare(a.Space, b.Space), cmp.Compare(a.Room, b.Room)) })
	return edges
}

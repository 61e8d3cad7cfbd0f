// Package hierarchy is what is in a space: a tree of places, made of the pages that a
// server tells and of what the account knows itself (FEATURES 2-03, A.3).
//
// Its law: the same rooms and edges make the same tree, in whatever order, on whatever
// pages and however often they come. Edges come from the children that a space names,
// never from where in a page a room stands. Whatever a server tells, and however spaces
// stand in one another, a tree is bounded.
//
// It asks nobody anything: the client brings pages and what is known.
package hierarchy

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
)

const (
	// maxRooms is how many rooms a server can tell of. More are not taken in.
	maxRooms = 10_000
	// maxPlaces is how many places a tree has at most: in spaces that share their
	// children there are many more places than rooms.
	maxPlaces = 10_000
	// maxSteps is how many edges are looked at: one may lead to no place.
	maxSteps = 20 * maxPlaces
	// maxLevel is how deep a tree is at most.
	maxLevel = 32
)

// Tree is what is known of one space. It must not be used by two goroutines at once.
type Tree struct {
	root      event.RoomID
	suggested bool
	deepest   int
	rooms     map[event.RoomID]*room
	round     int
	ended     bool
	local     bool
	named     map[event.RoomID]bool
}

// room is what the server told of one, in the round of pages that it last did.
type room struct {
	outline  summary.Outline
	children map[event.RoomID]Child
	round    int
}

// Child is an edge from a space to a room, by servers that may know the room.
type Child struct {
	space.Child
	Via []string
}

// New returns a tree of which nothing is known. suggested leaves out what is not
// suggested; depth is how many levels of spaces to look into below the root, nil for
// all.
func New(root event.RoomID, suggested bool, depth *int) *Tree {
	t := &Tree{root: root, suggested: suggested, deepest: maxLevel, rooms: map[event.RoomID]*room{}, round: 1}
	if depth != nil {
		t.deepest = min(max(0, *depth)+1, maxLevel)
	}
	return t
}

// Begin says that the pages start anew. What the ones before told stays until End.
func (t *Tree) Begin() { t.round++ }

// Add takes in a page: an array of rooms, each with its children.
func (t *Tree) Add(page scan.Value) {
	for raw := range page.Items() {
		if o, ok := summary.ReadOutline(raw); ok && isRoom(o.Room.ID) {
			t.add(o, raw.Get("children_state"))
		}
	}
}

func (t *Tree) add(o summary.Outline, children scan.Value) {
	r := t.rooms[o.Room.ID]
	if r == nil && len(t.rooms) >= maxRooms {
		return
	}
	if r == nil || r.round != t.round {
		r = &room{children: map[event.RoomID]Child{}, round: t.round}
		t.rooms[o.Room.ID] = r
	}
	r.outline = o
	for raw := range children.Items() {
		if c, ok := ReadChild(raw); ok && len(r.children) < maxRooms {
			// A room that comes again may bring fewer edges, where that breaks a loop.
			if old, known := r.children[c.ID]; !known || c.TS >= old.TS {
				r.children[c.ID] = c
			}
		}
	}
}

// End says that the page before was the last one. What this round of pages did not
// tell of is gone.
func (t *Tree) End() {
	for id, r := range t.rooms {
		if r.round != t.round {
			delete(t.rooms, id)
		}
	}
	t.ended = true
}

// EndLocal says that the server tells nothing: what the account knows is all.
func (t *Tree) EndLocal() { t.ended, t.local = true, true }

// Names reports whether the last Places could have been others if the room were
// another.
func (t *Tree) Names(id event.RoomID) bool { return t.named[id] }

// ReadChild reads an m.space.child event, whole or stripped, and reports whether it
// makes a room a child.
func ReadChild(raw scan.Value) (Child, bool) {
	var f [4]scan.Value
	raw.Fields([]string{"type", "state_key", "content", "origin_server_ts"}, f[:])
	id := event.RoomID(f[1].Text())
	if f[0].Text() != event.SpaceChild || !isRoom(id) {
		return Child{}, false
	}
	edge, ok := space.ReadChild(f[2])
	if !ok {
		return Child{}, false
	}
	return Child{space.Child{ID: id, Order: edge.Order, TS: max(0, f[3].Int()), Suggested: edge.Suggested}, edge.Via}, true
}

// isRoom reports whether an id may be a room's. Keys of places rely on there being no
// control characters in one.
func isRoom(id event.RoomID) bool {
	if !id.Valid() {
		return false
	}
	for i := range len(id) {
		if id[i] < ' ' {
			return false
		}
	}
	return true
}

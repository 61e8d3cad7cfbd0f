package space

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Space is a joined space in the list of all. Level is how deep it is; 0 is a root.
type Space struct {
	ID    event.RoomID
	Level int
}

// Entry is a room that a space shows.
type Entry struct {
	// Room is the one to show: the child, or the successor that the user has joined.
	Room event.RoomID
	// Child is what the space says; of a room that is only claimed, its id.
	Child
	// Claimed says that the space does not name the room: the room names the space, on
	// the word of somebody who may add it.
	Claimed bool
}

// Spaces returns all joined spaces, each once: each root, and what is below it depth
// first. The caller must not change the list.
func (g *Graph) Spaces() []Space {
	g.settle()
	return g.order
}

// Children returns what a space shows: its children in their order, then by their ids
// rooms that only claim to be some. Each room is in it once.
func (g *Graph) Children(id event.RoomID) []Entry {
	g.settle()
	r := g.rooms[id]
	if r == nil {
		return nil
	}
	entries := make([]Entry, len(r.shows()))
	for i, l := range r.shows() {
		entries[i] = Entry{l.room.id, l.link.Child, l.link.claimed}
	}
	return entries
}

// Subspaces returns the joined spaces that a space shows, in their order.
func (g *Graph) Subspaces(id event.RoomID) []event.RoomID {
	g.settle()
	r := g.rooms[id]
	if r == nil {
		return nil
	}
	var spaces []event.RoomID
	for _, l := range r.shows() {
		if l.room.open() {
			spaces = append(spaces, l.room.id)
		}
	}
	return spaces
}

// Parents returns the spaces that show a room, by their ids.
func (g *Graph) Parents(id event.RoomID) []event.RoomID {
	g.settle()
	r := g.rooms[id]
	if r == nil {
		return nil
	}
	return sorted(slices.Clone(r.parents))
}

// Canonical returns a room's canonical parent: of those that it rightly claims to be
// so, the lowest id (spec: m.space.parent relationships).
func (g *Graph) Canonical(id event.RoomID) (parent event.RoomID, ok bool) {
	r := g.rooms[id]
	if r == nil {
		return "", false
	}
	for i := range r.claims {
		c := &r.claims[i]
		if c.canonical && r.holds(c) && (!ok || c.parent.id < parent) {
			parent, ok = c.parent.id, true
		}
	}
	return parent, ok
}

// Below returns every other room that can be reached from a space, each once, depth
// first. Some are not joined.
func (g *Graph) Below(id event.RoomID) []event.RoomID {
	g.settle()
	s := g.rooms[id]
	if s == nil {
		return nil
	}
	g.walks++
	return idsOf(g.dive(nil, s, false)[1:])
}

// Above returns every other joined space from which a room can be reached, by their
// ids.
func (g *Graph) Above(id event.RoomID) []event.RoomID {
	g.settle()
	r := g.rooms[id]
	if r == nil {
		return nil
	}
	return sorted(g.above(r))
}

// Sum returns what is unread below a space: every joined room counts once, and spaces
// do not.
func (g *Graph) Sum(id event.RoomID) Count {
	g.settle()
	r := g.rooms[id]
	if r == nil || r.place == nil {
		return Count{}
	}
	return r.sum
}

// above lists the spaces above a room, in no order, without the room.
//
//go:noinline
func (g *Graph) above(r *room) []*room {
	g.walks++
	r.seen = g.walks
	var above []*room
	for next := -1; next < len(above); next++ {
		if next >= 0 {
			r = above[next]
		}
		for _, p := range r.parents {
			if p.seen != g.walks {
				p.seen = g.walks
				above = with(above, p)
			}
		}
	}
	return above
}

func sorted(rooms []*room) []event.RoomID {
	slices.SortFunc(rooms, compareRooms)
	return idsOf(rooms)
}

func idsOf(rooms []*room) []event.RoomID {
	ids := make([]event.RoomID, len(rooms))
	for i, r := range rooms {
		ids[i] = r.id
	}
	return ids
}

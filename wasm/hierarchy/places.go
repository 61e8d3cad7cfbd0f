package hierarchy

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Known is what the account knows itself.
type Known interface {
	// Room returns a room, nil if the account has none of that id.
	Room(id event.RoomID) *table.Room
	// Children returns the m.space.child of a space that the user is in; false where
	// they are not at hand.
	Children(id event.RoomID) (map[event.RoomID]Child, bool)
}

// Places returns all places below the root, depth first, each space's children in
// their order. A space in itself, however far down, has none there.
//
// A room that nothing is known of has no place until the pages have ended; then it is
// hidden, if it was for the server to tell of it.
func (t *Tree) Places(known Known) []api.SpaceRoom {
	t.named = map[event.RoomID]bool{t.root: true}
	w := &walk{tree: t, known: known, path: map[event.RoomID]bool{}, lists: map[event.RoomID][]Child{}}
	w.below(t.root, "", 1)
	return w.places
}

type walk struct {
	tree   *Tree
	known  Known
	path   map[event.RoomID]bool // the spaces on the way here
	lists  map[event.RoomID][]Child
	places []api.SpaceRoom
	steps  int
}

// below adds what is in a space. It goes no deeper than maxLevel.
func (w *walk) below(parent event.RoomID, key string, level int) {
	w.path[parent] = true
	for _, c := range w.children(parent) {
		if w.steps++; w.steps > maxSteps || len(w.places) == maxPlaces {
			return
		}
		place, ok := w.place(parent, c)
		if !ok || w.path[c.ID] {
			continue
		}
		place.Key, place.Level = key+string(c.ID), level
		isSpace := place.Room.Type == event.Space
		if isSpace {
			place.Children = len(w.children(c.ID))
		}
		w.places = append(w.places, place)
		if isSpace && level < w.tree.deepest {
			w.below(c.ID, place.Key+"\n", level+1)
		}
	}
	delete(w.path, parent)
}

// children returns what a space names, in order. Of one that the user is in, its own
// state is newer than what the server told.
func (w *walk) children(id event.RoomID) []Child {
	list, listed := w.lists[id]
	if !listed {
		list = w.list(id)
		w.lists[id] = list
	}
	return list
}

func (w *walk) list(id event.RoomID) []Child {
	var all map[event.RoomID]Child
	if r := w.tree.rooms[id]; r != nil {
		all = r.children
	}
	if w.isJoined(id) {
		if own, ok := w.known.Children(id); ok {
			all = own
		}
	}
	list := make([]Child, 0, len(all))
	for _, c := range all {
		if c.ID != id && (c.Suggested || !w.tree.suggested) {
			list = append(list, c)
		}
	}
	order.Sort(list, func(a, b Child) int { return space.Compare(&a.Child, &b.Child) })
	return w.replace(id, list)
}

// replace puts what replaced a child in its place, where the user is in it. No room is in
// a space twice for that, nor the space itself.
func (w *walk) replace(id event.RoomID, list []Child) []Child {
	shown := map[event.RoomID]bool{id: true}
	kept := list[:0]
	for _, c := range list {
		if r := w.look(c.ID); r != nil {
			c.ID = summary.StandIn(r, w.look).ID
		}
		if !shown[c.ID] {
			shown[c.ID] = true
			kept = append(kept, c)
		}
	}
	return kept
}

// look is Known's Room, of a room on which the places depend.
func (w *walk) look(id event.RoomID) *table.Room {
	w.tree.named[id] = true
	return w.known.Room(id)
}

func (w *walk) isJoined(id event.RoomID) bool {
	r := w.known.Room(id)
	return r != nil && r.Membership == event.Join
}

// place makes a room's place in a space, and reports whether it has one by now.
func (w *walk) place(parent event.RoomID, c Child) (api.SpaceRoom, bool) {
	place := api.SpaceRoom{Parent: parent, Suggested: c.Suggested, Order: c.Order}
	o, ok := w.outline(c.ID)
	if !ok {
		ok = w.tree.ended && (w.tree.local || w.told(parent, c.ID))
		place.Hidden, o.Room.ID = true, c.ID
	}
	o.AddVia(c.Via...)
	place.Room = o.Show(w.isJoined)
	for _, id := range place.Room.Entry.Through {
		w.tree.named[id] = true
	}
	return place, ok
}

func (w *walk) outline(id event.RoomID) (summary.Outline, bool) {
	own := w.known.Room(id)
	if told := w.tree.rooms[id]; told != nil {
		o := told.outline
		o.Merge(own)
		return o, true
	}
	if own == nil || own.Membership == event.Leave || own.Membership == event.Ban {
		return summary.Outline{}, false
	}
	return summary.Stored(own), true
}

// told reports whether the server itself names a child: one that the user's own state
// has since then was not for it to tell of.
func (w *walk) told(parent, id event.RoomID) bool {
	r := w.tree.rooms[parent]
	if r == nil {
		return false
	}
	_, ok := r.children[id]
	return ok
}

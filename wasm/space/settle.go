package space

import "github.com/alcove-chat/alcove/wasm/event"

// Change is what may be another since it was last asked for.
type Change struct {
	// Spaces are those whose Children, Below or Sum may be, in no order.
	Spaces []event.RoomID
	// Arranged says that Spaces is.
	Arranged bool
}

// Changed returns what changed since it was called before.
func (g *Graph) Changed() Change {
	g.settle()
	change := Change{idsOf(g.noted), g.moved}
	for _, r := range g.noted {
		r.noted = false
	}
	g.noted, g.moved = g.noted[:0], false
	return change
}

// settle works out what everything means that was said since the last time. A list
// changes what can be seen from its space and from those above it, which are the same
// before and after: to make one list after the other misses none.
func (g *Graph) settle() {
	var altered []*room
	arrange := false
	for _, r := range g.stale {
		relisted := g.relist(r)
		if relisted || r.turned {
			arrange = true
			altered = alter(altered, r, relisted)
		}
		r.stale, r.turned = false, false
	}
	clear(g.stale)
	g.stale = g.stale[:0]
	if arrange {
		g.arrange()
		g.addUp(altered)
	}
	for _, r := range altered {
		r.altered = false
		g.note(r)
	}
}

// alter adds all spaces above a room, and the room if itself, to those that are
// altered. Whatever is above an altered one is altered too, always.
func alter(altered []*room, r *room, itself bool) []*room {
	next := len(altered)
	if itself {
		altered = alterOne(altered, r)
	} else {
		altered = alterAll(altered, r.parents)
	}
	for ; next < len(altered); next++ {
		altered = alterAll(altered, altered[next].parents)
	}
	return altered
}

func alterAll(altered, rooms []*room) []*room {
	for _, r := range rooms {
		altered = alterOne(altered, r)
	}
	return altered
}

//go:noinline
func alterOne(altered []*room, r *room) []*room {
	if r.altered {
		return altered
	}
	r.altered = true
	return with(altered, r)
}

//go:noinline
func (g *Graph) note(r *room) {
	if !r.noted {
		r.noted = true
		g.noted = with(g.noted, r)
	}
}

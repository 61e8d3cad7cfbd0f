package space

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Graph is the rooms of one user. It takes changes as they come, and works out what
// they mean when it is asked.
type Graph struct {
	rooms  map[event.RoomID]*room
	spaces []*room // all that are open, as arranged, and what came and went since
	upward []*room // the open ones, as circles lists them
	order  []Space // the same as spaces, for who asks
	stale  []*room // what has to be looked at again
	noted  []*room // for Changed
	moved  bool    // for Changed
	walks  int
	stack  []step
	claims []claim // of the room that is replaced, as they were
	fresh  []room  // not used yet
	// Through is the head whose rest was all seen by the last walk of addUp.
	through *room
}

// block is how many rooms are made at a time.
const block = 32

// New returns a graph of no rooms, with space for so many.
func New(rooms int) *Graph { return &Graph{rooms: make(map[event.RoomID]*room, rooms)} }

// Put says what is known of a room, instead of what was said before.
func (g *Graph) Put(n Node) {
	r := g.at(n.ID)
	turned := r.space != n.Space || r.joined != n.Joined || n.Space && r.order != n.Order
	if n.Space && r.place == nil {
		r.place = &place{}
	}
	g.replace(r, n)
	r.known, r.turned = true, r.turned || turned
	g.recount(r, n.Count)
	if r.open() && !r.held {
		r.held = true
		g.spaces = with(g.spaces, r)
	}
}

// Remove forgets a room and its count. What others say of it stays.
func (g *Graph) Remove(id event.RoomID) {
	r := g.rooms[id]
	if r == nil || !r.known {
		return
	}
	g.replace(r, Node{ID: id})
	r.known, r.turned, r.count = false, true, Count{}
	g.release(r)
}

// replace puts all that a node says in the place of what it said before.
func (g *Graph) replace(r *room, n Node) {
	g.disturb(r)
	links, successor := r.names(), r.successor
	g.claims = append(g.claims[:0], r.claims...)
	r.unlink()
	r.space, r.joined = n.Space, n.Joined
	if r.place != nil {
		r.order, r.anyone, r.keepers = n.Order, n.Anyone, slices.Clone(n.Keepers)
		g.list(r, n.Children)
	}
	g.link(r, n)
	g.disturb(r)
	for _, l := range links {
		g.release(l.to)
	}
	for i := range g.claims {
		g.release(g.claims[i].parent)
	}
	clear(g.claims)
	if successor != nil {
		g.release(successor)
	}
}

func (g *Graph) list(r *room, children []Child) {
	r.links = make([]*link, 0, len(children))
	links := make([]link, len(children))
	for i, c := range children {
		if isRoom(c.ID) {
			l := &links[i]
			l.Child, l.to = c, g.at(c.ID)
			l.to.listers = with(l.to.listers, r)
			r.links = append(r.links, l)
		}
	}
	slices.SortFunc(r.links, func(a, b *link) int { return Compare(&a.Child, &b.Child) })
}

func (g *Graph) link(r *room, n Node) {
	clear(r.claims)
	r.claims = r.claims[:0]
	for _, c := range n.Claims {
		parent := g.at(c.Parent)
		parent.claimants = with(parent.claimants, r)
		r.claims = append(r.claims, claim{parent, c.Sender, c.Canonical})
	}
	if r.successor = nil; n.Successor != "" {
		r.successor = g.at(n.Successor)
		r.successor.predecessors = with(r.successor.predecessors, r)
	}
}

// isRoom reports whether a state key is a room id. Those of room version 12 have no
// colon.
func isRoom(id event.RoomID) bool { return len(id) > 1 && id[0] == '!' }

func (r *room) unlink() {
	for _, l := range r.names() {
		l.to.listers = without(l.to.listers, r)
	}
	for i := range r.claims {
		r.claims[i].parent.claimants = without(r.claims[i].parent.claimants, r)
	}
	if r.successor != nil {
		r.successor.predecessors = without(r.successor.predecessors, r)
	}
}

// release lets go of a room that is not known and that nothing names any more.
//
//go:noinline
func (g *Graph) release(r *room) {
	if !r.known && len(r.listers)+len(r.claimants)+len(r.predecessors) == 0 {
		delete(g.rooms, r.id)
	}
}

//go:noinline
func (g *Graph) at(id event.RoomID) *room {
	r := g.rooms[id]
	if r == nil {
		if len(g.fresh) == 0 {
			g.fresh = make([]room, block)
		}
		r, g.fresh = &g.fresh[0], g.fresh[1:]
		r.id, r.claims = id, r.claim[:0]
		r.listers, r.claimants, r.parents = r.single[0:0:1], r.single[1:1:2], r.single[2:2:3]
		g.rooms[id] = r
	}
	return r
}

// with and without are made once: for each place that they are written out at, the
// program grows by what they do.
//
//go:noinline
func with(list []*room, r *room) []*room { return append(list, r) }

// without takes one r out of a list that has no order.
//
//go:noinline
func without(list []*room, r *room) []*room {
	i, last := slices.Index(list, r), len(list)-1
	list[i], list[last] = list[last], nil
	return list[:last]
}

package space_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
)

// world is everything that was said, and the oracle: what it answers it finds by
// trying all there is, each time.
type world struct {
	nodes  map[event.RoomID]space.Node
	counts map[event.RoomID]space.Count
}

func newWorld() *world {
	return &world{map[event.RoomID]space.Node{}, map[event.RoomID]space.Count{}}
}

func (w *world) open(id event.RoomID) bool { return w.nodes[id].Space && w.nodes[id].Joined }

// ids are all that may be asked for.
func (w *world) ids() []event.RoomID {
	all := map[event.RoomID]bool{}
	for id, n := range w.nodes {
		all[id], all[n.Successor] = true, true
		for _, c := range n.Children {
			all[c.ID] = true
		}
		for _, c := range n.Claims {
			all[c.Parent] = true
		}
	}
	var ids []event.RoomID
	for id := range all {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (w *world) latest(id event.RoomID) event.RoomID {
	last := id
	for next, n := w.nodes[id].Successor, 0; next != ""; next, n = w.nodes[next].Successor, n+1 {
		if n == 64 {
			return id
		}
		if w.nodes[next].Joined {
			last = next
		}
	}
	return last
}

func (w *world) names(parent, child event.RoomID) bool {
	return slices.ContainsFunc(w.nodes[parent].Children, func(c space.Child) bool { return c.ID == child })
}

func (w *world) holds(id event.RoomID, c space.Claim) bool {
	p := w.nodes[c.Parent]
	may := p.Anyone || slices.Contains(p.Keepers, c.Sender)
	return w.nodes[id].Joined && id != c.Parent && w.open(c.Parent) && (w.names(c.Parent, id) || may)
}

func (w *world) children(id event.RoomID) []space.Entry {
	entries := []space.Entry{}
	if !w.open(id) {
		return entries
	}
	add := func(child space.Child, claimed bool) {
		shown := w.latest(child.ID)
		known := slices.ContainsFunc(entries, func(e space.Entry) bool { return e.Room == shown })
		if child.ID[0] == '!' && child.ID != id && shown != id && !known {
			entries = append(entries, space.Entry{Room: shown, Child: child, Claimed: claimed})
		}
	}
	children := slices.Clone(w.nodes[id].Children)
	slices.SortFunc(children, func(a, b space.Child) int {
		if a.Order != b.Order {
			return strings.Compare(cmp.Or(a.Order, "\x7f"), cmp.Or(b.Order, "\x7f"))
		}
		return cmp.Or(int(a.TS-b.TS), strings.Compare(string(a.ID), string(b.ID)))
	})
	for _, c := range children {
		add(c, false)
	}
	for _, other := range w.ids() {
		for _, c := range w.nodes[other].Claims {
			if c.Parent == id && w.holds(other, c) && !w.names(id, other) {
				add(space.Child{ID: other}, true)
			}
		}
	}
	return entries
}

func (w *world) canonical(id event.RoomID) (found event.RoomID) {
	for _, c := range w.nodes[id].Claims {
		if c.Canonical && w.holds(id, c) && (found == "" || c.Parent < found) {
			found = c.Parent
		}
	}
	return found
}

// truth is every answer there is.
type truth struct {
	spaces    []space.Space
	children  map[event.RoomID][]space.Entry
	parents   map[event.RoomID][]event.RoomID
	below     map[event.RoomID][]event.RoomID
	above     map[event.RoomID][]event.RoomID
	sum       map[event.RoomID]space.Count
	canonical map[event.RoomID]event.RoomID
}

func (w *world) truth(ids []event.RoomID) *truth {
	t := &truth{
		children: map[event.RoomID][]space.Entry{}, parents: map[event.RoomID][]event.RoomID{},
		below: map[event.RoomID][]event.RoomID{}, above: map[event.RoomID][]event.RoomID{},
		sum: map[event.RoomID]space.Count{}, canonical: map[event.RoomID]event.RoomID{},
	}
	for _, id := range ids {
		t.children[id] = w.children(id)
		t.canonical[id] = w.canonical(id)
		for _, e := range t.children[id] {
			t.parents[e.Room] = append(t.parents[e.Room], id)
		}
	}
	for _, id := range ids {
		t.dive(id, map[event.RoomID]bool{id: true}, func(room event.RoomID) {
			t.below[id] = append(t.below[id], room)
			t.above[room] = append(t.above[room], id)
			if n := w.nodes[room]; n.Joined && !n.Space {
				sum, count := t.sum[id], w.counts[room]
				t.sum[id] = space.Count{Rooms: sum.Rooms + count.Rooms, Unread: sum.Unread + count.Unread, Highlights: sum.Highlights + count.Highlights}
			}
		})
	}
	t.arrange(w, ids)
	return t
}

// subspaces are the joined spaces among the children, which the list of spaces holds.
func (t *truth) subspaces(id event.RoomID) (found []event.RoomID) {
	for _, e := range t.children[id] {
		if slices.ContainsFunc(t.spaces, func(s space.Space) bool { return s.ID == e.Room }) {
			found = append(found, e.Room)
		}
	}
	return found
}

func (t *truth) dive(id event.RoomID, seen map[event.RoomID]bool, visit func(event.RoomID)) {
	for _, e := range t.children[id] {
		if !seen[e.Room] {
			seen[e.Room] = true
			visit(e.Room)
			t.dive(e.Room, seen, visit)
		}
	}
}

// arrange finds the roots by their definition: of all spaces that reach one another
// and that nothing else reaches, the lowest id.
func (t *truth) arrange(w *world, ids []event.RoomID) {
	var roots []event.RoomID
	for _, id := range ids {
		lowest := w.open(id)
		for _, up := range t.above[id] {
			lowest = lowest && slices.Contains(t.below[id], up) && id < up
		}
		if lowest {
			roots = append(roots, id)
		}
	}
	slices.SortFunc(roots, func(a, b event.RoomID) int {
		x, y := cmp.Or(w.nodes[a].Order, "\x7f"), cmp.Or(w.nodes[b].Order, "\x7f")
		return cmp.Or(strings.Compare(x, y), strings.Compare(string(a), string(b)))
	})
	seen := map[event.RoomID]bool{}
	var place func(id event.RoomID, level int)
	place = func(id event.RoomID, level int) {
		if seen[id] || !w.open(id) {
			return
		}
		seen[id] = true
		t.spaces = append(t.spaces, space.Space{ID: id, Level: level})
		for _, e := range t.children[id] {
			place(e.Room, level+1)
		}
	}
	for _, id := range roots {
		place(id, 0)
	}
}

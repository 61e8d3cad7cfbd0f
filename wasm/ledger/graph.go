package ledger

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Graph lets see look at the graph of spaces as it is now; see must not keep it, nor
// use the ledger. It is made when it is asked for first, and kept true from then on.
func (l *Ledger) Graph(see func(*space.Graph)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.graph == nil {
		l.graph = space.New(len(l.rooms))
		for _, room := range l.rooms {
			l.putNode(room)
		}
		l.graph.Changed() // nobody knew anything else
	}
	see(l.graph)
}

// putNode tells the graph of a room. The caller holds the lock.
func (l *Ledger) putNode(room *table.Room) {
	n := space.Node{
		ID: room.ID, Space: room.Type == event.Space, Joined: room.Membership == event.Join,
		Order: room.SpaceOrder, Claims: room.Claims, Count: countOf(room),
	}
	if next := l.rooms[room.Successor]; next != nil && next.Predecessor == room.ID {
		n.Successor = next.ID // both say so (FEATURES D-22)
	}
	if s := l.spaces[room.ID]; s != nil {
		n.Children = s.Children
		n.Keepers, n.Anyone = summary.Keepers(s, room.Version)
	}
	l.graph.Put(n)
}

func countOf(room *table.Room) space.Count {
	return space.Count{Rooms: 1, Unread: room.Unread, Highlights: room.Highlights}
}

// changeGraph tells the graph what a turn changes. The caller holds the lock; old are
// the rooms as they were.
func (l *Ledger) changeGraph(t *Turn, old map[event.RoomID]*table.Room) {
	if l.graph == nil {
		return
	}
	for id, room := range t.rooms {
		was := old[id]
		switch {
		case room == nil:
			l.graph.Remove(id)
		case was == nil || t.spaces[id] != nil || !sameNode(was, room):
			l.putNode(room)
		default:
			l.graph.Count(id, countOf(room))
			continue
		}
		for _, r := range []*table.Room{was, room} {
			if r != nil && l.rooms[r.Predecessor] != nil {
				l.putNode(l.rooms[r.Predecessor])
			}
		}
	}
	t.change.Spaces = l.graph.Changed()
}

func sameNode(a, b *table.Room) bool {
	return a.Type == b.Type && a.Membership == b.Membership && a.SpaceOrder == b.SpaceOrder && a.Version == b.Version &&
		a.Successor == b.Successor && a.Predecessor == b.Predecessor && slices.Equal(a.Claims, b.Claims)
}

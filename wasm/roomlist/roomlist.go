// Package roomlist keeps live lists of the account's rooms, sorted and
// filtered.
//
// Its law: a change to one room costs a search and a move in the list, not a
// new list.
//
// It does not compute names or previews (summary) and changes nothing.
package roomlist

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/view"
)

// List is one live list of rooms. It is an api.Stream. Use Open.
type List struct {
	ledger *ledger.Ledger
	stop   func()
	list   *view.List[api.Room]
	sub    *view.Sub[api.Room]
	less   func(a, b *api.Room) bool

	mu     sync.Mutex
	filter filter
	rooms  map[event.RoomID]*entry
	// below are the rooms of the filter's space.
	below map[event.RoomID]bool
}

// entry is a room as lists show it, which costs too much to make it anew for each
// letter of a filter: names do.
type entry struct {
	of    *table.Room // never changed: another one takes its place
	room  *api.Room
	shown bool // in this list
}

// Open opens a live list.
func Open(ctx context.Context, l *ledger.Ledger, p api.RoomListParams) (*List, error) {
	v := &List{
		ledger: l, filter: newFilter(p.Filter), less: order(p.Sort),
		rooms: map[event.RoomID]*entry{},
		list:  view.NewList(func(r *api.Room) string { return r.Key }, (*api.Room).Equal),
	}
	stop, err := l.Watch(ctx, func(context.Context) error {
		v.rebuild()
		return nil
	}, v.apply)
	if err != nil {
		return nil, err
	}
	v.stop = stop
	v.sub = v.list.Subscribe(view.Window{First: p.Window})
	return v, nil
}

// Next waits for changes.
func (v *List) Next(ctx context.Context) (api.ListUpdate[api.Room], error) { return v.sub.Next(ctx) }

// Close ends the list.
func (v *List) Close() {
	v.stop()
	v.sub.Close()
	v.list.Close()
}

// Change gives the list another filter or window.
func (v *List) Change(p api.RoomListChangeParams) {
	if p.Window != nil {
		v.sub.SetWindow(view.Window{First: *p.Window})
	}
	if p.Filter != nil {
		v.mu.Lock()
		v.filter = newFilter(*p.Filter)
		v.mu.Unlock()
		v.rebuild()
	}
}

// rebuild sorts and filters all rooms anew.
func (v *List) rebuild() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lookBelow()
	all := v.ledger.Rooms()
	known := v.rooms
	v.rooms = make(map[event.RoomID]*entry, len(all))
	rooms := make([]*api.Room, 0, len(all))
	for _, r := range all {
		if e := v.enter(known[r.ID], r); e != nil && e.shown {
			rooms = append(rooms, e.room)
		}
	}
	sortRooms(rooms, v.less)
	v.list.Edit(func(tx *view.Tx[api.Room]) { tx.Replace(values(rooms)) })
}

func values(rooms []*api.Room) []api.Room {
	out := make([]api.Room, len(rooms))
	for i, room := range rooms {
		out[i] = *room
	}
	return out
}

// enter notes a room, of which known may be what was noted before. It returns
// nil where the room is not for this list, whatever it is called.
func (v *List) enter(known *entry, r *table.Room) *entry {
	if !v.filter.mayPass(r) || v.filter.Space != "" && !v.below[r.ID] || v.filter.hides(v.ledger, r) {
		delete(v.rooms, r.ID)
		return nil
	}
	e := &entry{of: r}
	if known != nil && known.of == r {
		e.room = known.room
	} else {
		room := summary.Listed(r)
		e.room = &room
	}
	e.shown = v.filter.passes(e.room)
	v.rooms[r.ID] = e
	return e
}

// many is how many rooms of one change are cheaper to sort anew.
const many = 200

// apply runs in a turn.
func (v *List) apply(c *ledger.Change) {
	if len(c.Rooms) > many || v.moved(c) || removes(c) {
		v.rebuild()
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.list.Edit(func(tx *view.Tx[api.Room]) {
		for id, change := range c.Rooms {
			v.move(tx, id, change.Room)
			v.moveReplaced(tx, change.Room)
		}
	})
}

// removes reports whether a room goes, which may have replaced others.
func removes(c *ledger.Change) bool {
	for _, change := range c.Rooms {
		if change.Room == nil {
			return true
		}
	}
	return false
}

// lookBelow finds the rooms of the filter's space.
func (v *List) lookBelow() {
	v.below = nil
	if v.filter.Space == "" {
		return
	}
	v.ledger.Graph(func(g *space.Graph) {
		ids := g.Below(v.filter.Space)
		v.below = make(map[event.RoomID]bool, len(ids))
		for _, id := range ids {
			v.below[id] = true
		}
	})
}

// moved reports whether other rooms than before may be in the filter's space. That
// something in it is unread does not make it so.
func (v *List) moved(c *ledger.Change) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.filter.Space == "" || !slices.Contains(c.Spaces.Spaces, v.filter.Space) {
		return false
	}
	before := v.below
	v.lookBelow()
	return !maps.Equal(before, v.below)
}

// move takes a room out of its old place and puts it where it belongs now.
func (v *List) move(tx *view.Tx[api.Room], id event.RoomID, r *table.Room) {
	before := v.rooms[id].here()
	if r == nil {
		delete(v.rooms, id)
	} else {
		v.enter(v.rooms[id], r)
	}
	now := v.rooms[id].here()
	if before != nil && now != nil && !v.less(before, now) && !v.less(now, before) {
		tx.Set(v.find(tx, before), *now)
		return
	}
	if before != nil {
		tx.Splice(v.find(tx, before), 1)
	}
	if now != nil {
		tx.Splice(v.find(tx, now), 0, *now)
	}
}

// here is the room where the list shows it, else nil.
func (e *entry) here() *api.Room {
	if e == nil || !e.shown {
		return nil
	}
	return e.room
}

// find returns where a room is, or where it belongs.
func (v *List) find(tx *view.Tx[api.Room], room *api.Room) int {
	low, high := 0, tx.Len()
	for low < high {
		mid := (low + high) / 2
		if v.less(tx.At(mid), room) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

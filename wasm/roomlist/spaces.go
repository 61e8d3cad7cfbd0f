package roomlist

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/view"
)

// Spaces is the live list of the user's spaces. It is an api.Stream. Use OpenSpaces.
type Spaces struct {
	ledger *ledger.Ledger
	stop   func()
	list   *view.List[api.Space]
	sub    *view.Sub[api.Space]
	places map[event.RoomID]int // only Watch's calls use it
}

// OpenSpaces opens the live list.
func OpenSpaces(ctx context.Context, l *ledger.Ledger) (*Spaces, error) {
	v := &Spaces{ledger: l, list: view.NewList(func(s *api.Space) string { return s.Key }, (*api.Space).Equal)}
	stop, err := l.Watch(ctx, func(context.Context) error {
		v.rebuild()
		return nil
	}, v.apply)
	if err != nil {
		return nil, err
	}
	v.stop = stop
	v.sub = v.list.Subscribe(view.Window{})
	return v, nil
}

// Next waits for changes.
func (v *Spaces) Next(ctx context.Context) (api.ListUpdate[api.Space], error) { return v.sub.Next(ctx) }

// Close ends the list.
func (v *Spaces) Close() {
	v.stop()
	v.sub.Close()
	v.list.Close()
}

func (v *Spaces) rebuild() {
	var items []api.Space
	v.ledger.Graph(func(g *space.Graph) {
		order := g.Spaces()
		items = make([]api.Space, len(order))
		for i := range order {
			items[i] = place(g, order[i])
		}
	})
	v.places = make(map[event.RoomID]int, len(items))
	for i := range items {
		v.places[items[i].ID] = i
		v.describe(&items[i])
	}
	v.list.Edit(func(tx *view.Tx[api.Space]) { tx.Replace(items) })
}

// place is what the graph knows of a space.
func place(g *space.Graph, s space.Space) api.Space {
	sum := g.Sum(s.ID)
	return api.Space{
		Key: string(s.ID), ID: s.ID, Level: s.Level, Spaces: g.Subspaces(s.ID), Parents: g.Parents(s.ID),
		Rooms: sum.Rooms, Unread: sum.Unread, Highlights: sum.Highlights,
	}
}

// describe adds what the room says of itself.
func (v *Spaces) describe(item *api.Space) {
	if room := v.ledger.Room(item.ID); room != nil {
		item.Room = summary.Listed(room)
	}
}

// apply runs in a turn.
func (v *Spaces) apply(c *ledger.Change) {
	if c.Spaces.Arranged {
		v.rebuild()
		return
	}
	var changed []int
	for _, id := range c.Spaces.Spaces {
		changed = v.add(changed, id)
	}
	for id := range c.Rooms {
		changed = v.add(changed, id)
	}
	if len(changed) > 0 {
		v.renew(changed)
	}
}

func (v *Spaces) add(changed []int, id event.RoomID) []int {
	if at, shown := v.places[id]; shown {
		changed = append(changed, at)
	}
	return changed
}

// renew makes some items anew, of which none moved.
func (v *Spaces) renew(places []int) {
	var items []api.Space
	v.ledger.Graph(func(g *space.Graph) {
		order := g.Spaces()
		for _, at := range places {
			items = append(items, place(g, order[at]))
		}
	})
	for i := range items {
		v.describe(&items[i])
	}
	v.list.Edit(func(tx *view.Tx[api.Space]) {
		for i, at := range places {
			tx.Set(at, items[i])
		}
	})
}

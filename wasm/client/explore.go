package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/hierarchy"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/view"
)

// defaultExplored is how many rooms are asked for at once where nobody says; servers
// send no more.
const defaultExplored = 50

// Explore implements api.Client.
func (c *Client) Explore(ctx context.Context, p api.ExploreParams) (api.Stream[api.ListUpdate[api.SpaceRoom]], error) {
	a, server, err := c.signedIn()
	if err != nil {
		return nil, err
	}
	if p.SpaceID == "" || p.View == "" {
		return nil, errBadParams
	}
	e := a.exploration(server, p)
	if e.watcher, err = a.watch(ctx, e.hears); err != nil {
		return nil, err
	}
	if err := e.open(ctx); err != nil {
		e.watcher.Close()
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.mayShow(a.explored[p.View] != nil); err != nil {
		e.watcher.Close()
		return nil, err
	}
	a.explored[p.View] = e
	e.start(func() {
		a.mu.Lock()
		delete(a.explored, p.View)
		a.mu.Unlock()
	})
	return e, nil
}

// ExploreMore implements api.Client.
func (c *Client) ExploreMore(ctx context.Context, p api.ExploreMoreParams) (api.Explored, error) {
	a, err := c.inhabited()
	if err != nil {
		return api.Explored{}, err
	}
	a.mu.Lock()
	e := a.explored[p.View]
	a.mu.Unlock()
	if e == nil {
		return api.Explored{}, errNoView
	}
	more, err := e.next(ctx)
	return api.Explored{More: more}, err
}

func (a *account) exploration(server *homeserver.Client, p api.ExploreParams) *exploration {
	ask := homeserver.HierarchyParams{Suggested: p.Suggested, Limit: p.Page}
	if ask.Limit <= 0 {
		ask.Limit = defaultExplored
	}
	if p.Depth != nil {
		below := max(0, *p.Depth) + 1 // the server counts the space itself
		ask.Depth = &below
	}
	return &exploration{
		account: a, server: server, space: p.SpaceID, ask: ask, more: true,
		list:   view.NewList(func(r *api.SpaceRoom) string { return r.Key }, (*api.SpaceRoom).Equal),
		asking: newTurn(), drawing: newTurn(),
		tree: hierarchy.New(p.SpaceID, p.Suggested, p.Depth), own: map[event.RoomID]children{},
		seen: map[event.RoomID]event.Membership{},
	}
}

// hears reports whether a change may be one of what is shown, and forgets what it
// makes untrue. It runs while the change is published, and does not wait.
func (e *exploration) hears(c *ledger.Change) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := false
	for id, r := range c.Rooms {
		if e.tree.Names(id) && (r.Room == nil || r.Room.Membership != e.seen[id] || len(r.State) > 0) {
			heard = true
			delete(e.own, id)
			e.changes++
		}
	}
	return heard
}

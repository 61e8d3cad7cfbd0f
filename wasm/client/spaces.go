package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/space"
)

// Spaces implements api.Client.
func (c *Client) Spaces(ctx context.Context) (api.Stream[api.ListUpdate[api.Space]], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	return roomlist.OpenSpaces(ctx, a.ledger)
}

// parents returns the user's spaces that a room is in.
func (a *account) parents(id event.RoomID) (all []api.ParentSpace) {
	a.ledger.Graph(func(g *space.Graph) {
		canonical, _ := g.Canonical(id)
		for _, parent := range g.Parents(id) {
			all = append(all, api.ParentSpace{ID: parent, Canonical: parent == canonical})
		}
	})
	return all
}

// movesSpaces reports whether a room may be in other spaces than before.
func movesSpaces(c *ledger.Change) bool {
	if c.Spaces.Arranged {
		return true
	}
	for _, change := range c.Rooms {
		if change.Space {
			return true
		}
	}
	return false
}

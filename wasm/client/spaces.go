package client

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/scan"
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

// MoveSpace implements api.Client.
func (c *Client) MoveSpace(ctx context.Context, p api.MoveSpaceParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	a.awaitFirstSync(ctx) // an earlier core may have moved it already
	roots := a.roots()
	if !hasRoot(roots, p.SpaceID) || p.Before != "" && !hasRoot(roots, p.Before) {
		return errNoRoom
	}
	for _, one := range space.Move(roots, p.SpaceID, p.Before) {
		var b scan.Builder
		if err := server.SetAccountData(ctx, a.ledger.Me(), one.ID, event.SpaceOrder, b.Text("order", one.Order).Done()); err != nil {
			return err
		}
		a.awaitRoom(ctx, one.ID, func(context.Context) bool {
			room := a.ledger.Room(one.ID)
			return room == nil || room.SpaceOrder == one.Order
		})
	}
	return nil
}

// roots returns the roots of the user's spaces, in their order, which is that of
// children who all came at one time.
func (a *account) roots() (roots []space.Child) {
	a.ledger.Graph(func(g *space.Graph) {
		for _, s := range g.Spaces() {
			if s.Level == 0 {
				roots = append(roots, space.Child{ID: s.ID})
			}
		}
	})
	for i := range roots {
		if room := a.ledger.Room(roots[i].ID); room != nil {
			roots[i].Order = room.SpaceOrder
		}
	}
	return roots
}

func hasRoot(roots []space.Child, id event.RoomID) bool {
	return slices.ContainsFunc(roots, func(c space.Child) bool { return c.ID == id })
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

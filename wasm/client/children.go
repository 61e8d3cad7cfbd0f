package client

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/hierarchy"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// keeps returns a space whose children the user may change.
func (a *account) keeps(ctx context.Context, id event.RoomID) (*table.Room, error) {
	room, err := a.joined(id)
	if err != nil {
		return nil, err
	}
	if room.Type != event.Space {
		return nil, errBadParams
	}
	may, err := a.maySet(ctx, room, event.SpaceChild)
	if err == nil && !may {
		err = errPower
	}
	return room, err
}

// maySet reports whether the user may set state of a type in a room.
func (a *account) maySet(ctx context.Context, room *table.Room, kind string) (bool, error) {
	state, err := a.ledger.ReadState(ctx, room, ledger.StateName{Type: event.RoomCreate}, ledger.StateName{Type: event.RoomPowerLevels})
	if err != nil {
		return false, err
	}
	return room.Membership == event.Join && summary.NewPower(room.Version, state[0], state[1]).CanSet(a.ledger.Me(), kind), nil
}

// SetSpaceChild implements api.Client.
func (c *Client) SetSpaceChild(ctx context.Context, p api.SetSpaceChildParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if !p.RoomID.Valid() || p.RoomID == p.SpaceID {
		return errBadParams
	}
	if _, err := a.keeps(ctx, p.SpaceID); err != nil {
		return err
	}
	if !p.Remove {
		via, err := a.via(ctx, p.RoomID)
		if err != nil {
			return err
		}
		return refused(setChild(ctx, server, p, via))
	}
	// Where a space names the room's predecessor it shows the room in its place.
	for _, id := range []event.RoomID{p.RoomID, a.predecessor(p.RoomID)} {
		if err := a.removeChild(ctx, server, p.SpaceID, id); err != nil {
			return refused(err)
		}
	}
	return nil
}

// setChild makes a room a child of a space, or changes how it stands there. Members
// that are not known here stay.
func setChild(ctx context.Context, server *homeserver.Client, p api.SetSpaceChildParams, via []string) error {
	return editState(ctx, server, p.SpaceID, event.SpaceChild, string(p.RoomID), func(now scan.Value) (scan.Value, error) {
		next := now
		if _, is := space.ReadPlace(now); !is {
			var b scan.Builder
			next = now.With("via", b.Texts("via", via).Done().Get("via"))
		}
		switch {
		case p.Suggested == nil:
		case *p.Suggested:
			next = next.With("suggested", scan.Value("true"))
		case next.Get("suggested") != nil:
			next = next.With("suggested", nil)
		}
		if same(now, next) {
			return nil, nil
		}
		return next, nil
	})
}

// removeChild takes a room out of a space, and the room's own claim to be in it,
// which would put it back wherever somebody who keeps the space made it.
func (a *account) removeChild(ctx context.Context, server *homeserver.Client, from, id event.RoomID) error {
	if id == "" {
		return nil
	}
	if err := clearState(ctx, server, from, event.SpaceChild, string(id)); err != nil {
		return err
	}
	room := a.ledger.Room(id)
	if room == nil {
		return nil
	}
	may, err := a.maySet(ctx, room, event.SpaceParent)
	if err != nil || !may {
		return err
	}
	return clearState(ctx, server, id, event.SpaceParent, string(from))
}

// clearState takes a piece of state back, where there is any.
func clearState(ctx context.Context, server *homeserver.Client, room event.RoomID, kind, key string) error {
	return editState(ctx, server, room, kind, key, func(now scan.Value) (scan.Value, error) {
		for range now.Members() {
			return scan.Value("{}"), nil
		}
		return nil, nil
	})
}

// via returns servers by which others can come into a room: the user's own, those
// that a link would name, and that of the room's id.
func (a *account) via(ctx context.Context, id event.RoomID) ([]string, error) {
	servers := []string{a.ledger.Me().Server()}
	if room := a.ledger.Room(id); room != nil {
		best, err := a.linkVia(ctx, room)
		if err != nil {
			return nil, err
		}
		servers = append(servers, best...)
	}
	var via []string
	for _, server := range append(servers, id.Server()) {
		if server != "" && !slices.Contains(via, server) {
			via = append(via, server)
		}
	}
	return via, nil
}

// predecessor returns the room that a room replaced, "" unless both say so.
func (a *account) predecessor(id event.RoomID) event.RoomID {
	room := a.ledger.Room(id)
	if room == nil || room.Membership != event.Join {
		return ""
	}
	before := a.ledger.Room(room.Predecessor)
	if before == nil || before.Successor != id {
		return ""
	}
	return before.ID
}

// MoveSpaceChild implements api.Client.
func (c *Client) MoveSpaceChild(ctx context.Context, p api.MoveSpaceChildParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if _, err := a.keeps(ctx, p.SpaceID); err != nil {
		return err
	}
	all, err := server.State(ctx, p.SpaceID)
	if err != nil {
		return err
	}
	children, contents := readChildren(all)
	named := func(id event.RoomID) event.RoomID {
		if before := a.predecessor(id); contents[id] == nil && before != "" {
			return before
		}
		return id
	}
	id, before := named(p.RoomID), named(p.Before)
	if contents[id] == nil || before != "" && contents[before] == nil {
		return errNoRoom
	}
	for _, one := range space.Move(children, id, before) {
		content := contents[one.ID].With("order", scan.Text(one.Order))
		if _, err := server.SendState(ctx, p.SpaceID, event.SpaceChild, string(one.ID), content); err != nil {
			return refused(err)
		}
	}
	return nil
}

// readChildren finds the children of a space in its state, in their order.
func readChildren(state scan.Value) (children []space.Child, contents map[event.RoomID]scan.Value) {
	contents = map[event.RoomID]scan.Value{}
	for raw := range state.Items() {
		if c, is := hierarchy.ReadChild(raw); is && contents[c.ID] == nil {
			contents[c.ID] = raw.Get("content")
			children = append(children, c.Child)
		}
	}
	order.Sort(children, func(a, b space.Child) int { return space.Compare(&a, &b) })
	return children, contents
}

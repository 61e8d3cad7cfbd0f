package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// RoomVia implements api.Client.
func (c *Client) RoomVia(ctx context.Context, p api.RoomParams) (api.Via, error) {
	a, err := c.inhabited()
	if err != nil {
		return api.Via{}, err
	}
	if a.ledger.Room(p.RoomID) == nil {
		return api.Via{}, errNoRoom
	}
	if err := a.needMembers(ctx, p.RoomID); err != nil && ctx.Err() != nil {
		return api.Via{}, err
	}
	room := a.ledger.Room(p.RoomID)
	if room == nil {
		return api.Via{}, errNoRoom
	}
	servers, err := a.linkVia(ctx, room)
	return api.Via{Servers: servers}, err
}

// linkVia picks servers by which others come into a room, of the members that are
// known.
func (a *account) linkVia(ctx context.Context, room *table.Room) ([]string, error) {
	members, err := a.ledger.ReadMembers(ctx, room)
	if err != nil {
		return nil, err
	}
	state, err := a.ledger.ReadState(ctx, room,
		ledger.StateName{Type: event.RoomCreate}, ledger.StateName{Type: event.RoomPowerLevels}, ledger.StateName{Type: event.RoomServerACL})
	if err != nil {
		return nil, err
	}
	power := summary.NewPower(room.Version, state[0], state[1])
	return summary.Via(power, state[0], state[2], members), nil
}

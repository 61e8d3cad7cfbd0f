package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// An upgrade is one request that cannot be taken back or made twice, and then many
// steps of which each finds out by itself whether it was done. So it may end anywhere
// and begin again: a room whose successor says so too is not replaced once more
// (FEATURES B-16, D-22, D-23).

// upgrade is a room that is being replaced.
type upgrade struct {
	*account
	server *homeserver.Client
	api.UpgradeRoomParams
	old   *table.Room
	state scan.Value // of the old room, as the server has it
	next  event.RoomID
	via   []string // to the new room
	now   api.RoomUpgrade
	tell  func(api.RoomUpgrade)
}

// UpgradeRoom implements api.Client.
func (c *Client) UpgradeRoom(_ context.Context, p api.UpgradeRoomParams) (api.Stream[api.RoomUpgrade], error) {
	a, server, err := c.signedIn()
	if err != nil {
		return nil, err
	}
	room, err := a.joined(p.RoomID)
	if err != nil {
		return nil, err
	}
	return begin(a, func(ctx context.Context, j *job[api.RoomUpgrade]) error {
		u := &upgrade{account: a, server: server, UpgradeRoomParams: p, old: room, tell: j.progress.Set}
		return refused(u.run(ctx))
	}), nil
}

func (u *upgrade) run(ctx context.Context) error {
	// One at a time: two that look for a successor at once find none.
	if err := u.upgrades.take(ctx); err != nil {
		return err
	}
	defer u.upgrades.end()
	if err := u.replace(ctx); err != nil {
		return err
	}
	u.await(ctx, u.next, event.Join)
	via, err := u.account.via(ctx, u.next)
	if err != nil {
		return err
	}
	u.via = via
	return u.carryOver(ctx)
}

// replace finds the room's successor, or makes one.
func (u *upgrade) replace(ctx context.Context) (err error) {
	if u.state, err = u.server.State(ctx, u.RoomID); err != nil {
		return err
	}
	if u.next, err = u.successor(ctx); u.next != "" || err != nil {
		return err
	}
	version, err := u.version(ctx)
	if err != nil {
		return err
	}
	if may, err := u.maySet(ctx, u.old, event.RoomTombstone); err != nil {
		return err
	} else if !may {
		return errPower
	}
	// Not of ctx: the server does it though nobody waits, and whoever comes next must
	// find that it did.
	u.next, err = u.server.Upgrade(u.ctx, u.RoomID, version, texts(u.Creators))
	return err
}

// successor returns the room that took this one's place, by both their words. Whoever
// may close a room may name any other; who names a room where the user is not, and
// which may say so too, leaves it to them to go there first.
func (u *upgrade) successor(ctx context.Context) (event.RoomID, error) {
	for raw := range u.state.Items() {
		if raw.Get("type").Text() != event.RoomTombstone || raw.Get("state_key").Text() != "" {
			continue
		}
		named := summary.Replacement(u.RoomID, raw)
		if named == nil {
			return "", nil
		}
		create, err := u.server.StateContent(ctx, named.ID, event.RoomCreate, "")
		switch {
		case errors.Is(err, homeserver.ErrForbidden), errors.Is(err, homeserver.ErrNotFound):
			return "", errNoRoom
		case err != nil:
			return "", err
		case create.Path("predecessor", "room_id").Text() == string(u.RoomID):
			return named.ID, nil
		}
	}
	return "", nil
}

// version is the one that the new room gets.
func (u *upgrade) version(ctx context.Context) (string, error) {
	d := draft{CreateRoomParams: api.CreateRoomParams{Version: u.Version, Creators: u.Creators}}
	err := d.settleVersion(ctx, u.server)
	return d.made, err
}

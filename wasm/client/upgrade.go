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
// (FEATURES B-16, D-22, D-23). Of two devices that make one each, whose is named in the
// tombstone at last goes on with it, and so does the other.

// upgrade is a room that is being replaced.
type upgrade struct {
	*account
	server *homeserver.Client
	api.UpgradeRoomParams
	old   *table.Room
	state scan.Value // of the old room, as the server has it
	next  event.RoomID
	made  event.RoomID // what this core made, "" where others did
	last  uint32       // of the rooms that were known before
	via   []string     // to the new room
	edges []edge       // found so far
	now   api.RoomUpgrade
	tell  func(api.RoomUpgrade)
}

// edge is what a room says of the old one: that it is in it, or it in that.
type edge struct {
	of   *table.Room
	kind string
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
	for {
		now := u.next
		if err := u.carryOver(ctx); err != nil {
			return err
		}
		if now == u.made {
			if err := u.settle(ctx, nil); err != nil {
				return err
			}
		}
		if now == u.next {
			delete(u.replaced, u.RoomID) // what is in use is left on nobody's word
			u.now.Done = true
			u.tell(u.now)
			return nil
		}
	}
}

// replace finds the room's successor, or makes one.
func (u *upgrade) replace(ctx context.Context) (err error) {
	for _, room := range u.ledger.Rooms() {
		u.last = max(u.last, room.Short)
	}
	u.made = u.replaced[u.RoomID]
	version, versionErr := u.version(ctx)
	// Right before another is made: what was seen earlier may have changed.
	if next, err := u.successor(ctx); next != "" || err != nil {
		return u.follow(next, err)
	}
	if versionErr != nil {
		return versionErr
	}
	if may, err := u.maySet(ctx, u.old, event.RoomTombstone); err != nil {
		return err
	} else if !may {
		return errPower
	}
	// Not of ctx: the server does it though nobody waits, and whoever comes next must
	// find that it did.
	u.made, err = u.server.Upgrade(u.ctx, u.RoomID, version, texts(u.Creators))
	if err == nil {
		u.replaced[u.RoomID] = u.made
	}
	return u.settle(ctx, err)
}

// settle finds out which room is the successor once this call tried to make one. It may
// have failed because another device was at it, or have succeeded just before that did;
// and the room has one tombstone.
func (u *upgrade) settle(ctx context.Context, failed error) error {
	if failed == nil {
		u.await(ctx, u.made, event.Join)
	}
	next, err := u.successor(ctx)
	if next == "" && err == nil {
		next, err = u.made, failed
	}
	return u.follow(next, err)
}

// follow goes on with the successor, and leaves the room that was made in its place.
func (u *upgrade) follow(next event.RoomID, err error) error {
	if err == nil && u.made != "" && u.made != next {
		err = u.server.Leave(u.ctx, u.made, "")
		if err == nil || isOutOfPlace(err) {
			delete(u.replaced, u.RoomID)
			err = nil
		}
	}
	u.next = next
	return err
}

// successor returns the room that took this one's place, by both their words. Whoever
// may close a room may name any other; who names a room where the user is not, and
// which may say so too, leaves it to them to go there first.
func (u *upgrade) successor(ctx context.Context) (event.RoomID, error) {
	content, err := u.server.StateContent(ctx, u.RoomID, event.RoomTombstone, "")
	if err != nil && !errors.Is(err, homeserver.ErrNotFound) {
		return "", err
	}
	next := summary.OtherRoom(u.RoomID, content.Get("replacement_room"))
	if next == "" {
		return "", nil
	}
	create, err := u.server.StateContent(ctx, next, event.RoomCreate, "")
	switch {
	case errors.Is(err, homeserver.ErrForbidden), errors.Is(err, homeserver.ErrNotFound):
		return "", errNoRoom
	case err != nil:
		return "", err
	case create.Path("predecessor", "room_id").Text() == string(u.RoomID):
		return next, nil
	}
	return "", nil
}

// version is the one that the new room gets.
func (u *upgrade) version(ctx context.Context) (string, error) {
	d := draft{CreateRoomParams: api.CreateRoomParams{Version: u.Version, Creators: u.Creators}}
	err := d.settleVersion(ctx, u.server)
	return d.made, err
}

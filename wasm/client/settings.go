package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Settings are pieces of state of which a call changes a part. State has no
// compare-and-set: an edit begins with what the server has now, not with what the
// sync brought so far, and writes nothing where that is as wanted.

// editState lets change make a new content of a piece of state; nil leaves it.
func editState(ctx context.Context, server *homeserver.Client, room event.RoomID, kind, key string, change func(now scan.Value) (scan.Value, error)) error {
	now, err := server.StateContent(ctx, room, kind, key)
	if err != nil && !errors.Is(err, homeserver.ErrNotFound) {
		return err
	}
	next, err := change(now)
	if err != nil || next == nil {
		return err
	}
	_, err = server.SendState(ctx, room, kind, key, next)
	return err
}

// refused tells a refusal as one of the user's power, which is what a server has to
// say of settings.
func refused(err error) error {
	if err == nil {
		return nil
	}
	return explainSend(err)
}

// joined returns a room that the user is in.
func (a *account) joined(id event.RoomID) (*table.Room, error) {
	if room := a.ledger.Room(id); room != nil && room.Membership == event.Join {
		return room, nil
	}
	return nil, errNoRoom
}

// SetAccess implements api.Client.
func (c *Client) SetAccess(ctx context.Context, p api.SetAccessParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	room, err := a.joined(p.RoomID)
	if err == nil {
		err = checkAccess(room.Version, p.JoinRule, p.Allow)
	}
	if err != nil {
		return err
	}
	rules := summary.JoinRules(p.JoinRule, p.Allow)
	return refused(editState(ctx, server, p.RoomID, event.RoomJoinRules, "", func(now scan.Value) (scan.Value, error) {
		if same(now, rules) {
			return nil, nil
		}
		return rules, nil
	}))
}

// checkAccess refuses what rooms of the version do not know. A rule that lets in
// members of no room at all is a mistake.
func checkAccess(version, rule string, allow []event.RoomID) error {
	if rule == "" || summary.JoinRule(rule) != rule || summary.Restricted(rule) && len(allow) == 0 {
		return errBadParams
	}
	for _, room := range allow {
		if !room.Valid() {
			return errBadParams
		}
	}
	if !summary.VersionHas(version, rule) {
		return errVersion
	}
	return nil
}

// same reports whether two contents say the same, in whichever order.
func same(a, b scan.Value) bool {
	one, err := a.Canonical()
	other, otherErr := b.Canonical()
	return err == nil && otherErr == nil && string(one) == string(other)
}

// SetPower implements api.Client.
func (c *Client) SetPower(ctx context.Context, p api.SetPowerParams) error {
	if p.UserID == "" || p.Level != nil && !summary.IsLevel(*p.Level) {
		return errBadParams
	}
	return c.editLevels(ctx, p.RoomID, func(now scan.Value) scan.Value {
		return summary.WithUser(now, p.UserID, p.Level)
	})
}

// SetLevels implements api.Client.
func (c *Client) SetLevels(ctx context.Context, p api.SetLevelsParams) error {
	if !summary.AreLevels(&p.Levels) {
		return errBadParams
	}
	return c.editLevels(ctx, p.RoomID, func(now scan.Value) scan.Value { return summary.WithLevels(now, &p.Levels) })
}

// editLevels changes a room's power levels where the user's own allows that: servers
// refuse the rest, some of them only after a while.
func (c *Client) editLevels(ctx context.Context, id event.RoomID, change func(now scan.Value) scan.Value) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	room, err := a.joined(id)
	if err != nil {
		return err
	}
	create, err := a.ledger.ReadState(ctx, room, ledger.StateName{Type: event.RoomCreate})
	if err != nil {
		return err
	}
	return refused(editState(ctx, server, id, event.RoomPowerLevels, "", func(now scan.Value) (scan.Value, error) {
		var b scan.Builder
		power := summary.NewPower(room.Version, create[0], b.Raw("content", now).Done())
		before := power.Content()
		next := change(before)
		switch {
		case same(before, next):
			return nil, nil
		case !power.MayReplace(a.ledger.Me(), next):
			return nil, errPower
		}
		return next, nil
	}))
}

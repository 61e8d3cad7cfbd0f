package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// A server refuses some changes of a membership when they are asked for a
// second time, and a page cannot know whether they were: so what holds already
// is no failure.

// LeaveRoom implements api.Client.
func (c *Client) LeaveRoom(ctx context.Context, p api.LeaveRoomParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	err = server.Leave(ctx, p.RoomID, p.Reason)
	if err != nil && (!isOutOfPlace(err) || a.membership(p.RoomID) == event.Ban) {
		return err
	}
	a.await(ctx, p.RoomID, event.Leave)
	if now := a.membership(p.RoomID); now == event.Leave || now == "" {
		return nil
	}
	return err
}

// ForgetRoom implements api.Client. The server is asked also about a room that
// nothing is stored of.
func (c *Client) ForgetRoom(ctx context.Context, p api.RoomParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if a.membership(p.RoomID) == event.Join {
		return errBadParams
	}
	if err := server.Forget(ctx, p.RoomID); err != nil {
		return err
	}
	return a.forget(ctx, p.RoomID)
}

// forget removes all that is stored of a room, the snapshot of its timeline
// among it.
func (a *account) forget(ctx context.Context, id event.RoomID) error {
	if shown := a.lastTimeline.Load(); shown != nil && shown.room == id {
		a.lastTimeline.CompareAndSwap(shown, nil)
	}
	return a.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		// Another device may have joined it again meanwhile.
		if r := t.Room(id); r != nil && r.Membership != event.Join {
			t.RemoveRoom(id)
			t.Put(table.View, table.ViewTimeline, scan.Value("{}")) // whosever it is
		}
		return nil
	})
}

// SetMembership implements api.Client.
func (c *Client) SetMembership(ctx context.Context, p api.SetMembershipParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.Action == api.ActionInvite {
		// Without the keys they still read what is written from now on.
		_ = a.shareHistory(ctx, server, p.RoomID, p.UserID)
	}
	if err = setMembership(ctx, server, p); err == nil {
		a.awaitMember(ctx, p)
	}
	if isOutOfPlace(err) {
		member, readErr := server.StateContent(ctx, p.RoomID, event.RoomMember, string(p.UserID))
		if readErr == nil && holds(p.Action, event.ReadMembership(member)) {
			return nil
		}
	}
	return err
}

func setMembership(ctx context.Context, server *homeserver.Client, p api.SetMembershipParams) error {
	switch p.Action {
	case api.ActionInvite:
		return server.Invite(ctx, p.RoomID, p.UserID, p.Reason)
	case api.ActionKick:
		return server.Kick(ctx, p.RoomID, p.UserID, p.Reason)
	case api.ActionBan:
		return server.Ban(ctx, p.RoomID, p.UserID, p.Reason)
	case api.ActionUnban:
		return server.Unban(ctx, p.RoomID, p.UserID, p.Reason)
	}
	return errBadParams
}

// holds reports whether a membership is what an action is to bring about, or
// what came of that since.
func holds(action api.MembershipAction, now event.Membership) bool {
	switch action {
	case api.ActionInvite:
		return now == event.Invite || now == event.Join
	case api.ActionKick:
		return now == event.Leave || now == event.Ban
	case api.ActionBan:
		return now == event.Ban
	}
	return now != event.Ban
}

// isOutOfPlace reports that a server may have refused because of what the
// membership is now.
func isOutOfPlace(err error) bool {
	var refused *homeserver.Error
	return errors.As(err, &refused) &&
		(refused.Errcode == homeserver.Forbidden || refused.Errcode == homeserver.BadState || refused.Status == 404)
}

// membership returns the user's in a room, as far as the sync told; "" where
// the room is unknown.
func (a *account) membership(room event.RoomID) event.Membership {
	if r := a.ledger.Room(room); r != nil {
		return r.Membership
	}
	return ""
}

// awaitFirstSync waits until the ledger knows what the server did before this
// start, or until that cannot be had.
func (a *account) awaitFirstSync(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	s := a.client.session.Subscribe()
	defer s.Close()
	for {
		if now, err := s.Next(ctx); err != nil || now.Sync != api.SyncStarting {
			return
		}
	}
}

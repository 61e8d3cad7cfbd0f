package client

import (
	"context"
	"errors"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// entering is one way of the user into a room.
type entering struct {
	*account
	server *homeserver.Client
	api.JoinRoomParams
	spent []string // servers that need not be asked any more, the user's own among them
}

// JoinRoom implements api.Client.
func (c *Client) JoinRoom(ctx context.Context, p api.JoinRoomParams) (api.RoomRef, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.RoomRef{}, err
	}
	direct := event.UserID("")
	if known := a.ledger.Room(event.RoomID(p.Room)); known != nil {
		direct = known.Direct // also of a joined room: it may lack the mark
	}
	a.acceptInvite(ctx, server, p.Room)
	id, err := a.entering(ctx, server, p).join(ctx)
	if err != nil {
		return api.RoomRef{}, err
	}
	if direct != "" {
		// The room is joined whatever becomes of the mark.
		_ = a.addDirect(ctx, server, direct, id)
	}
	a.await(ctx, id, event.Join)
	return api.RoomRef{RoomID: id}, nil
}

// KnockRoom implements api.Client. Who is invited cannot knock: no server lets an
// invitation become a knock (FEATURES 2-44, D-25), and the door is open.
func (c *Client) KnockRoom(ctx context.Context, p api.JoinRoomParams) (api.RoomRef, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.RoomRef{}, err
	}
	if a.isLetIn(event.RoomID(p.Room)) {
		if id, in := a.letIn(ctx, server, p.Room); in {
			return api.RoomRef{RoomID: id}, nil
		}
	}
	e := a.entering(ctx, server, p)
	id, err := server.Knock(ctx, p.Room, e.Via, p.Reason)
	if isOutOfPlace(err) {
		if id, in := a.letIn(ctx, server, p.Room); in {
			return api.RoomRef{RoomID: id}, nil
		}
	}
	if isClosed(err) {
		err = explainClosed(err, e.door(ctx))
	}
	if err != nil {
		return api.RoomRef{}, err
	}
	a.await(ctx, id, event.Knock)
	return api.RoomRef{RoomID: id}, nil
}

// isLetIn reports whether the user may come and go, as far as the sync told.
func (a *account) isLetIn(id event.RoomID) bool {
	now := a.membership(id)
	return now == event.Invite || now == event.Join
}

// letIn reports whether somebody answered a knock already, or made it needless.
func (a *account) letIn(ctx context.Context, server *homeserver.Client, named string) (event.RoomID, bool) {
	id, err := roomNamed(ctx, server, named)
	if err != nil {
		return "", false
	}
	a.awaitFirstSync(ctx)
	return id, a.isLetIn(id)
}

// roomNamed returns the room that is called by its id or an alias.
func roomNamed(ctx context.Context, server *homeserver.Client, named string) (id event.RoomID, err error) {
	if !strings.HasPrefix(named, "#") {
		return event.RoomID(named), nil
	}
	id, _, err = server.ResolveAlias(ctx, named)
	return id, err
}

// entering finds out which servers to go through where nobody says: those of an alias
// the user's own server finds.
func (a *account) entering(ctx context.Context, server *homeserver.Client, p api.JoinRoomParams) *entering {
	e := &entering{a, server, p, []string{a.ledger.Me().Server()}}
	if len(e.Via) == 0 && !strings.HasPrefix(e.Room, "#") {
		e.Via = e.routes(ctx, event.RoomID(e.Room))
	}
	e.spent = append(e.spent, e.Via...)
	return e
}

// maxJoins bounds how often one call asks to join; each time may take minutes.
const maxJoins = 3

// join asks the user's server to join. A server that says no to somebody who may come
// in by restricted rules has found no server that can tell: others may (FEATURES 2-27).
// If they cannot either, the first no is what counts.
func (e *entering) join(ctx context.Context) (event.RoomID, error) {
	id, err := e.server.Join(ctx, e.Room, e.Via, e.Reason)
	if !isClosed(err) {
		return id, err
	}
	door := e.door(ctx)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if mayOpen(err, door) {
		for _, via := range e.others(ctx, door) {
			id, again := e.server.Join(ctx, string(door.ID), via, e.Reason)
			if again == nil || !isClosed(again) && !errors.Is(again, homeserver.ErrServer) {
				return id, again
			}
		}
	}
	return "", explainClosed(err, door)
}

// door is what can be found out about a room that did not let the user in.
func (e *entering) door(ctx context.Context) api.RoomPreview {
	look := lookup{e.account, e.server, e.Room, e.Via}
	if o, err := look.outline(ctx); err == nil {
		return o.Show(e.isJoined)
	}
	door := api.RoomPreview{}
	if !strings.HasPrefix(e.Room, "#") {
		door.ID = event.RoomID(e.Room)
	}
	if e.membership(door.ID) == event.Ban {
		door.Entry.How = api.EntryBanned
	}
	return door
}

// mayOpen reports whether another server may let in who was refused.
func mayOpen(err error, door api.RoomPreview) bool {
	switch door.Entry.How {
	case api.EntryBanned, api.EntryIn: // a server that refuses who is in has thrown them out
		return false
	case api.EntryJoin:
		if len(door.Entry.Through) > 0 {
			return true
		}
	}
	return door.ID != "" && isUnable(err)
}

// others are sets of servers that were not asked: those that know the room, and of
// each room whose members may come in, if the user is in it, those of its members.
func (e *entering) others(ctx context.Context, door api.RoomPreview) (sets [][]string) {
	add := func(servers []string) {
		if len(servers) > 0 && len(sets) < maxJoins-1 {
			sets = append(sets, servers)
			e.spent = append(e.spent, servers...)
		}
	}
	add(e.routes(ctx, door.ID))
	for _, id := range door.Entry.Through[:min(len(door.Entry.Through), maxSources)] {
		if room := e.ledger.Room(id); room != nil && room.Membership == event.Join {
			if servers, err := e.linkVia(ctx, room); err == nil { // what cannot be read names none
				add(summary.Routes("", e.spent, servers))
			}
		}
	}
	return sets
}

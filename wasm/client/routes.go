package client

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// maxSources bounds the rooms that are read for who else knows a room.
const maxSources = 16

// routes picks servers by which the user comes into a room, by what is known here and
// was not asked yet.
func (e *entering) routes(ctx context.Context, id event.RoomID) []string {
	found := summary.Routes(id, e.spent, e.sources(ctx, id)...)
	room := e.ledger.Room(id)
	if len(found) > 0 || room == nil || room.Alias == "" {
		return found
	}
	// Of a room that was left the alias may be all that leads to a server; it may be
	// another room's by now.
	named, servers, err := e.server.ResolveAlias(ctx, room.Alias)
	if err != nil || named != id {
		return nil
	}
	return summary.Routes(id, e.spent, servers)
}

// sources lists where servers that know a room are named: by who invited the user, by
// rooms that it replaced, and by spaces that list it. What cannot be read names none.
func (a *account) sources(ctx context.Context, id event.RoomID) (all [][]string) {
	if room := a.ledger.Room(id); room != nil && room.Inviter.ID != "" {
		all = append(all, []string{room.Inviter.ID.Server()})
	}
	var spaces [][]string
	for _, r := range a.ledger.Rooms() {
		if len(all)+len(spaces) == maxSources {
			break
		}
		if r.Successor == id {
			if next := summary.Replacement(r.ID, a.stateOf(ctx, r, event.RoomTombstone, "")); next != nil {
				all = append(all, next.Via)
			}
		} else if a.hasChild(r, id) {
			spaces = append(spaces, space.ReadVia(a.stateOf(ctx, r, event.SpaceChild, string(id)).Get("content")))
		}
	}
	return append(all, spaces...)
}

// hasChild reports whether the user is in a space that has a room as its child.
func (a *account) hasChild(r *table.Room, child event.RoomID) bool {
	if r.Type != event.Space || r.Membership != event.Join {
		return false
	}
	s := a.ledger.Space(r.ID)
	return s != nil && slices.ContainsFunc(s.Children, func(c space.Child) bool { return c.ID == child })
}

func (a *account) stateOf(ctx context.Context, room *table.Room, kind, key string) scan.Value {
	state, err := a.ledger.ReadState(ctx, room, ledger.StateName{Type: kind, Key: key})
	if err != nil {
		return nil
	}
	return state[0]
}

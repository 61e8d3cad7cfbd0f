package client

import (
	"context"
	"errors"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// Preview implements api.Client. Of a room that the user is in nobody is asked.
func (c *Client) Preview(ctx context.Context, p api.PreviewParams) (api.RoomPreview, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.RoomPreview{}, err
	}
	if p.Room == "" {
		return api.RoomPreview{}, errBadParams
	}
	look := lookup{a, server, p.Room, p.Via}
	outline, err := look.outline(ctx)
	if err != nil {
		return api.RoomPreview{}, err
	}
	outline.AddVia(p.Via...)
	outline.AddVia(look.via...)
	return outline.Show(a.isJoined), nil
}

func (a *account) isJoined(room event.RoomID) bool { return a.membership(room) == event.Join }

// lookup finds out what a room is that is named by id or alias.
type lookup struct {
	*account
	server *homeserver.Client
	named  string
	via    []string
}

// outline asks in turn whoever may know. The last answer of many is that nobody does.
func (l *lookup) outline(ctx context.Context) (summary.Outline, error) {
	if id := l.joinedAs(); id != "" {
		return l.stored(ctx, id)
	}
	raw, err := l.server.RoomSummary(ctx, l.named, l.via)
	if err == nil {
		if o, ok := summary.ReadOutline(raw); ok {
			o.Merge(l.ledger.Room(o.Room.ID))
			return o, nil
		}
	} else if !isRefusal(err) {
		return summary.Outline{}, err
	}
	id, err := l.resolve(ctx)
	if err != nil {
		return summary.Outline{}, err
	}
	if m := l.membership(id); m == event.Invite || m == event.Knock {
		return l.stored(ctx, id)
	}
	return l.elsewhere(ctx, id)
}

// joinedAs returns the room if the user is in it.
func (l *lookup) joinedAs() event.RoomID {
	if !strings.HasPrefix(l.named, "#") {
		if id := event.RoomID(l.named); l.isJoined(id) {
			return id
		}
		return ""
	}
	for _, r := range l.ledger.Rooms() {
		if r.Alias == l.named && r.Membership == event.Join {
			return r.ID
		}
	}
	return ""
}

// stored is the outline of a room from what the account has of it.
func (l *lookup) stored(ctx context.Context, id event.RoomID) (summary.Outline, error) {
	room := l.ledger.Room(id)
	if room == nil {
		return summary.Outline{}, errNobody
	}
	o := summary.Stored(room)
	if room.Membership != event.Join {
		return o, nil
	}
	state, err := l.ledger.ReadState(ctx, room, ledger.StateName{Type: event.RoomJoinRules},
		ledger.StateName{Type: event.RoomHistoryVisibility}, ledger.StateName{Type: event.RoomGuestAccess})
	if err == nil {
		o.AddState(state[0].Get("content"), state[1].Get("content"), state[2].Get("content"))
	}
	return o, err
}

// errNobody is what is said of a room that is not, or is not shown.
var errNobody = &homeserver.Error{Call: "preview room", Status: 404, Errcode: homeserver.NotFound}

// resolve returns the room that is named, and notes who knows it.
func (l *lookup) resolve(ctx context.Context) (event.RoomID, error) {
	if !strings.HasPrefix(l.named, "#") {
		return event.RoomID(l.named), nil
	}
	id, via, err := l.server.ResolveAlias(ctx, l.named)
	if err != nil && isRefusal(err) {
		err = errNobody
	}
	l.via = append(l.via, via...)
	return id, err
}

// elsewhere asks servers that have no room summaries.
func (l *lookup) elsewhere(ctx context.Context, id event.RoomID) (summary.Outline, error) {
	top := 0
	page, err := l.server.Hierarchy(ctx, id, homeserver.HierarchyParams{Depth: &top, Limit: 1})
	if err != nil && !isRefusal(err) {
		return summary.Outline{}, err
	}
	for raw := range page.Rooms.Items() {
		if o, ok := summary.ReadOutline(raw); ok && o.Room.ID == id {
			o.Merge(l.ledger.Room(id))
			return o, nil
		}
	}
	return summary.Outline{}, errNobody
}

// isRefusal reports that the server answered, and will not answer otherwise later.
func isRefusal(err error) bool {
	var refused *homeserver.Error
	return errors.As(err, &refused) && refused.Status >= 400 && refused.Status < 500 &&
		!errors.Is(err, homeserver.ErrLimited) && !homeserver.EndsSession(err)
}

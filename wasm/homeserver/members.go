package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// maxMembers is for rooms with a hundred thousand members.
const maxMembers = 256 << 20

// MembersParams narrow a list of members.
type MembersParams struct {
	// At is the token of a sync response, to be in step with it.
	At              string
	Membership, Not event.Membership
}

// Members reads a room's members and returns an array of m.room.member events.
func (c *Client) Members(ctx context.Context, room event.RoomID, p MembersParams) (scan.Value, error) {
	var q Query
	q.SetIf("at", p.At)
	q.SetIf("membership", string(p.Membership))
	q.SetIf("not_membership", string(p.Not))
	return c.list(ctx, Call{
		Name: "load members", Method: "GET", Path: V3("rooms", string(room), "members"), Query: q,
		Limit: historyLimit, MaxBody: maxMembers,
	}, "chunk")
}

// State reads all of a room's state and returns an array of events.
func (c *Client) State(ctx context.Context, room event.RoomID) (scan.Value, error) {
	const name = "load state"
	body, err := c.Do(ctx, Call{
		Name: name, Method: "GET", Path: V3("rooms", string(room), "state"),
		Limit: historyLimit, MaxBody: maxMembers,
	})
	if err == nil && body.Kind() != scan.Array {
		return nil, notMatrix(name, 200, "no list of events")
	}
	return body, err
}

// StateContent reads the content of one piece of a room's state.
func (c *Client) StateContent(ctx context.Context, room event.RoomID, kind, stateKey string) (scan.Value, error) {
	return c.Do(ctx, Call{Name: "load state", Method: "GET", Path: V3("rooms", string(room), "state", kind, stateKey)})
}

// JoinedRooms lists the rooms that the user is in.
func (c *Client) JoinedRooms(ctx context.Context) ([]event.RoomID, error) {
	list, err := c.list(ctx, Call{Name: "list joined rooms", Method: "GET", Path: V3("joined_rooms")}, "joined_rooms")
	if err != nil {
		return nil, err
	}
	var ids []event.RoomID
	for item := range list.Items() {
		if id := item.Text(); id != "" {
			ids = append(ids, event.RoomID(id))
		}
	}
	return ids, nil
}

// list does a call whose answer must have an array of this name.
func (c *Client) list(ctx context.Context, call Call, member string) (scan.Value, error) {
	body, err := c.Do(ctx, call)
	if err != nil {
		return nil, err
	}
	if list := body.Get(member); list.Kind() == scan.Array {
		return list, nil
	}
	return nil, notMatrix(call.Name, 200, "no "+member)
}

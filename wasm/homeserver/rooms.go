package homeserver

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

const (
	// joinLimit: joining a large room through federation takes minutes.
	joinLimit = 5 * time.Minute
	// actLimit: an invitation, or its rejection, waits for another server.
	actLimit = 2 * time.Minute
)

// CreateRoom makes a room. body is that of /createRoom.
func (c *Client) CreateRoom(ctx context.Context, body scan.Value) (event.RoomID, error) {
	const name = "create room"
	return c.roomID(ctx, Call{Name: name, Method: "POST", Path: V3("createRoom"), Body: body, Limit: joinLimit})
}

// Join joins a room by id or alias. via names servers that may know it.
func (c *Client) Join(ctx context.Context, room string, via []string, reason string) (event.RoomID, error) {
	return c.enter(ctx, "join", room, via, reason)
}

// Knock asks to be let into a room.
func (c *Client) Knock(ctx context.Context, room string, via []string, reason string) (event.RoomID, error) {
	return c.enter(ctx, "knock", room, via, reason)
}

// enter joins or knocks; both are the same when done twice. server_name is
// what servers before v1.12 read instead of via (MSC4156).
func (c *Client) enter(ctx context.Context, verb, room string, via []string, reason string) (event.RoomID, error) {
	var q Query
	q.SetAll("via", via)
	q.SetAll("server_name", via)
	return c.roomID(ctx, Call{
		Name: verb + " room", Method: "POST", Path: V3(verb, room), Query: q, Body: reasoned(reason),
		Repeatable: true, Limit: joinLimit,
	})
}

func (c *Client) roomID(ctx context.Context, call Call) (event.RoomID, error) {
	body, err := c.Do(ctx, call)
	if err != nil {
		return "", err
	}
	id, err := required(call.Name, body, "room_id")
	return event.RoomID(id), err
}

// Upgrade replaces a room by one of another version, whose id it returns. creators are
// for versions that have them.
func (c *Client) Upgrade(ctx context.Context, room event.RoomID, version string, creators []string) (event.RoomID, error) {
	const name = "upgrade room"
	var b scan.Builder
	b.Text("new_version", version)
	if len(creators) > 0 {
		b.Texts("additional_creators", creators)
	}
	body, err := c.Do(ctx, Call{Name: name, Method: "POST", Path: V3("rooms", string(room), "upgrade"), Body: b.Done(), Limit: joinLimit})
	if err != nil {
		return "", err
	}
	id, err := required(name, body, "replacement_room")
	return event.RoomID(id), err
}

// Leave leaves a room, rejects an invitation or takes back a knock.
func (c *Client) Leave(ctx context.Context, room event.RoomID, reason string) error {
	return c.act(ctx, "leave", room, reasoned(reason))
}

// Forget drops a left room from the account.
func (c *Client) Forget(ctx context.Context, room event.RoomID) error {
	return c.act(ctx, "forget", room, nil)
}

// Invite invites a user.
func (c *Client) Invite(ctx context.Context, room event.RoomID, user event.UserID, reason string) error {
	return c.act(ctx, "invite", room, about(user, reason))
}

// Kick makes a user leave.
func (c *Client) Kick(ctx context.Context, room event.RoomID, user event.UserID, reason string) error {
	return c.act(ctx, "kick", room, about(user, reason))
}

// Ban makes a user leave and stay away.
func (c *Client) Ban(ctx context.Context, room event.RoomID, user event.UserID, reason string) error {
	return c.act(ctx, "ban", room, about(user, reason))
}

// Unban lets a user come back.
func (c *Client) Unban(ctx context.Context, room event.RoomID, user event.UserID, reason string) error {
	return c.act(ctx, "unban", room, about(user, reason))
}

// act changes a membership. A server that is asked again what it has done
// already answers 403, so that no answer is not tried again.
func (c *Client) act(ctx context.Context, verb string, room event.RoomID, body scan.Value) error {
	_, err := c.Do(ctx, Call{
		Name: verb + " room", Method: "POST", Path: V3("rooms", string(room), verb), Body: body,
		Repeatable: verb == "leave" || verb == "forget", Limit: actLimit,
	})
	return err
}

func reasoned(reason string) scan.Value {
	var b scan.Builder
	return b.TextIf("reason", reason).Done()
}

func about(user event.UserID, reason string) scan.Value {
	var b scan.Builder
	return b.Text("user_id", string(user)).TextIf("reason", reason).Done()
}

package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// AccountData reads a piece of the user's account data, of a room where that
// is not "".
func (c *Client) AccountData(ctx context.Context, user event.UserID, room event.RoomID, kind string) (scan.Value, error) {
	return c.Do(ctx, Call{Name: "load account data", Method: "GET", Path: accountData(user, room, kind)})
}

// SetAccountData replaces a piece of the user's account data.
func (c *Client) SetAccountData(ctx context.Context, user event.UserID, room event.RoomID, kind string, content scan.Value) error {
	_, err := c.Do(ctx, Call{Name: "set account data", Method: "PUT", Path: accountData(user, room, kind), Body: content})
	return err
}

func accountData(user event.UserID, room event.RoomID, kind string) []string {
	if room == "" {
		return V3("user", string(user), "account_data", kind)
	}
	return V3("user", string(user), "rooms", string(room), "account_data", kind)
}

// Tags reads the user's tags on a room, an object by name.
func (c *Client) Tags(ctx context.Context, user event.UserID, room event.RoomID) (scan.Value, error) {
	body, err := c.Do(ctx, Call{Name: "load tags", Method: "GET", Path: V3("user", string(user), "rooms", string(room), "tags")})
	return body.Get("tags"), err
}

// SetTag puts a tag on a room. content is {} or has an order.
func (c *Client) SetTag(ctx context.Context, user event.UserID, room event.RoomID, tag string, content scan.Value) error {
	_, err := c.Do(ctx, Call{
		Name: "set tag", Method: "PUT", Path: V3("user", string(user), "rooms", string(room), "tags", tag), Body: content,
	})
	return err
}

// RemoveTag takes a tag off a room.
func (c *Client) RemoveTag(ctx context.Context, user event.UserID, room event.RoomID, tag string) error {
	_, err := c.Do(ctx, Call{
		Name: "remove tag", Method: "DELETE", Path: V3("user", string(user), "rooms", string(room), "tags", tag),
	})
	return err
}

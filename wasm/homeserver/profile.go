package homeserver

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Profile reads a user's profile, an object of fields. A user without one, or
// with one that the server does not show, gives ErrNotFound: the spec lets a
// server say 403 for both (FEATURES 2-16).
func (c *Client) Profile(ctx context.Context, user event.UserID) (scan.Value, error) {
	body, err := c.Do(ctx, Call{Name: "load profile", Method: "GET", Path: V3("profile", string(user)), NoToken: c.token == ""})
	var answer *Error
	if errors.As(err, &answer) && answer.Errcode == Forbidden {
		none := *answer
		none.Status, none.Errcode = 404, NotFound
		return nil, &none
	}
	return body, err
}

// SetProfile sets a field of the user's own profile, such as displayname.
func (c *Client) SetProfile(ctx context.Context, user event.UserID, field string, value scan.Value) error {
	var b scan.Builder
	b.Raw(field, value)
	_, err := c.Do(ctx, Call{
		Name: "set profile", Method: "PUT", Path: V3("profile", string(user), field), Body: b.Done(),
	})
	return err
}

// RemoveProfile takes a field of the user's own profile away. Servers before v1.16
// have no such request, but take an empty text for none where they know the field.
func (c *Client) RemoveProfile(ctx context.Context, user event.UserID, field string) error {
	_, err := c.Do(ctx, Call{
		Name: "remove profile", Method: "DELETE", Path: V3("profile", string(user), field), Repeatable: true,
	})
	var answer *Error
	if errors.As(err, &answer) && answer.Errcode == Unrecognized && (field == "displayname" || field == "avatar_url") {
		return c.SetProfile(ctx, user, field, scan.Value(`""`))
	}
	return err
}

// Presence reads whether a user is there.
func (c *Client) Presence(ctx context.Context, user event.UserID) (scan.Value, error) {
	return c.Do(ctx, Call{Name: "load presence", Method: "GET", Path: V3("presence", string(user), "status")})
}

// SetPresence says whether the user is there: online, unavailable or offline.
func (c *Client) SetPresence(ctx context.Context, user event.UserID, state, status string) error {
	var b scan.Builder
	b.Text("presence", state).TextIf("status_msg", status)
	_, err := c.Do(ctx, Call{
		Name: "set presence", Method: "PUT", Path: V3("presence", string(user), "status"), Body: b.Done(),
	})
	return err
}

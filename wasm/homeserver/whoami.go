package homeserver

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/event"
)

// ErrOtherDevice says that a token belongs to another user or device than the
// store it was found in, which must then not be used with it (FEATURES 2-07).
var ErrOtherDevice = errors.New("token belongs to another device")

// Identity is whose token it is.
type Identity struct {
	UserID event.UserID
	// DeviceID is "" on servers before v1.1.
	DeviceID event.DeviceID
	Guest    bool
}

// Whoami asks whose token the client's is.
func (c *Client) Whoami(ctx context.Context) (Identity, error) {
	const name = "ask whose token it is"
	body, err := c.Do(ctx, Call{Name: name, Method: "GET", Path: V3("account", "whoami")})
	if err != nil {
		return Identity{}, err
	}
	id := Identity{
		UserID:   event.UserID(body.Get("user_id").Text()),
		DeviceID: event.DeviceID(body.Get("device_id").Text()),
		Guest:    body.Get("is_guest").IsTrue(),
	}
	if id.UserID == "" {
		return Identity{}, notMatrix(name, 200, "no user")
	}
	return id, nil
}

// Confirm checks that the client's token belongs to this user and device;
// otherwise it returns ErrOtherDevice.
func (c *Client) Confirm(ctx context.Context, user event.UserID, device event.DeviceID) error {
	id, err := c.Whoami(ctx)
	if err != nil {
		return err
	}
	if id.UserID != user || id.DeviceID != device {
		return ErrOtherDevice
	}
	return nil
}

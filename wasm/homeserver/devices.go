package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Device is one of the user's own devices.
type Device struct {
	ID   event.DeviceID
	Name string
	// LastSeen is in milliseconds since 1970, 0 where the server does not say.
	LastSeen int64
	LastIP   string
}

// Devices lists the user's own devices.
func (c *Client) Devices(ctx context.Context) ([]Device, error) {
	body, err := c.Do(ctx, Call{Name: "list devices", Method: "GET", Path: V3("devices")})
	if err != nil {
		return nil, err
	}
	var all []Device
	for d := range body.Get("devices").Items() {
		if id := event.DeviceID(d.Get("device_id").Text()); id != "" {
			all = append(all, Device{id, d.Get("display_name").Text(), d.Get("last_seen_ts").Int(), d.Get("last_seen_ip").Text()})
		}
	}
	return all, nil
}

// RenameDevice gives one of the user's own devices another name.
func (c *Client) RenameDevice(ctx context.Context, id event.DeviceID, name string) error {
	var b scan.Builder
	_, err := c.Do(ctx, Call{Name: "rename device", Method: "PUT", Path: V3("devices", string(id)), Body: b.Text("display_name", name).Done()})
	return err
}

// DeleteDevices ends sessions of the user.
func (c *Client) DeleteDevices(ctx context.Context, user event.UserID, ids []event.DeviceID, password string) error {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	call := Call{Name: "sign out devices", Method: "POST", Path: V3("delete_devices"), Repeatable: true}
	_, err := c.WithPassword(ctx, call, user, password, func(auth scan.Value) scan.Value {
		var b scan.Builder
		if b.Texts("devices", names); auth != nil {
			b.Raw("auth", auth)
		}
		return b.Done()
	})
	return err
}

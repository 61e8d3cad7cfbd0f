package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Device is what is known of a user's device.
type Device struct {
	ID    event.DeviceID
	Key   table.Key32 // Ed25519
	Trust Trust
	// Name is what the server says it is called.
	Name string
}

// Devices returns a user's devices, as far as they are known, and the user's
// master key, zero for none.
func (w *Work) Devices(ctx context.Context, user event.UserID) (all []Device, master table.Key32, err error) {
	w.users.want(user, w.m.user)
	if err := w.fetch(ctx); err != nil {
		return nil, master, err
	}
	u, there := w.users.get(user)
	if !there {
		return nil, master, nil
	}
	for i := range u.Devices {
		d := &u.Devices[i]
		all = append(all, Device{d.ID, d.Ed25519, w.trust(user, d), d.Keys.Path("unsigned", "device_display_name").Text()})
	}
	return all, publicOf(u.Master), nil
}

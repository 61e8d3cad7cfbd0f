package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Device is what is known of a user's device.
type Device struct {
	ID    event.DeviceID
	Key   table.Key32 // Ed25519
	Trust Trust
	// Signed: its user's identity signed it, whoever trusts that.
	Signed bool
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
		all = append(all, Device{d.ID, d.Ed25519, w.trust(user, d), d.Signed, d.Keys.Path("unsigned", "device_display_name").Text()})
	}
	return all, publicOf(u.Master), nil
}

// Look has the server asked for users' devices, where they are not known.
func (w *Work) Look(ctx context.Context, users ...event.UserID) error {
	_, err := w.Current(ctx, users...)
	return err
}

// Users returns all users of whom devices are known.
func (m *Machine) Users(ctx context.Context) ([]event.UserID, error) {
	results, err := m.reader.Read(ctx, storage.Scan(table.Devices, nil, nil, 0))
	if err != nil {
		return nil, err
	}
	all := make([]event.UserID, len(results[0]))
	for i, rec := range results[0] {
		all[i] = event.UserID(rec.Key)
	}
	return all, nil
}

// LookAgain has the server asked for a user's devices, though they are known.
func (w *Work) LookAgain(user event.UserID) { w.outdate(user) }

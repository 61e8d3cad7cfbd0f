package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/verification"
)

// knownKeys is what the machine knew of keys when a call began.
type knownKeys struct {
	devices map[event.UserID]map[event.DeviceID]verification.Key
	masters map[event.UserID]verification.Key
	trusted bool
}

func (k *knownKeys) load(ctx context.Context, m *e2ee.Machine, me, user event.UserID) error {
	k.devices, k.masters = map[event.UserID]map[event.DeviceID]verification.Key{}, map[event.UserID]verification.Key{}
	w := m.Begin()
	states, err := w.Identities(ctx, []event.UserID{me})
	for _, one := range []event.UserID{me, user} {
		devices, master, listErr := w.Devices(ctx, one)
		err = errors.Join(err, listErr)
		k.devices[one] = map[event.DeviceID]verification.Key{}
		for _, d := range devices {
			k.devices[one][d.ID] = verification.Key(d.Key)
		}
		if !master.IsZero() {
			k.masters[one] = verification.Key(master)
		}
	}
	k.trusted = states[me] == e2ee.IdentityVerified
	return err
}

// Device implements verification.Keys.
func (k *knownKeys) Device(user event.UserID, device event.DeviceID) (verification.Key, bool) {
	key, known := k.devices[user][device]
	return key, known
}

// Master implements verification.Keys.
func (k *knownKeys) Master(user event.UserID) (verification.Key, bool) {
	key, known := k.masters[user]
	return key, known
}

// Trusted implements verification.Keys.
func (k *knownKeys) Trusted() bool { return k.trusted }

package client

import (
	"cmp"
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	"github.com/alcove-chat/alcove/wasm/view"
)

// Devices implements api.Client.
func (c *Client) Devices(ctx context.Context, p api.DevicesParams) (api.Stream[api.ListUpdate[api.Device]], error) {
	a, _, _, err := c.crypto()
	if err != nil {
		return nil, err
	}
	me := a.ledger.Me()
	user := cmp.Or(p.UserID, me)
	w, err := a.watch(ctx, func(c *ledger.Change) bool {
		return c.Crypto != nil && (c.Crypto.Devices[user] || c.Crypto.Devices[me])
	})
	if err != nil {
		return nil, err
	}
	look := func(ctx context.Context, w *e2ee.Work) error { return w.Look(ctx, user) }
	if err := a.cryptoTurn(ctx, look); err != nil {
		w.Close()
		return nil, err
	}
	list := view.NewList(deviceKey, sameDevice)
	d, err := remake(ctx, w, list, view.Window{}, func(ctx context.Context) ([]api.Device, error) {
		return a.listDevices(ctx, user)
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

func deviceKey(d *api.Device) string   { return d.Key }
func sameDevice(a, b *api.Device) bool { return *a == *b }

// listDevices returns a user's devices: this one first, then by when they were
// last seen, then by id.
func (a *account) listDevices(ctx context.Context, user event.UserID) ([]api.Device, error) {
	known, _, err := a.ledger.Crypto().Begin().Devices(ctx, user)
	if err != nil {
		return nil, err
	}
	all := map[event.DeviceID]*api.Device{}
	for _, one := range known {
		all[one.ID] = &api.Device{
			Key: string(one.ID), ID: one.ID, Name: one.Name, Trust: trustOf(one.Trust), Fingerprint: unpadded.Encode(one.Key[:]),
		}
	}
	if user == a.ledger.Me() {
		if err := a.addOwn(ctx, all); err != nil {
			return nil, err
		}
	}
	list := make([]api.Device, 0, len(all))
	for _, one := range all {
		list = append(list, *one)
	}
	order.Sort(list, compareDevices)
	return list, nil
}

// addOwn adds what the server knows of our own devices, and takes out those that
// are no more.
func (a *account) addOwn(ctx context.Context, all map[event.DeviceID]*api.Device) error {
	a.mu.Lock()
	server := a.server
	a.mu.Unlock()
	if server == nil {
		return nil
	}
	own, err := server.Devices(ctx)
	if err != nil {
		return err
	}
	there := map[event.DeviceID]bool{}
	for _, o := range own {
		there[o.ID] = true
		one := all[o.ID]
		if one == nil {
			one = &api.Device{Key: string(o.ID), ID: o.ID, Trust: api.DeviceNoKeys}
			all[o.ID] = one
		}
		one.Name, one.LastSeen, one.LastIP = o.Name, o.LastSeen, o.LastIP
		one.This = o.ID == a.ledger.Session().DeviceID
	}
	for id := range all {
		if !there[id] {
			delete(all, id)
		}
	}
	return nil
}

func compareDevices(a, b api.Device) int {
	switch {
	case a.This != b.This && a.This:
		return -1
	case a.This != b.This:
		return 1
	}
	return cmp.Or(cmp.Compare(b.LastSeen, a.LastSeen), cmp.Compare(a.ID, b.ID))
}

func trustOf(t e2ee.Trust) api.DeviceTrust {
	switch t {
	case e2ee.TrustBlocked:
		return api.DeviceBlocked
	case e2ee.TrustUnsigned:
		return api.DeviceUnsigned
	case e2ee.TrustSigned:
		return api.DeviceSigned
	case e2ee.TrustVerified:
		return api.DeviceVerified
	}
	return api.DeviceNoKeys
}

// SetDeviceBlocked implements api.Client.
func (c *Client) SetDeviceBlocked(ctx context.Context, p api.SetDeviceBlockedParams) error {
	a, _, _, err := c.crypto()
	if err != nil {
		return err
	}
	return a.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) error {
		return w.BlockDevice(ctx, p.UserID, p.DeviceID, p.Blocked)
	})
}

// RenameDevice implements api.Client.
func (c *Client) RenameDevice(ctx context.Context, p api.RenameDeviceParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if err := server.RenameDevice(ctx, p.DeviceID, p.Name); err != nil {
		return err
	}
	return a.lookAgain(ctx)
}

// SignOutDevices implements api.Client. One that is gone already is no error.
func (c *Client) SignOutDevices(ctx context.Context, p api.SignOutDevicesParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if slices.Contains(p.DeviceIDs, a.ledger.Session().DeviceID) {
		return errBadParams // that is a logout
	}
	if err := server.DeleteDevices(ctx, a.ledger.Me(), p.DeviceIDs, p.Password); err != nil {
		return err
	}
	return a.lookAgain(ctx)
}

// lookAgain has the server asked for our own devices.
func (a *account) lookAgain(ctx context.Context) error {
	if a.ledger.Crypto() == nil {
		return nil
	}
	return a.cryptoTurn(ctx, func(_ context.Context, w *e2ee.Work) error { w.LookAgain(a.ledger.Me()); return nil })
}

package client

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	"github.com/alcove-chat/alcove/wasm/view"
)

// devices streams a user's devices.
type devices struct {
	*watcher
	user   event.UserID
	list   *view.List[api.Device]
	sub    *view.Sub[api.Device]
	cancel context.CancelFunc
}

// Devices implements api.Client.
func (c *Client) Devices(ctx context.Context, p api.DevicesParams) (api.Stream[api.ListUpdate[api.Device]], error) {
	a, _, _, err := c.crypto()
	if err != nil {
		return nil, err
	}
	d := &devices{user: p.UserID, list: view.NewList(deviceKey, sameDevice)}
	me := a.ledger.Me()
	if d.user == "" {
		d.user = me
	}
	d.watcher, err = a.watch(ctx, func(c *ledger.Change) bool {
		return c.Crypto != nil && (c.Crypto.Devices[d.user] || c.Crypto.Devices[me])
	})
	if err != nil {
		return nil, err
	}
	look := func(ctx context.Context, w *e2ee.Work) error { return w.Look(ctx, d.user) }
	if err := a.cryptoTurn(ctx, look); err != nil {
		d.watcher.Close()
		return nil, err
	}
	if err := d.refresh(ctx); err != nil {
		d.watcher.Close()
		return nil, err
	}
	d.sub = d.list.Subscribe(view.Window{})
	follow, cancel := context.WithCancel(a.ctx)
	d.cancel = cancel
	a.work.Go(func() { d.follow(follow) })
	return d, nil
}

func deviceKey(d *api.Device) string   { return d.Key }
func sameDevice(a, b *api.Device) bool { return *a == *b }

// Next implements api.Stream.
func (d *devices) Next(ctx context.Context) (api.ListUpdate[api.Device], error) {
	return d.sub.Next(ctx)
}

// Close implements api.Stream.
func (d *devices) Close() {
	d.cancel()
	d.watcher.Close()
	d.sub.Close()
}

func (d *devices) follow(ctx context.Context) {
	defer d.list.Close()
	for d.wait(ctx) == nil {
		// Without network the list stays as it is.
		if err := d.refresh(ctx); err != nil && !homeserver.MayPass(err) {
			return
		}
	}
}

// refresh makes the list anew: this device first, then by when they were last
// seen, then by id.
func (d *devices) refresh(ctx context.Context) error {
	a := d.account
	m := a.ledger.Crypto()
	known, _, err := m.Begin().Devices(ctx, d.user)
	if err != nil {
		return err
	}
	all := map[event.DeviceID]*api.Device{}
	for _, one := range known {
		all[one.ID] = &api.Device{
			Key: string(one.ID), ID: one.ID, Name: one.Name, Trust: trustOf(one.Trust), Fingerprint: unpadded.Encode(one.Key[:]),
		}
	}
	if d.user == a.ledger.Me() {
		if err := a.addOwn(ctx, all); err != nil {
			return err
		}
	}
	list := make([]api.Device, 0, len(all))
	for _, one := range all {
		list = append(list, *one)
	}
	slices.SortFunc(list, compareDevices)
	d.list.Edit(func(tx *view.Tx[api.Device]) { tx.Replace(list) })
	return nil
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
	case a.LastSeen != b.LastSeen:
		return int(max(-1, min(1, b.LastSeen-a.LastSeen)))
	}
	return compareText(a.ID, b.ID)
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

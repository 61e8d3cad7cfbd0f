package e2ee_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// share shares a room's keys until there is nothing to wait for, and returns
// whose identity is in the way.
func (n *tenant) share(room e2ee.RoomKeys) (changed []event.UserID) {
	n.Helper()
	for range 20 {
		var wait e2ee.Wait
		var blocked *e2ee.ChangedError
		n.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			if wait, err = w.Share(ctx, room); errors.As(err, &blocked) {
				return nil
			}
			return err
		})
		if blocked != nil {
			return blocked.Users
		}
		if wait.Done() {
			return nil
		}
		for n.ask() {
		}
	}
	n.Fatal("never done with sharing")
	return nil
}

// TestChangedIdentityBlocks: nothing is sent to somebody who may be another than
// before, until our user says so (FEATURES B-33, G-6), also where there was nothing
// left to share.
func TestChangedIdentityBlocks(t *testing.T) {
	h := newHouse(t, 60)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	f, user := authority{t}, string(alice.user)
	room := e2ee.RoomKeys{ID: "!r", Members: []event.UserID{alice.user, bob.user}}
	identity := func(seed byte) said {
		m := f.signer(seed)
		return said{f.object(user, "master", m), f.object(user, "self_signing", f.signer(seed+1), m)}
	}
	h.say(alice.user, identity(0))
	expect(t, "at first", fmt.Sprint(bob.share(room)), "[]")
	h.say(alice.user, identity(5))
	expect(t, "changed", fmt.Sprint(bob.share(room)), fmt.Sprint([]event.UserID{alice.user}))
	bob.work(func(ctx context.Context, w *e2ee.Work) error { return w.Acknowledge(ctx, alice.user) })
	expect(t, "acknowledged", fmt.Sprint(bob.share(room)), "[]")
}

// TestSignedDevicesOnly: MSC4153, with devices that their users signed and one
// that nobody did.
func TestSignedDevicesOnly(t *testing.T) {
	h := newHouse(t, 61)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	alice.bootstrap()
	bob.bootstrap()
	laptop := h.login("bob")
	h.settle()
	room := e2ee.RoomKeys{ID: "!r", Members: []event.UserID{alice.user, bob.user}, Settings: e2ee.Settings{Devices: e2ee.SignedDevices}}
	alice.share(room)
	h.settle()
	for n, want := range map[*tenant]string{bob: "", laptop: "m.unverified"} {
		records := n.disk.Records(table.Inbound)
		if len(records) != 1 {
			t.Fatalf("%s has %d sessions", n.device, len(records))
		}
		s, err := table.DecodeInboundSession(records[0].Value)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "withheld", s.Withheld, want)
		expect(t, "key", s.Record != nil, want == "")
	}
}

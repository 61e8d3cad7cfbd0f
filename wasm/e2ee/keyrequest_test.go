package e2ee_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// ownDevices are two devices of bob, who verified each from the other; the phone
// has the key of a message, the laptop waits for it.
func ownDevices(t *testing.T, seed uint64) (phone, laptop *device, f *forger, e event.Event) {
	w := newWorld(t, seed)
	alice, phone, laptop := w.device("@alice:a", "A"), w.device("@bob:b", "P"), w.device("@bob:b", "L")
	w.settle()
	phone.said("@bob:b", "L", table.Trusted)
	laptop.said("@bob:b", "P", table.Trusted)
	f = alice.forger(w.room("!r", alice, phone))
	e = f.seal(f.text("x"))
	phone.imports(f.at(t, 0))
	laptop.read(f.room, e)
	return phone, laptop, f, e
}

func (d *device) askKeys(names ...e2ee.SessionName) {
	d.Helper()
	d.work(func(ctx context.Context, w *e2ee.Work) error { return w.AskKeys(ctx, names...) })
}

// TestForwarded: a verified device of the user sends a key that was asked for.
func TestForwarded(t *testing.T) {
	phone, laptop, f, e := ownDevices(t, 50)
	laptop.askKeys(f.name())
	laptop.askKeys(f.name()) // once is enough
	laptop.start()
	f.settle()
	expect(t, "woken", fmt.Sprint(laptop.woken(f.room)), "[$f1]")
	got := laptop.read(f.room, e)[0]
	expect(t, "told", told(got), "x")
	expect(t, "source", got.Source, table.KeyForwarded)
	expect(t, "warning", got.Warning, e2ee.KeyUnproven)
	expect(t, "waiting", len(laptop.records(table.Waiting)), 0)
	s, _ := laptop.inbound(f.name())
	theirs, _ := phone.inbound(f.name())
	expect(t, "curve", s.Curve, theirs.Curve)
	expect(t, "ed25519", s.Ed25519, theirs.Ed25519)
	actions := map[string]int{}
	for _, body := range laptop.bodies {
		actions[scan.Value(body).Path("messages", "@bob:b", "P", "action").Text()]++
		expect(t, "asks itself", scan.Value(body).Path("messages", "@bob:b", "L").Exists(), false)
	}
	expect(t, "asked", actions["request"], 1)
	expect(t, "cancelled", actions["request_cancellation"], 1)
}

// TestForwardedUnasked: a key that nobody asked for is not taken, nor one from a
// device that is not verified, or of another user (G-7).
func TestForwardedUnasked(t *testing.T) {
	phone, laptop, f, e := ownDevices(t, 51)
	_, exported := phone.inbound(f.name())
	phone.send(laptop, "m.forwarded_room_key", exported)
	f.settle()
	expect(t, "unasked", told(laptop.read(f.room, e)[0]), "key.missing")

	phone.said("@bob:b", "L", table.Unsaid) // who does not answer now
	laptop.askKeys(f.name())
	f.settle()
	f.device.send(laptop, "m.forwarded_room_key", exported)
	f.settle()
	expect(t, "of another user", told(laptop.read(f.room, e)[0]), "key.missing")

	laptop.said("@bob:b", "P", table.Unsaid)
	phone.send(laptop, "m.forwarded_room_key", exported)
	f.settle()
	expect(t, "not verified", told(laptop.read(f.room, e)[0]), "key.missing")

	laptop.said("@bob:b", "P", table.Trusted)
	phone.send(laptop, "m.forwarded_room_key", exported)
	f.settle()
	expect(t, "asked", told(laptop.read(f.room, e)[0]), "x")
}

// TestRequests: who gets an answer to a request for a key.
func TestRequests(t *testing.T) {
	for name, c := range map[string]struct {
		before func(phone *device, f *forger)
		sender string
		device string
		answer bool
	}{
		"a verified device":      {nil, "@bob:b", "L", true},
		"one that is not":        {func(p *device, _ *forger) { p.said("@bob:b", "L", table.Unsaid) }, "@bob:b", "L", false},
		"one that is blocked":    {func(p *device, _ *forger) { p.said("@bob:b", "L", table.Blocked) }, "@bob:b", "L", false},
		"an unknown device":      {nil, "@bob:b", "X", false},
		"this device":            {nil, "@bob:b", "P", false},
		"another user":           {nil, "@alice:a", "A", false},
		"another user, verified": {func(p *device, _ *forger) { p.said("@alice:a", "A", table.Trusted) }, "@alice:a", "A", false},
		"another user's device":  {nil, "@alice:a", "L", false},
	} {
		t.Run(name, func(t *testing.T) {
			phone, _, f, _ := ownDevices(t, 52)
			phone.share(f.room) // so that alice's devices are known
			if c.before != nil {
				c.before(phone, f)
			}
			f.settle()
			before := len(phone.bodies)
			phone.receive(e2ee.SyncPart{ToDevice: []scan.Value{keyRequest(c.sender, c.device, "1", f, "request")}})
			for phone.ask() {
			}
			expect(t, "answered", len(phone.bodies) > before, c.answer)
		})
	}
}

func keyRequest(sender, device, id string, f *forger, action string) scan.Value {
	return written(map[string]any{"type": "m.room_key_request", "sender": sender, "content": map[string]any{
		"action": action, "requesting_device_id": device, "request_id": id,
		"body": map[string]string{"algorithm": "m.megolm.v1.aes-sha2", "room_id": string(f.room.id), "session_id": f.out.ID()},
	}})
}

// TestCancelledRequest: a request that is taken back before it was answered is
// not, and neither is one for what is not here.
func TestCancelledRequest(t *testing.T) {
	phone, _, f, _ := ownDevices(t, 53)
	unknown := f.device.forger(f.room)
	f.settle()
	before := len(phone.bodies)
	phone.receive(e2ee.SyncPart{ToDevice: []scan.Value{
		keyRequest("@bob:b", "L", "1", f, "request"), keyRequest("@bob:b", "L", "2", unknown, "request"),
		keyRequest("@bob:b", "L", "1", f, "request_cancellation"),
	}})
	for phone.ask() {
	}
	expect(t, "answers", len(phone.bodies)-before, 0)
}

// TestAskingIsBounded.
func TestAskingIsBounded(t *testing.T) {
	_, laptop, f, _ := ownDevices(t, 54)
	var names []e2ee.SessionName
	for range e2ee.MaxAsked + 20 {
		names = append(names, f.device.forger(f.room).name())
	}
	laptop.askKeys(names...)
	laptop.askKeys(names...)
	expect(t, "asked", len(laptop.records(table.ToDevices)), e2ee.MaxAsked)
	f.now = f.now.Add(25 * time.Hour)
	laptop.askKeys(names[e2ee.MaxAsked+1], names[0])
	expect(t, "asked a day later", len(laptop.records(table.ToDevices)), e2ee.MaxAsked+2)
}

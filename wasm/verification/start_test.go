package verification_test

import (
	"errors"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/scan"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// TestBothStart (I-4; spec: key verification framework; FEATURES B-39): that of the
// smaller user or device counts, whoever hears first.
func TestBothStart(t *testing.T) {
	for _, aHearsFirst := range []bool{true, false} {
		pairs(t, func(t *testing.T, w *world, a, b *device) {
			readied(w, a, b, v.AllMethods)
			a.do(a.StartSAS(a.only().ID))
			b.do(b.StartSAS(b.only().ID))
			if !aHearsFirst {
				b.hear(len(b.inbox))
			}
			w.run()
			compare(w, a, b)
			a.do(a.Confirm(a.only().ID))
			b.do(b.Confirm(b.only().ID))
			w.run()
			provenBySAS(a, b)
		})
	}
}

// TestStartsOfTwoMethods end it (spec: key verification framework).
func TestStartsOfTwoMethods(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		if !a.trusts && !b.trusts {
			return
		}
		readied(w, a, b, v.AllMethods)
		b.do(b.Scan(b.only().ID, a.only().QR))
		a.do(a.StartSAS(a.only().ID))
		w.run()
		for _, d := range []*device{a, b} {
			if now := d.is(v.Cancelled); now.Code != v.CodeUnexpectedMessage {
				t.Errorf("%s: %s", d.own.Device, now.Code)
			}
		}
	})
}

// TestStartWithoutRequest is handled, as older clients begin that way (spec: key
// verification framework), and waits for the user as a request does.
func TestStartWithoutRequest(t *testing.T) {
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "A", true), w.add("@a:x", "B", false)
	var content scan.Builder
	content.Text("from_device", "A").Text("method", "m.sas.v1").Text("transaction_id", "old").
		Texts("key_agreement_protocols", []string{"curve25519-hkdf-sha256"}).Texts("hashes", []string{"sha256"}).
		Texts("message_authentication_codes", []string{"hkdf-hmac-sha256.v2"}).Texts("short_authentication_string", []string{"decimal"})
	started := v.Event{Type: "m.key.verification.start", Sender: "@a:x", Content: content.Done()}
	b.send(b.Receive(started))
	b.send(b.Receive(started)) // delivered twice
	now := b.is(v.Requested)
	if now.Methods != v.SAS || !now.Incoming {
		t.Errorf("%+v", now)
	}
	if _, err := b.Accept(now.ID, v.ShowQR); !errors.Is(err, v.ErrMethod) {
		t.Error(err)
	}
	b.do(b.Accept(now.ID, v.AllMethods))
	b.is(v.Started)
	if sent := w.log[len(w.log)-1]; sent.Type != "m.key.verification.accept" || string(sent.Content.Get("short_authentication_string")) != `["decimal"]` {
		t.Errorf("sent %s %s", sent.Type, sent.Content)
	}
	a.inbox = nil
}

// TestTimeLimits (FEATURES B-39).
func TestTimeLimits(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		a.ask(b, v.AllMethods)
		w.run()
		w.tick(2*time.Minute - 1)
		b.is(v.Requested)
		w.tick(1)
		w.run()
		b.cancelled(v.CodeTimeout, true)
		a.is(v.Requested) // another device may answer
		w.tick(8 * time.Minute)
		w.run()
		a.cancelled(v.CodeTimeout, true)
		w.tick(10 * time.Minute)
		if len(a.All())+len(b.All()) > 0 {
			t.Errorf("%v %v is remembered", a.All(), b.All())
		}
		if _, ok := a.Next(); ok {
			t.Error("something is left to do")
		}

		readied(w, a, b, v.AllMethods)
		a.do(a.StartSAS(a.only().ID))
		w.tick(10*time.Minute - 1)
		a.is(v.Started)
		w.now = w.now.Add(1)
		b.hear(1) // without a Tick
		w.run()
		for _, d := range []*device{a, b} {
			if now := d.is(v.Cancelled); now.Code != v.CodeTimeout {
				t.Errorf("%s: %s", d.own.Device, now.Code)
			}
		}
	})
}

// tick lets time pass, and everybody notice when they asked to.
func (w *world) tick(d time.Duration) {
	w.Helper()
	end := w.now.Add(d)
	for {
		var due *device
		at := end
		for _, d := range w.devices {
			if next, ok := d.Next(); ok && !next.After(at) {
				due, at = d, next
			}
		}
		if due == nil {
			w.now = end
			return
		}
		w.now = at
		due.send(due.Tick())
		if next, ok := due.Next(); ok && !next.After(w.now) {
			w.Fatalf("%s wants to be called at %v again", due.own.Device, next)
		}
	}
}

// TestTimely (spec: m.key.verification.request): requests of the past and the
// future are ignored, and a slow one has less time.
func TestTimely(t *testing.T) {
	for late, want := range map[time.Duration]time.Duration{
		0: 2 * time.Minute, time.Minute: 2 * time.Minute, 9 * time.Minute: time.Minute, 10*time.Minute + 1e6: -1,
		-5 * time.Minute: 2 * time.Minute, -5*time.Minute - 1e6: -1,
	} {
		pairs(t, func(t *testing.T, w *world, a, b *device) {
			start := w.now
			w.now = start.Add(-late)
			a.ask(b, v.AllMethods)
			w.now = start
			b.hear(1)
			switch {
			case want < 0 && len(b.All()) > 0:
				t.Errorf("one of %v ago counts", late)
			case want > 0 && !b.is(v.Requested).Until.Equal(start.Add(want)):
				t.Errorf("%v ago: until %v", late, b.only().Until.Sub(start))
			}
			if want > 0 {
				b.do(b.Accept(b.only().ID, v.SAS))
				if !b.is(v.Ready).Until.Equal(start.Add(10*time.Minute - max(0, late))) {
					t.Errorf("%v ago: until %v", late, b.only().Until.Sub(start))
				}
			}
		})
	}
}

// TestPins (I-1; FEATURES B-39): what the server says of keys later changes nothing.
func TestPins(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		readied(w, a, b, v.AllMethods)
		for name := range a.known {
			a.known[name] = key(99)
		}
		a.do(a.StartSAS(a.only().ID))
		w.run()
		compare(w, a, b)
		a.do(a.Confirm(a.only().ID))
		b.do(b.Confirm(b.only().ID))
		w.run()
		provenBySAS(a, b)
	})
}

// TestSwappedKeys: a server that gives one side another key of the other proves
// nothing to it, by either method.
func TestSwappedKeys(t *testing.T) {
	for _, qr := range []bool{false, true} {
		pairs(t, func(t *testing.T, w *world, a, b *device) {
			names := []string{string(b.own.User), string(b.own.User) + " " + string(b.own.Device)}
			for _, name := range names {
				real := a.known[name]
				a.known[name] = key(99)
				readied(w, a, b, v.AllMethods)
				if code := b.only().QR; qr && code != nil && a.only().Methods.Has(v.ScanQR) {
					step, err := a.Scan(a.only().ID, code)
					a.send(step)
					if err != nil && !errors.Is(err, v.ErrKeys) {
						t.Fatal(err)
					}
				} else {
					a.do(a.StartSAS(a.only().ID))
					w.run()
					compare(w, a, b)
					a.do(a.Confirm(a.only().ID))
					b.do(b.Confirm(b.only().ID))
				}
				w.run()
				a.distrusts()
				w.tick(10 * time.Minute)
				w.run()
				w.tick(20 * time.Minute)
				w.run()
				a.known[name] = real
			}
		})
	}
}

// distrusts fails the test if d has proven a key that is not its device's or
// its user's.
func (d *device) distrusts() {
	d.w.Helper()
	for _, now := range d.All() {
		if p := now.Proven; p.Master != nil && *p.Master == key(99) || p.Device != nil && *p.Device == key(99) {
			d.w.Errorf("%s has proven a wrong key", d.own.Device)
		}
	}
}

// TestUnknownDevices are not verified, and neither is one that is called as
// the master key is (CVE-2022-39250).
func TestUnknownDevices(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		name := string(a.own.User) + " " + string(a.own.Device)
		delete(b.known, name)
		a.ask(b, v.AllMethods)
		w.run()
		if len(b.All()) > 0 {
			t.Error("an unknown device asks")
		}
		a.do(a.Cancel(a.only().ID))
		b.known[name] = a.own.Key
		a.ask(b, v.AllMethods)
		w.run()
		delete(b.known, name)
		b.do(b.Accept(b.only().ID, v.AllMethods))
		w.run()
		a.cancelled(v.CodeKeyMismatch, false)
		b.cancelled(v.CodeKeyMismatch, true)
	})
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "A", true), w.add("@b:x", keyName(master("@b:x")), true)
	a.ask(b, v.AllMethods)
	w.run()
	b.do(b.Accept(b.only().ID, v.AllMethods))
	w.run()
	b.cancelled(v.CodeKeyMismatch, true)
	w = newWorld(t, 1)
	a, b = w.add("@a:x", "A", true), w.add("@b:x", keyName(master("@b:x")), true)
	delete(b.known, "@b:x")
	a.ask(b, v.AllMethods)
	w.run()
	b.do(b.Accept(b.only().ID, v.AllMethods))
	w.run()
	a.cancelled(v.CodeKeyMismatch, true)
}

package verification_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	v "github.com/alcove-chat/alcove/wasm/verification"
)

// TestQR (FEATURES B-39): each scans the other, in all three modes. What is
// proven is what the code can prove.
func TestQR(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		if !a.trusts && !b.trusts {
			return
		}
		for range 2 {
			readied(w, a, b, v.AllMethods)
			scanCode(w, a, b)
			a.is(v.Confirmed)
			b.is(v.Scanned)
			b.do(b.Confirm(b.only().ID))
			w.run()
			m := master(a.own.User)
			switch {
			case a.own.User != b.own.User:
				other := master(b.own.User)
				a.proven(nil, &other)
				b.proven(nil, &m)
			case a.trusts:
				a.proven(&b.own.Key, nil)
				b.proven(nil, &m)
			default:
				a.proven(nil, &m)
				b.proven(&a.own.Key, nil)
			}
			a, b = b, a
		}
	})
}

// scanCode lets a scan what b shows.
func scanCode(w *world, a, b *device) {
	w.Helper()
	a.do(a.Scan(a.is(v.Ready).ID, b.is(v.Ready).QR))
	w.run()
}

// TestTwoNewDevices have nothing that a code could prove to both.
func TestTwoNewDevices(t *testing.T) {
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "A", false), w.add("@a:x", "B", false)
	readied(w, a, b, v.AllMethods)
	if step, err := a.Scan(a.only().ID, b.only().QR); !errors.Is(err, v.ErrKeys) || len(step.Sends) > 0 {
		t.Error(err)
	}
	a.do(a.StartSAS(a.is(v.Ready).ID))
	w.run()
	compare(w, a, b)
}

// TestBothScan each other's code at once: the scan of the smaller one counts.
func TestBothScan(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		if !a.trusts && !b.trusts {
			return
		}
		readied(w, a, b, v.AllMethods)
		one, two := a.only(), b.only()
		a.do(a.Scan(one.ID, two.QR))
		b.do(b.Scan(two.ID, one.QR))
		w.run()
		first, second := a, b
		if string(a.own.User)+string(a.own.Device) > string(b.own.User)+string(b.own.Device) {
			first, second = b, a
		}
		first.is(v.Confirmed)
		second.do(second.Confirm(second.is(v.Scanned).ID))
		w.run()
		a.is(v.Done)
		b.is(v.Done)
	})
}

// TestNotScanned: the user says that the other device shows nothing.
func TestNotScanned(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		if a.trusts || b.trusts {
			readied(w, a, b, v.AllMethods)
			scanCode(w, a, b)
			b.do(b.Mismatch(b.is(v.Scanned).ID))
			w.run()
			a.cancelled(v.CodeKeyMismatch, false)
			b.cancelled(v.CodeKeyMismatch, true)
		}
	})
}

// TestEveryBitOfACode counts: a changed code proves nothing.
func TestEveryBitOfACode(t *testing.T) {
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "OLD", true), w.add("@a:x", "NEW", false)
	readied(w, a, b, v.AllMethods)
	for bit := range 8 * len(b.only().QR) {
		code := bytes.Clone(b.is(v.Ready).QR)
		code[bit/8] ^= 1 << (bit % 8)
		step, err := a.Scan(a.is(v.Ready).ID, code)
		a.send(step)
		if err == nil {
			w.run()
			a.is(v.Cancelled)
			b.is(v.Cancelled)
			readied(w, a, b, v.AllMethods)
		} else if !errors.Is(err, v.ErrCode) && !errors.Is(err, v.ErrKeys) || len(step.Sends) > 0 {
			t.Fatalf("bit %d: %v", bit, err)
		}
	}
}

// TestCodesOfOthers change nothing, or end it where they are wrong.
func TestCodesOfOthers(t *testing.T) {
	w := newWorld(t, 1)
	a, b, c := w.add("@a:x", "A", true), w.add("@b:x", "B", true), w.add("@c:x", "C", true)
	readied(w, a, b, v.AllMethods)
	one := a.only()
	c.ask(b, v.AllMethods)
	w.run()
	all := b.All()
	b.do(b.Accept(all[1].ID, v.AllMethods))
	w.run()
	for _, code := range [][]byte{nil, []byte("https://example.org"), c.only().QR} {
		if step, err := a.Scan(one.ID, code); !errors.Is(err, v.ErrCode) || len(step.Sends) > 0 {
			t.Errorf("%q: %v", code, err)
		}
	}
	code := bytes.Clone(b.All()[0].QR)
	code[7] = 1 // as of a device of our own
	a.do(a.Scan(one.ID, code))
	a.cancelled(v.CodeUserMismatch, true)
}

// TestNoCode: without the keys, or the other side's camera, there is none.
func TestNoCode(t *testing.T) {
	for name, c := range map[string]struct {
		forget []string
		trusts bool
		theirs v.Methods
	}{
		"no camera":               {nil, true, v.SAS | v.ShowQR},
		"own master key unknown":  {[]string{"@a:x"}, true, v.AllMethods},
		"own master key as found": {nil, false, v.AllMethods},
		"their master unknown":    {[]string{"@b:x"}, true, v.AllMethods},
	} {
		w := newWorld(t, 1)
		a, b := w.add("@a:x", "A", c.trusts), w.add("@b:x", "B", true)
		for _, user := range c.forget {
			delete(a.known, user)
		}
		a.ask(b, v.AllMethods)
		w.run()
		b.do(b.Accept(b.only().ID, c.theirs))
		w.run()
		if now := a.is(v.Ready); now.QR != nil || now.Methods.Has(v.ShowQR) || !now.Methods.Has(v.SAS) {
			t.Errorf("%s: %v, %x", name, now.Methods, now.QR)
		}
	}
}

// TestAnotherMethod: while codes are shown, comparing can still be chosen, and
// not both; after an end, anything can.
func TestAnotherMethod(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		readied(w, a, b, v.AllMethods)
		shown := b.only().QR
		a.do(a.StartSAS(a.only().ID))
		if _, err := a.Scan(a.only().ID, shown); !errors.Is(err, v.ErrPhase) {
			t.Error(err)
		}
		if now := a.is(v.Started); now.QR != nil || now.Methods != 0 {
			t.Errorf("there is still a choice: %+v", now)
		}
		w.run()
		b.do(b.Cancel(b.is(v.Comparing).ID))
		w.run()
		a.cancelled(v.CodeUser, false)
		readied(w, a, b, v.AllMethods)
		if slices.Equal(b.only().QR, shown) {
			t.Error("the same code again")
		}
		if a.trusts || b.trusts {
			scanCode(w, a, b)
			b.do(b.Confirm(b.only().ID))
			w.run()
			a.is(v.Done)
		}
	})
}

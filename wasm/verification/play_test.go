package verification_test

import (
	"slices"
	"time"

	"github.com/alcove-chat/alcove/wasm/scan"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// play goes through a whole verification, and lets through what it says.
func play(w *world, a, b *device, qr bool, change func(*v.Event)) {
	w.Helper()
	for _, d := range w.devices {
		d.change = change
	}
	a.ask(b, v.AllMethods)
	w.run()
	for range 4 { // each says something up to three times
		for _, d := range []*device{a, b} {
			for _, now := range d.All() {
				d.act(now, a, b, qr)
				w.run()
			}
		}
	}
}

// act is what an honest user does: she confirms what she sees on both devices.
func (d *device) act(now v.Verification, a, b *device, qr bool) {
	other := b
	if d == b {
		other = a
	}
	theirs := other.All()
	if len(theirs) == 0 {
		return
	}
	seen := theirs[len(theirs)-1]
	switch {
	case now.Phase == v.Requested && now.Incoming:
		d.try(d.Accept(now.ID, v.AllMethods))
	case now.Phase == v.Ready && !qr:
		d.try(d.StartSAS(now.ID))
	case now.Phase == v.Ready && d == a:
		d.try(d.Scan(now.ID, seen.QR))
	case now.Phase == v.Comparing && slices.Equal(now.Decimals, seen.Decimals) && slices.Equal(now.Emoji, seen.Emoji):
		d.try(d.Confirm(now.ID))
	case now.Phase == v.Comparing && seen.Phase == v.Confirmed, now.Phase == v.Scanned && (seen.Phase == v.Confirmed || seen.Phase == v.Done):
		d.try(d.Confirm(now.ID))
	case now.Phase == v.Comparing && seen.Phase == v.Comparing, now.Phase == v.Scanned:
		d.try(d.Mismatch(now.ID))
	}
}

func (d *device) try(step v.Step, _ error) {
	d.w.Helper()
	d.send(step)
}

// honest fails the test if somebody has proven what is not so, or is left
// without an end when all is heard and time is over.
func (w *world) honest() {
	w.Helper()
	w.run()
	w.proven()
	w.tick(10 * time.Minute)
	w.run()
	w.proven()
	for _, now := range w.ended {
		if !now.Phase.Ended() {
			w.Errorf("%s never ends: phase %d", now.ID, now.Phase)
		}
	}
	w.tick(20 * time.Minute)
	w.run()
	for _, d := range w.devices {
		if len(d.All()) > 0 {
			w.Errorf("%s forgets nothing", d.own.Device)
		}
	}
}

// proven looks at what everybody has proven so far.
func (w *world) proven() {
	w.Helper()
	w.ended = nil
	for _, d := range w.devices {
		w.ended = append(w.ended, d.All()...)
	}
	for _, now := range w.ended {
		p := now.Proven
		if (now.Phase == v.Done) != (p.Device != nil || p.Master != nil) {
			w.Errorf("%s has proven %v in phase %d", now.ID, p, now.Phase)
		}
		if p.Master != nil && *p.Master != master(now.User) {
			w.Errorf("%s has proven another master key", now.ID)
		}
		for _, other := range w.devices {
			if other.own.User == now.User && other.own.Device == now.Device && p.Device != nil && *p.Device != other.own.Key {
				w.Errorf("%s has proven another device", now.ID)
			}
		}
	}
}

// playAgain plays the same in a new world, where one message is changed on its
// way.
func (w *world) playAgain(sent v.Send, changed scan.Value, qr bool) *world {
	w.Helper()
	again := newWorld(w, 1)
	for _, d := range w.devices {
		again.add(d.own.User, d.own.Device, d.trusts)
	}
	hit := false
	play(again, again.devices[0], again.devices[1], qr, func(e *v.Event) {
		if e.Txn == "" && string(e.Content) == string(sent.Content) {
			e.Content, hit = changed, true
		}
	})
	if !hit {
		w.Fatalf("%s was not sent again", sent.Content)
	}
	again.honest()
	return again
}

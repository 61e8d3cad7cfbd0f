package verification_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// TestChaos (FEATURES B-39; I-1, I-3): two or three devices whose users do anything that
// honest users can, and messages that come late, twice, in another order or not
// at all. Nobody proves a wrong key, nobody is left without an end, and what is
// shown as changed is what changed.
func TestChaos(t *testing.T) {
	seeds := uint64(2000)
	if testing.Short() {
		seeds = 300
	}
	done := 0
	for seed := range seeds {
		w := newWorld(t, seed)
		switch seed % 3 {
		case 0:
			w.add("@a:x", "A", true)
			w.add("@b:x", "B", true)
		case 1:
			w.add("@a:x", "A", true)
			w.add("@a:x", "B", false)
		case 2:
			w.add("@b:x", "B", true)
			w.add("@a:x", "A2", seed%2 == 0)
			w.add("@a:x", "A", true)
		}
		faults := seed%4 > 0
		for range 60 {
			w.anything(faults)
		}
		for _, d := range w.devices {
			for _, now := range d.All() {
				if now.Phase == v.Done {
					done++
				}
			}
		}
		w.honest()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if done < int(seeds)/20 {
		t.Errorf("only %d of %d came to an end", done, seeds)
	}
}

// anything does one thing: somebody does something, hears something, or waits.
func (w *world) anything(faults bool) {
	w.Helper()
	d := w.devices[w.rnd.IntN(len(w.devices))]
	before := d.seen()
	d.changed = nil
	switch n := w.rnd.IntN(100); {
	case n < 70 && len(d.inbox) > 0:
		if faults {
			d.fault()
		}
		d.hear(1)
	case n < 98:
		d.doAnything()
	case faults:
		w.now = w.now.Add(time.Duration(w.rnd.IntN(100)) * time.Second)
		d.send(d.Tick())
	}
	for id, now := range d.seen() {
		if now != before[id] && !slices.Contains(d.changed, id) {
			w.Errorf("%s: %s became %s, unsaid", d.own.Device, before[id], now)
		}
	}
}

// seen is what d shows, by name.
func (d *device) seen() map[v.ID]string {
	all := map[v.ID]string{}
	for _, now := range d.All() {
		all[now.ID] = fmt.Sprint(now)
	}
	return all
}

// fault does something to what d hears next.
func (d *device) fault() {
	rnd := d.w.rnd
	switch n := rnd.IntN(100); {
	case n < 3: // lost
		d.inbox = d.inbox[1:]
	case n < 10: // twice
		d.inbox = append(d.inbox, d.inbox[0])
	case n < 14: // in another order
		i := rnd.IntN(len(d.inbox))
		d.inbox[0], d.inbox[i] = d.inbox[i], d.inbox[0]
	}
}

func (d *device) doAnything() {
	d.w.Helper()
	rnd := d.w.rnd
	all := d.All()
	other := d.w.devices[rnd.IntN(len(d.w.devices))]
	if len(all) == 0 || rnd.IntN(20) == 0 {
		d.askAnybody(other)
		return
	}
	now := all[rnd.IntN(len(all))]
	if rnd.IntN(60) == 0 {
		d.try(d.Cancel(now.ID))
	}
	for _, o := range d.w.devices {
		if o.own.User == now.User && o.own.Device == now.Device {
			d.act(now, d, o, rnd.IntN(2) == 0)
		}
	}
}

func (d *device) askAnybody(other *device) {
	d.w.Helper()
	var step v.Step
	var err error
	if d.own.User == other.own.User || d.w.rnd.IntN(3) == 0 {
		var devices []event.DeviceID
		for _, o := range d.w.devices {
			if o.own.User == other.own.User {
				devices = append(devices, o.own.Device)
			}
		}
		_, step, err = d.AskDevices(other.own.User, devices, v.AllMethods)
	} else {
		_, step, err = d.AskInRoom(other.own.User, room, v.AllMethods)
	}
	d.try(step, err)
}

// TestFaultless: without faults, and with users who go on, all comes to a good
// end, whoever does what first.
func TestFaultless(t *testing.T) {
	for seed := range uint64(500) {
		w := newWorld(t, seed)
		a, b := w.add("@a:x", "A", true), w.add("@a:x", "B", false)
		if seed%2 == 0 {
			b = w.add("@b:x", "B", true)
			w.devices = []*device{a, b}
		}
		qr := seed%3 == 0
		d := []*device{a, b}[w.rnd.IntN(2)]
		d.ask([]*device{b, a}[slices.Index([]*device{a, b}, d)], v.AllMethods)
		for range 200 {
			d := w.devices[w.rnd.IntN(2)]
			if all := d.All(); w.rnd.IntN(2) == 0 && len(all) > 0 {
				d.act(all[len(all)-1], a, b, qr)
			} else {
				d.hear(1)
			}
		}
		w.run()
		a.is(v.Done)
		b.is(v.Done)
		w.honest()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestManInTheMiddle: who puts his own ephemeral key, and a promise of it, in
// place of both makes the two see different emoji.
func TestManInTheMiddle(t *testing.T) {
	public, err := curve25519.X25519Public(slices.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		var start scan.Value
		play(w, a, b, false, func(e *v.Event) {
			switch e.Type {
			case "m.key.verification.start":
				start, _ = e.Content.Canonical()
			case "m.key.verification.accept":
				sum := sha256.Sum256(append([]byte(unpadded.Encode(public)), start...))
				e.Content = with(e.Content, "commitment", unpadded.Encode(sum[:]))
			case "m.key.verification.key":
				e.Content = with(e.Content, "key", unpadded.Encode(public))
			}
		})
		for _, d := range w.devices {
			if now := d.is(v.Cancelled); now.Code != v.CodeMismatchedSAS {
				t.Errorf("%s: %s", d.own.Device, now.Code)
			}
		}
		w.honest()
	})
}

// with returns content with a member that says something else.
func with(content scan.Value, name, text string) scan.Value {
	var out scan.Builder
	for key, value := range content.Members() {
		if key.Text() == name {
			value = scan.Text(text)
		}
		out.Raw(key.Text(), value)
	}
	return out.Done()
}

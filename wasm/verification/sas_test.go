package verification_test

import (
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/scan"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// pairs are who verifies whom: two users in a room, and two devices of one user
// of which one trusts the master key, or none.
func pairs(t *testing.T, f func(t *testing.T, w *world, a, b *device)) {
	for name, make := range map[string]func(*world) (a, b *device){
		"two users":   func(w *world) (a, b *device) { return w.add("@a:x", "ADEV", true), w.add("@b:x", "BDEV", true) },
		"own devices": func(w *world) (a, b *device) { return w.add("@a:x", "OLD", true), w.add("@a:x", "NEW", false) },
		"new asks":    func(w *world) (a, b *device) { return w.add("@a:x", "NEW", false), w.add("@a:x", "OLD", true) },
		"two new":     func(w *world) (a, b *device) { return w.add("@a:x", "NEW", false), w.add("@a:x", "NEWER", false) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			a, b := make(w)
			f(t, w, a, b)
		})
	}
}

// readied is a and b after a asked and b said yes.
func readied(w *world, a, b *device, can v.Methods) {
	w.Helper()
	a.ask(b, can)
	w.run()
	b.do(b.Accept(b.is(v.Requested).ID, can))
	w.run()
	a.is(v.Ready)
	b.is(v.Ready)
}

// compare lets both users compare and say what they see.
func compare(w *world, a, b *device) {
	w.Helper()
	one, two := a.is(v.Comparing), b.is(v.Comparing)
	if len(one.Emoji) != 7 || len(one.Decimals) != 3 || !slices.Equal(one.Emoji, two.Emoji) || !slices.Equal(one.Decimals, two.Decimals) {
		w.Fatalf("%v %v and %v %v", one.Emoji, one.Decimals, two.Emoji, two.Decimals)
	}
}

// provenBySAS: each has proven the other's device, and the master key of one that
// trusts it.
func provenBySAS(a, b *device) {
	a.w.Helper()
	for _, d := range [][2]*device{{a, b}, {b, a}} {
		other := d[1].own
		m := master(other.User)
		if d[1].trusts {
			d[0].proven(&other.Key, &m)
		} else {
			d[0].proven(&other.Key, nil)
		}
	}
}

// TestSAS (FEATURES B-39): whoever starts and whoever confirms first.
func TestSAS(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		for range 2 {
			for range 2 {
				readied(w, a, b, v.AllMethods)
				a.do(a.StartSAS(a.only().ID))
				w.run()
				compare(w, a, b)
				b.do(b.Confirm(b.only().ID))
				w.run()
				a.is(v.Comparing)
				b.is(v.Confirmed)
				a.do(a.Confirm(a.only().ID))
				w.run()
				provenBySAS(a, b)
				a, b = b, a
			}
			a, b = b, a
		}
	})
}

// emojiNames are the spec's names.
func emojiNames(t testing.TB) (names []string) {
	t.Helper()
	for item := range scan.Value(conformance.Read(t, "sas-emoji.json")).Items() {
		names = append(names, item.Get("description").Text())
	}
	return names
}

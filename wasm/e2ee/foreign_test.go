package e2ee_test

import (
	"context"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestMessagesOfOthers: messages of a verification are made known, in the clear or
// encrypted, and only encryption proves which device they are from, where that is
// one the sender is known to have. No others are.
func TestMessagesOfOthers(t *testing.T) {
	w := newWorld(t, 1)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	for _, c := range []struct {
		kind, to string
		device   event.DeviceID // as it is proven
		heard    int
		current  bool // bob asked who alice is
	}{
		{"m.key.verification.done", "", "", 1, false}, // whoever signs for itself is anybody
		{"m.key.verification.done", "", "A", 1, true},
		{"m.key.verification.done", "B", "", 1, true},
		{"m.key.other", "", "", 0, true},
		{"m.key.other", "B", "", 0, true},
	} {
		if c.current {
			bob.becomesCurrent(alice)
		}
		bob.heard = nil
		content := scan.Value(`{"transaction_id":"t"}`)
		for sent := false; !sent; {
			alice.work(func(ctx context.Context, w *e2ee.Work) (err error) {
				if sent = c.to != ""; sent {
					return w.Tell(c.kind, "@bob:b", []event.DeviceID{event.DeviceID(c.to)}, content)
				}
				sent, err = w.Write(ctx, "@bob:b", c.kind, content)
				return err
			})
			w.settle()
		}
		if len(bob.heard) != c.heard {
			t.Fatalf("%+v: bob hears %+v", c, bob.heard)
		}
		for _, m := range bob.heard {
			if m.Type != c.kind || m.Sender != "@alice:a" || m.Device != c.device || string(m.Content) != string(content) {
				t.Errorf("%+v: bob hears %+v", c, m)
			}
		}
	}
	if alice.machine.Telling() {
		t.Error("something is on its way")
	}
}

// becomesCurrent has a device know another user's.
func (d *device) becomesCurrent(other *device) {
	d.Helper()
	for range 3 {
		current := false
		d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			current, err = w.Current(ctx, event.UserID(other.user))
			return err
		})
		if current {
			return
		}
		d.settle()
	}
	d.Fatal("the user stays unknown")
}

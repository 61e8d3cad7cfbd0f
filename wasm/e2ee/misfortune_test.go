package e2ee_test

import (
	"context"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
)

// TestMisfortunes: whatever answers are lost or come twice, and whenever a device
// dies, in the end all of a user's devices have the secrets and are signed, others
// see that, and the backup has every session.
func TestMisfortunes(t *testing.T) {
	seeds := uint64(12)
	if testing.Short() {
		seeds = 5
	}
	deaths := 0
	for seed := range seeds {
		h := newHouse(t, 100+seed)
		phone, bob := h.register("alice"), h.register("bob")
		h.mishaps = true
		h.meet(phone, bob)
		names := phone.learn(30)
		key := phone.setup("")
		bob.bootstrap()
		laptop := h.login("alice")
		h.settle()
		names = append(names, laptop.learn(20)...)
		if seed%2 == 0 {
			h.verify(phone, laptop, seed%4 == 0)
		} else if _, err := laptop.recover(key); err != nil {
			t.Fatal(err)
		}
		bob.work(func(ctx context.Context, w *e2ee.Work) error { return w.VerifyUser(ctx, phone.user, bob.master(phone)) })
		names = append(names, phone.learn(20)...)
		h.settle()
		h.mishaps = false
		h.settle()
		for _, n := range []*tenant{phone, laptop} {
			s := n.status()
			if !s.Signed || !s.Private || s.Missing != nil || !s.Backup.Trusted || s.Backup.Unsaved != 0 {
				t.Errorf("seed %d, %s: %+v", seed, n.device, s)
			}
			if got := bob.trust(n); got != e2ee.TrustVerified {
				t.Errorf("seed %d: bob trusts %s: %d", seed, n.device, got)
			}
		}
		tablet := h.login("alice")
		h.settle()
		if _, err := tablet.recover(key); err != nil {
			t.Fatal(err)
		}
		if tablet.restore(); tablet.has(names) != len(names) {
			t.Errorf("seed %d: restored %d of %d", seed, tablet.has(names), len(names))
		}
		for _, n := range h.tenants {
			deaths += n.deaths
		}
	}
	if deaths == 0 {
		t.Error("nobody ever died")
	}
}

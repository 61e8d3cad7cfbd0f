package e2ee_test

import (
	"context"
	"testing"

	"github.com/alcove-chat/alcove/storage/mem"
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

// TestKillAtEveryStepOfSetup: whenever the first device dies, before or after a
// commit reached the disk, it ends up with what a second one recovers.
func TestKillAtEveryStepOfSetup(t *testing.T) {
	play := func(prepare func(*tenant)) (commits int) {
		h := newHouse(t, 200)
		phone := h.register("alice")
		prepare(phone)
		h.settle()
		names := phone.learn(130)
		key := phone.setup("")
		names = append(names, phone.learn(3)...)
		h.settle()
		laptop := h.login("alice")
		h.settle()
		if _, err := laptop.recover(key); err != nil {
			t.Fatal(err)
		}
		laptop.restore()
		for _, n := range h.tenants {
			s := n.status()
			if !s.Signed || !s.Private || s.Missing != nil || !s.Backup.Trusted || s.Backup.Unsaved != 0 || n.has(names) != len(names) {
				t.Errorf("%s has %d: %+v", n.device, n.has(names), s)
			}
		}
		return phone.commits
	}
	commits := play(func(*tenant) {})
	if commits < 10 {
		t.Fatalf("%d commits", commits)
	}
	for at := 1; at < commits; at++ { // one was before it began
		if testing.Short() && at%5 != 0 {
			continue
		}
		for _, applied := range []bool{false, true} {
			var phone *tenant
			play(func(n *tenant) {
				n.disk.OnCommit(at, mem.Fault{Kill: true, Applied: applied})
				phone = n
			})
			if phone.deaths != 1 {
				t.Errorf("at commit %d of %d it died %d times", at, commits, phone.deaths)
			}
		}
	}
}

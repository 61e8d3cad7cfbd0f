package e2ee_test

import (
	"context"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestBootstrap: the first keys need no user, this device signs itself, and others
// see that.
func TestBootstrap(t *testing.T) {
	h := newHouse(t, 1)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	if s := alice.status(); !s.Known || s.Identity != e2ee.IdentityNone || s.Signed || s.Private {
		t.Errorf("before: %+v", s)
	}
	if got := bob.trust(alice); got != e2ee.TrustUnsigned {
		t.Errorf("bob trusts alice before: %d", got)
	}
	alice.bootstrap()
	if s := alice.status(); s.Identity != e2ee.IdentityVerified || !s.Signed || !s.Private || s.Making || s.Replaced {
		t.Errorf("after: %+v", s)
	}
	if got := bob.trust(alice); got != e2ee.TrustSigned {
		t.Errorf("bob trusts alice: %d", got)
	}
	if got := bob.identity(alice.user); got != e2ee.IdentityPinned {
		t.Errorf("alice's identity: %d", got)
	}
	alice.refused(e2ee.ErrIdentityExists, func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, false) })
	if n := alice.asked[e2ee.UploadIdentity]; n != 1 {
		t.Errorf("%d uploads", n)
	}
}

// TestReset: new keys in place of others wait for what the server wants of the
// user, and nothing uploads them without.
func TestReset(t *testing.T) {
	h := newHouse(t, 2)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	alice.bootstrap()
	bob.bootstrap()
	old := bob.master(alice)
	reset := func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, true) }
	alice.work(reset)
	h.settle()
	alice.start()
	h.settle()
	if s := alice.status(); !s.Making || !s.Asked || alice.asked[e2ee.UploadIdentity] != 1 || !s.Private {
		t.Errorf("while it waits: %+v", s)
	}
	r := alice.machine.UploadIdentity(nil)
	status, needed := alice.send(r)
	if status != 401 || needed.Get("session").Text() == "" {
		t.Fatalf("%d %s", status, needed)
	}
	var auth, who scan.Builder
	who.Text("type", "m.id.user").Text("user", "alice")
	auth.Text("type", "m.login.password").Text("session", needed.Get("session").Text()).Text("password", "secret alice").Raw("identifier", who.Done())
	alice.bring(alice.machine.UploadIdentity(auth.Done()))
	h.settle()
	if s := alice.status(); s.Making || !s.Private || !s.Signed || s.Identity != e2ee.IdentityVerified {
		t.Errorf("after: %+v", s)
	}
	if alice.machine.UploadIdentity(nil) != nil {
		t.Error("it is uploaded again")
	}
	if got := bob.identity(alice.user); bob.master(alice) == old || got != e2ee.IdentityChanged {
		t.Errorf("bob sees %d", got)
	}
	bob.work(func(ctx context.Context, w *e2ee.Work) error { return w.Acknowledge(ctx, alice.user) })
	if got := bob.identity(alice.user); got != e2ee.IdentityPinned {
		t.Errorf("bob sees %d after he said yes", got)
	}
}

// TestVerifyUser: who verified a user trusts that user's signed devices, on all
// devices that have the keys; and is told louder when the identity changes.
func TestVerifyUser(t *testing.T) {
	h := newHouse(t, 3)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	bob.bootstrap()
	verify := func(ctx context.Context, w *e2ee.Work) error { return w.VerifyUser(ctx, alice.user, bob.master(alice)) }
	bob.refused(e2ee.ErrOtherKey, verify)
	alice.bootstrap()
	bob.refused(e2ee.ErrOtherKey, func(ctx context.Context, w *e2ee.Work) error {
		return w.VerifyUser(ctx, alice.user, bob.master(bob))
	})
	bob.work(verify)
	h.settle()
	if bob.trust(alice) != e2ee.TrustVerified || bob.identity(alice.user) != e2ee.IdentityVerified {
		t.Errorf("%d %d", bob.trust(alice), bob.identity(alice.user))
	}
	if alice.trust(bob) != e2ee.TrustSigned {
		t.Errorf("that is no answer: %d", alice.trust(bob))
	}
	alice.replaceIdentity()
	if got := bob.identity(alice.user); got != e2ee.IdentityBroken || bob.trust(alice) == e2ee.TrustVerified {
		t.Errorf("after the reset: %d, device %d", got, bob.trust(alice))
	}
	bob.start()
	if got := bob.identity(alice.user); got != e2ee.IdentityBroken {
		t.Errorf("forgotten by a restart: %d", got)
	}
	bob.work(func(ctx context.Context, w *e2ee.Work) error { return w.Acknowledge(ctx, alice.user) })
	if got := bob.identity(alice.user); got != e2ee.IdentityPinned {
		t.Errorf("acknowledged: %d", got)
	}
}

// replaceIdentity is a reset from beginning to end.
func (n *tenant) replaceIdentity() {
	n.Helper()
	n.work(func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, true) })
	var auth, who scan.Builder
	who.Text("type", "m.id.user").Text("user", n.name)
	auth.Text("type", "m.login.password").Text("password", "secret "+n.name).Raw("identifier", who.Done())
	for n.machine.UploadIdentity(nil) != nil {
		n.bring(n.machine.UploadIdentity(auth.Done()))
	}
	n.settle()
}

// TestOtherDeviceResets: this device's private keys are worth nothing then, and
// it says so; and it does not call its own user verified.
func TestOtherDeviceResets(t *testing.T) {
	h := newHouse(t, 4)
	phone := h.register("alice")
	phone.bootstrap()
	laptop := h.login("alice")
	h.settle()
	laptop.replaceIdentity()
	if s := phone.status(); s.Private || !s.Replaced || s.Signed || s.Identity != e2ee.IdentityBroken {
		t.Errorf("phone: %+v", s)
	}
	if got := phone.trust(laptop); got != e2ee.TrustSigned {
		t.Errorf("phone trusts laptop: %d", got)
	}
	if s := laptop.status(); !s.Private || s.Replaced || s.Identity != e2ee.IdentityVerified {
		t.Errorf("laptop: %+v", s)
	}
}

// TestTwoBootstrap: of two devices that make keys at once, one wins, and the other
// gives up.
func TestTwoBootstrap(t *testing.T) {
	h := newHouse(t, 5)
	phone, laptop := h.register("alice"), h.login("alice")
	h.settle()
	make := func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, false) }
	phone.work(make)
	laptop.work(make)
	h.settle()
	won, lost := phone.status(), laptop.status()
	if lost.Private {
		won, lost = lost, won
	}
	if !won.Private || lost.Private || lost.Making || lost.Identity != e2ee.IdentityPinned {
		t.Errorf("won %+v\nlost %+v", won, lost)
	}
}

// TestSignDevice: a device that our user compared is signed, so that others trust
// it too; and one that is blocked is not.
func TestSignDevice(t *testing.T) {
	h := newHouse(t, 6)
	phone, bob := h.register("alice"), h.register("bob")
	h.meet(phone, bob)
	phone.bootstrap()
	laptop := h.login("alice")
	h.settle()
	if phone.trust(laptop) != e2ee.TrustUnsigned || bob.trust(laptop) != e2ee.TrustUnsigned {
		t.Errorf("before: %d %d", phone.trust(laptop), bob.trust(laptop))
	}
	phone.refused(e2ee.ErrOtherKey, func(ctx context.Context, w *e2ee.Work) error {
		return w.VerifyDevice(ctx, laptop.user, laptop.device, phone.ed25519())
	})
	phone.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.VerifyDevice(ctx, laptop.user, laptop.device, laptop.ed25519())
	})
	h.settle()
	if phone.trust(laptop) != e2ee.TrustVerified || bob.trust(laptop) != e2ee.TrustSigned || !laptop.status().Signed {
		t.Errorf("after: %d %d %+v", phone.trust(laptop), bob.trust(laptop), laptop.status())
	}
	bob.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.BlockDevice(ctx, laptop.user, laptop.device, true)
	})
	if bob.trust(laptop) != e2ee.TrustBlocked {
		t.Errorf("blocked: %d", bob.trust(laptop))
	}
	bob.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.BlockDevice(ctx, laptop.user, laptop.device, false)
	})
	if bob.trust(laptop) != e2ee.TrustSigned {
		t.Errorf("not blocked any more: %d", bob.trust(laptop))
	}
}

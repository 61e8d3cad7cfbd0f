package e2ee_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/table"
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
	alice.bring(alice.machine.UploadIdentity(alice.password(needed)))
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

// password answers what the server wants of the user.
func (n *tenant) password(needed scan.Value) scan.Value {
	var auth, who scan.Builder
	who.Text("type", "m.id.user").Text("user", n.name)
	return auth.Text("type", "m.login.password").Text("session", needed.Get("session").Text()).
		Text("password", "secret "+n.name).Raw("identifier", who.Done()).Done()
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

// TestVerifiedLater: what our user signed is worth nothing to a device that does
// not trust its own user's identity yet; and once it was worth something, it is
// remembered, whatever becomes of that identity.
func TestVerifiedLater(t *testing.T) {
	for _, sees := range []string{"before it is recovered", "after"} {
		h := newHouse(t, 7)
		alice, phone := h.register("alice"), h.register("bob")
		h.meet(alice, phone)
		alice.bootstrap()
		key := phone.setup("")
		verify := func() {
			phone.work(func(ctx context.Context, w *e2ee.Work) error {
				return w.VerifyUser(ctx, alice.user, phone.master(alice))
			})
			h.settle()
		}
		if sees != "after" {
			verify()
		}
		laptop := h.login("bob")
		h.meet(alice, laptop)
		if laptop.identity(alice.user) != e2ee.IdentityPinned || laptop.trust(alice) != e2ee.TrustSigned {
			t.Errorf("before: %d %d", laptop.identity(alice.user), laptop.trust(alice))
		}
		if _, err := laptop.recover(key); err != nil {
			t.Fatal(err)
		}
		if sees == "after" {
			verify()
		}
		if laptop.identity(alice.user) != e2ee.IdentityVerified || laptop.trust(alice) != e2ee.TrustVerified {
			t.Errorf("%s: %d %d", sees, laptop.identity(alice.user), laptop.trust(alice))
		}
		if sees == "after" {
			phone.replaceIdentity() // now laptop does not trust its own user any more
		}
		alice.replaceIdentity()
		if got := laptop.identity(alice.user); got != e2ee.IdentityBroken {
			t.Errorf("%s: %d after the reset", sees, got)
		}
	}
}

// TestImpostor: whoever comes under the name of a trusted device, with keys of
// its own, is not trusted.
func TestImpostor(t *testing.T) {
	h := newHouse(t, 8)
	phone := h.register("alice")
	key := phone.setup("")
	laptop := h.login("alice")
	h.settle()
	if _, err := laptop.recover(key); err != nil {
		t.Fatal(err)
	}
	impostor := &tenant{house: h, user: phone.user, device: phone.device, disk: mem.NewDisk(), data: map[string]scan.Value{}, asked: map[e2ee.Kind]int{}}
	impostor.start()
	for want, n := range map[e2ee.Trust]*tenant{e2ee.TrustVerified: phone, e2ee.TrustUnknown: impostor} {
		keys := laptop.keysOf(n)
		got, err := laptop.machine.Begin().TrustOf(t.Context(), phone.user, phone.device, keys)
		if err != nil || got != want {
			t.Errorf("%d, %v, want %d", got, err, want)
		}
	}
}

// TestUnlisted: a device that is in no list yet is trusted by what came with its
// keys, unless it has the name of a key.
func TestUnlisted(t *testing.T) {
	h := newHouse(t, 9)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	f, user := authority{t}, string(alice.user)
	m, s, other := f.signer(0), f.signer(1), f.signer(2)
	h.say(alice.user, said{f.object(user, "master", m), f.object(user, "self_signing", s, m)})
	for _, c := range []struct {
		name event.DeviceID
		by   signer
		want e2ee.Trust
	}{{"NEW", s, e2ee.TrustSigned}, {"NEW", other, e2ee.TrustUnsigned}, {event.DeviceID(m.text()), s, e2ee.TrustUnsigned}} {
		n := &tenant{house: h, user: alice.user, device: c.name, disk: mem.NewDisk(), data: map[string]scan.Value{}, asked: map[e2ee.Kind]int{}}
		n.start()
		keys, err := signature.Sign(bob.keysOf(n), user, c.by.id, c.by.key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := bob.machine.Begin().TrustOf(t.Context(), alice.user, c.name, keys); err != nil || got != c.want {
			t.Errorf("%s: %d, %v, want %d", c.name, got, err, c.want)
		}
	}
}

// TestServerWantsUser: a server that wants something of the user for the first
// keys too is not asked again and again, but when the user tries again.
func TestServerWantsUser(t *testing.T) {
	h := newHouse(t, 10)
	alice := h.register("alice")
	h.settle()
	make := func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, false) }
	alice.work(make)
	first := alice.outgoing(e2ee.UploadIdentity)
	if len(first) != 1 {
		t.Fatalf("%d uploads", len(first))
	}
	alice.work(func(ctx context.Context, w *e2ee.Work) error { return w.Refused(ctx, &first[0], "") })
	if s := alice.status(); len(alice.outgoing(e2ee.UploadIdentity)) != 0 || !s.Making || !s.Asked {
		t.Errorf("after it was refused: %+v", s)
	}
	if r := alice.machine.UploadIdentity(nil); string(r.Body) != string(first[0].Body) {
		t.Error("other keys than before")
	}
	alice.work(make)
	if again := alice.outgoing(e2ee.UploadIdentity); len(again) != 1 || string(again[0].Body) != string(first[0].Body) {
		t.Errorf("tried again: %d", len(again))
	}
	alice.work(func(_ context.Context, w *e2ee.Work) error { w.CancelIdentity(); return nil })
	if s := alice.status(); s.Making || alice.machine.UploadIdentity(nil) != nil {
		t.Errorf("cancelled: %+v", s)
	}
	// An answer to what was given up is none.
	alice.work(func(ctx context.Context, w *e2ee.Work) error { return w.Answered(ctx, &first[0], scan.Value(`{}`)) })
	if s := alice.status(); s.Private || s.Identity != e2ee.IdentityNone {
		t.Errorf("an answer to what was given up: %+v", s)
	}
}

// TestAllAtOnce: one answer has our own keys and whom we verified with them, in
// whatever order.
func TestAllAtOnce(t *testing.T) {
	h := newHouse(t, 11)
	phone := h.register("bob")
	var others []*tenant
	for _, name := range []string{"alice", "carol", "dave", "erin", "frank"} {
		others = append(others, h.register(name))
	}
	h.meet(phone, others...)
	key := phone.setup("")
	for _, n := range others {
		n.bootstrap()
		phone.work(func(ctx context.Context, w *e2ee.Work) error { return w.VerifyUser(ctx, n.user, phone.master(n)) })
	}
	h.settle()
	laptop := h.login("bob")
	laptop.work(func(ctx context.Context, w *e2ee.Work) error {
		for _, n := range others {
			if _, err := w.Write(ctx, n.user, "m.dummy", scan.Value(`{}`)); err != nil {
				return err
			}
		}
		return nil
	})
	h.settle()
	if n := laptop.asked[e2ee.QueryKeys]; n > 2 {
		t.Fatalf("%d queries", n)
	}
	if _, err := laptop.recover(key); err != nil {
		t.Fatal(err)
	}
	for _, n := range others {
		if got := laptop.identity(n.user); got != e2ee.IdentityVerified {
			t.Errorf("%s: %d", n.name, got)
		}
	}
}

// TestNotKnownYet: nothing is made while it is not known what the server has.
func TestNotKnownYet(t *testing.T) {
	h := newHouse(t, 12)
	alice := h.register("alice")
	make := func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, false) }
	alice.refused(e2ee.ErrNotKnown, make)
	h.settle()
	alice.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.Receive(ctx, e2ee.SyncPart{Changed: []event.UserID{alice.user}, Counts: scan.Value(`{"signed_curve25519":50}`)})
	})
	alice.refused(e2ee.ErrNotKnown, make)
	stranger := func(ctx context.Context, w *e2ee.Work) error { return w.Acknowledge(ctx, "@stranger:house") }
	alice.refused(e2ee.ErrNotKnown, stranger)
}

// TestSignatureRefused: what the server will not have is not uploaded again and
// again, nor believed to be there; the next run tries again.
func TestSignatureRefused(t *testing.T) {
	h := newHouse(t, 13)
	alice := h.register("alice")
	h.settle()
	h.forge = func(r *e2ee.Request, answer scan.Value) scan.Value {
		if r.Kind != e2ee.UploadSignatures {
			return answer
		}
		failed := map[string]any{string(alice.user): map[string]any{string(alice.device): map[string]string{"errcode": "M_INVALID_SIGNATURE"}}}
		return written(map[string]any{"failures": failed})
	}
	// The server's list has no signature either.
	h.server = without(h.server, "/keys/signatures/upload")
	alice.bootstrap()
	if s := alice.status(); s.Signed || alice.asked[e2ee.UploadSignatures] != 1 {
		t.Errorf("signed %v after %d uploads", s.Signed, alice.asked[e2ee.UploadSignatures])
	}
	alice.start()
	alice.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.Receive(ctx, e2ee.SyncPart{Changed: []event.UserID{alice.user}, Counts: scan.Value(`{"signed_curve25519":50}`)})
	})
	h.settle()
	if n := alice.asked[e2ee.UploadSignatures]; n != 2 {
		t.Errorf("%d uploads in two runs", n)
	}
}

// without is a server that does nothing at a path.
func without(server http.Handler, path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, path) {
			_, _ = w.Write([]byte("{}"))
			return
		}
		server.ServeHTTP(w, r)
	})
}

// TestSignatureDuringUpload: what is signed while an upload is under way goes in
// the next.
func TestSignatureDuringUpload(t *testing.T) {
	h := newHouse(t, 14)
	alice, bob, carol := h.register("alice"), h.register("bob"), h.register("carol")
	h.meet(alice, bob, carol)
	for _, n := range []*tenant{alice, bob, carol} {
		n.bootstrap()
	}
	verify := func(of *tenant) {
		alice.work(func(ctx context.Context, w *e2ee.Work) error { return w.VerifyUser(ctx, of.user, alice.master(of)) })
	}
	verify(bob)
	first := alice.outgoing(e2ee.UploadSignatures)
	verify(carol)
	alice.bring(&first[0])
	left := alice.outgoing(e2ee.UploadSignatures)
	if len(left) != 1 || left[0].Body.Get(string(bob.user)).Exists() || !left[0].Body.Get(string(carol.user)).Exists() {
		t.Errorf("%d left", len(left))
	}
}

// TestForeignMaster: a server that puts a master key of its own over our keys gets
// nothing signed with them.
func TestForeignMaster(t *testing.T) {
	h := newHouse(t, 15)
	alice := h.register("alice")
	alice.bootstrap()
	f, user := authority{t}, string(alice.user)
	m := f.signer(0)
	_, keys := alice.do("POST", "/keys/query", scan.Value(`{"device_keys":{"`+user+`":[]}}`))
	sign := func(member string) scan.Value {
		signed, err := signature.Sign(keys.Path(member, user), user, m.id, m.key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	before := alice.asked[e2ee.UploadSignatures]
	h.sayAnd(alice.user, said{f.object(user, "master", m), sign("self_signing_keys"), sign("user_signing_keys")}, func() {
		inner := h.forge
		h.forge = func(r *e2ee.Request, answer scan.Value) scan.Value {
			answer = inner(r, answer)
			if r.Kind != e2ee.QueryKeys {
				return answer
			}
			self := keys.Path("self_signing_keys", user)
			for name := range self.Get("keys").Members() { // as if the device were not signed yet
				answer = scan.Value(strings.Replace(string(answer), `"`+name.Text()+`":"`, `"ed25519:x":"`, 1))
			}
			return answer
		}
	})
	if s := alice.status(); s.Identity != e2ee.IdentityBroken || alice.asked[e2ee.UploadSignatures] != before || len(alice.outgoing(e2ee.UploadSignatures)) != 0 {
		t.Errorf("%+v, %d uploads", s, alice.asked[e2ee.UploadSignatures]-before)
	}
}

// TestVerifiedIsPinned: what our user once verified of themselves is not another
// identity later, even if the secrets are lost.
func TestVerifiedIsPinned(t *testing.T) {
	h := newHouse(t, 16)
	phone := h.register("alice")
	key := phone.setup("")
	laptop := h.login("alice")
	laptop.sayOther() // which it sees first
	h.settle()
	laptop.hearOf(phone.user)
	if got := laptop.identity(laptop.user); got != e2ee.IdentityChanged {
		t.Fatalf("after the real one: %d", got)
	}
	if _, err := laptop.recover(key); err != nil {
		t.Fatal(err)
	}
	laptop.disk.Garble(table.Crypto, table.SecretsKey, nil)
	laptop.start()
	if got := laptop.identity(laptop.user); got != e2ee.IdentityPinned {
		t.Errorf("after it was verified: %d", got)
	}
}

// hearOf lets a device hear that a user changed.
func (n *tenant) hearOf(user event.UserID) {
	n.Helper()
	n.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.Receive(ctx, e2ee.SyncPart{Changed: []event.UserID{user}, Counts: scan.Value(`{"signed_curve25519":50}`)})
	})
	n.settle()
}

// TestOwnDeviceIsKnown: a device that was asked about before it was uploaded, and
// syncs first after that, still hears of itself, and signs itself.
func TestOwnDeviceIsKnown(t *testing.T) {
	h := newHouse(t, 17)
	key := h.register("alice").setup("")
	laptop := h.login("alice")
	for _, kind := range []e2ee.Kind{e2ee.QueryKeys, e2ee.UploadKeys} {
		laptop.bring(&laptop.outgoing(kind)[0])
	}
	h.settle()
	if _, err := laptop.recover(key); err != nil || !laptop.status().Signed {
		t.Errorf("%v, %+v", err, laptop.status())
	}
}

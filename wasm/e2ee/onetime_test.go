package e2ee_test

import (
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestCounts: a count that is absent is zero; keys that wait are uploaded before
// new ones are made (FEATURES 2-21, D-17).
func TestCounts(t *testing.T) {
	w := newWorld(t, 1)
	alice := w.device("@alice:a", "A")
	for range 3 {
		alice.receive(e2ee.SyncPart{})
	}
	if _, waiting := alice.machine.OneTimeKeys(); waiting != 50 {
		t.Fatalf("%d keys wait after three counts of zero", waiting)
	}
	upload := alice.request(e2ee.UploadKeys)
	alice.disk.Kill()
	alice.start()
	if again := alice.request(e2ee.UploadKeys); string(again.Body) != string(upload.Body) {
		t.Error("after a restart other keys go up")
	}
	w.settle()
	alice.receive(e2ee.SyncPart{Counts: scan.Value(`{"signed_curve25519":49}`)})
	if _, waiting := alice.machine.OneTimeKeys(); waiting != 1 {
		t.Errorf("%d keys wait for one that is missing", waiting)
	}
}

// TestFallbackKeys: the server gets one where it knows them and has none that is
// unused; the one before goes an hour after the present one was used (FEATURES
// 2-11, E-3).
func TestFallbackKeys(t *testing.T) {
	w := newWorld(t, 1)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	if w.server.fallback[bob.address] == nil {
		t.Fatal("bob has no fallback key")
	}
	drain := func() {
		for range 60 {
			delete(w.server.oneTime, bob.address)
		}
	}
	for i, name := range []string{"C", "D", "E"} {
		drain()
		other := w.device("@alice:a", name)
		for other.ask() {
		}
		other.write(bob, name)
		for other.ask() {
		}
		w.settle()
		if got := bob.texts(); len(got) != i+1 {
			t.Errorf("the fallback key opened %q", got)
		}
		w.now = w.now.Add(2 * time.Hour)
		w.settle()
	}
	if n := bob.machine.FallbackKeys(); n != 2 {
		t.Errorf("%d fallback keys are kept", n)
	}
	drain()
	alice.write(bob, "F")
	for alice.ask() {
	}
	p := w.server.sync(bob.address, false)
	p.Fallback = scan.Value(`["signed_curve25519"]`)
	bob.receive(p)
	for _, c := range []struct {
		after time.Duration
		keys  int
	}{{time.Minute, 2}, {time.Hour, 1}} {
		w.now = w.now.Add(c.after)
		bob.receive(e2ee.SyncPart{Counts: p.Counts, Fallback: p.Fallback})
		if n := bob.machine.FallbackKeys(); n != c.keys {
			t.Errorf("%v after the use of the present one %d fallback keys are kept", c.after, n)
		}
	}
}

// TestNoFallbackForOldServers: FEATURES 2-11.
func TestNoFallbackForOldServers(t *testing.T) {
	w := newWorld(t, 1)
	alice := w.device("@alice:a", "A")
	alice.receive(e2ee.SyncPart{})
	if alice.request(e2ee.UploadKeys).Body.Get("fallback_keys").Exists() {
		t.Error("a server that knows none gets a fallback key")
	}
}

// TestSpoiledFirstMessage: a message that claims a one-time key and does not open
// leaves the key for the one that does (FEATURES D-17).
func TestSpoiledFirstMessage(t *testing.T) {
	w := newWorld(t, 1)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	alice.write(bob, "first")
	for alice.ask() {
	}
	good := w.server.sync(bob.address, true)
	spoiled := spoil(t, good.ToDevice[0])
	bob.receive(e2ee.SyncPart{ToDevice: []scan.Value{spoiled}})
	if len(bob.texts()) != 0 {
		t.Fatal("a spoiled message was opened")
	}
	bob.receive(good)
	if got := bob.texts(); len(got) != 1 {
		t.Errorf("bob opened %q", got)
	}
	bob.receive(good) // and once more does nothing (D-14)
	if got := bob.texts(); len(got) != 1 {
		t.Errorf("bob opened it again: %q", got)
	}
	w.now = w.now.Add(2 * time.Hour)
	w.settle()
	bob.receive(good)
	if r := bob.request(e2ee.ClaimKeys); r != nil {
		t.Errorf("for a message that came twice bob begins a session: %s", r.Body)
	}
}

// spoil changes the end of a message's body, where its MAC is.
func spoil(t *testing.T, raw scan.Value) scan.Value {
	t.Helper()
	m := read[map[string]any](t, raw)
	for _, one := range m["content"].(map[string]any)["ciphertext"].(map[string]any) {
		c := one.(map[string]any)
		body := []byte(c["body"].(string))
		body[len(body)-3] ^= 1
		c["body"] = string(body)
	}
	return written(m)
}

// TestUnwedge: a device whose message does not open gets a new session, once an
// hour however many come (FEATURES B-31).
func TestUnwedge(t *testing.T) {
	w, alice, bob := pair(t)
	for i := range 5 {
		alice.write(bob, "x")
		for alice.ask() {
		}
		p := w.server.sync(bob.address, false)
		for j, raw := range p.ToDevice {
			p.ToDevice[j] = spoil(t, raw)
		}
		bob.receive(p)
		claims := 0
		for r := bob.request(e2ee.ClaimKeys); r != nil; r = bob.request(e2ee.ClaimKeys) {
			bob.answered(r, w.server.claim(r.Body))
			claims++
		}
		if want := 1; i > 0 && claims > 0 || i == 0 && claims != want {
			t.Errorf("after %d messages it claims %d keys", i+1, claims)
		}
	}
	w.settle()
	before := len(bob.texts())
	alice.write(bob, "again")
	w.settle()
	if got := bob.texts(); len(got) != before+1 {
		t.Errorf("bob opened %q", got)
	}
}

// TestKeysComeWithTheDevice: whoever hears of a new device asks for a key of it at
// once, before it has synced.
func TestKeysComeWithTheDevice(t *testing.T) {
	w := newWorld(t, 1)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	for alice.ask() {
	}
	bob.answered(bob.request(e2ee.UploadKeys), w.server.do(bob.address, bob.request(e2ee.UploadKeys)))
	alice.write(bob, "welcome")
	w.settle()
	if got := bob.texts(); len(got) != 1 {
		t.Errorf("bob opened %q", got)
	}
}

// TestDeviceWithoutKeys: it is asked again when something about it changes, and
// else after a while.
func TestDeviceWithoutKeys(t *testing.T) {
	w := newWorld(t, 1)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	clear(w.server.oneTime[bob.address])
	delete(w.server.fallback, bob.address)
	alice.tryToWrite(bob, "now")
	if r := alice.request(e2ee.ClaimKeys); r != nil {
		t.Fatalf("it is asked at once again: %s", r.Body)
	}
	bob.sync()
	for bob.ask() {
	}
	w.server.change("@bob:b")
	alice.sync()
	for alice.ask() {
	}
	alice.write(bob, "later")
	w.settle()
	if got := bob.texts(); len(got) != 1 {
		t.Errorf("bob opened %q", got)
	}
}

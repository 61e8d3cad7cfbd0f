package e2ee_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestConversation: FEATURES B-29, B-31.
func TestConversation(t *testing.T) {
	w := newWorld(t, 1)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	for i := range 5 {
		alice.write(bob, fmt.Sprint("hello ", i))
		bob.write(alice, fmt.Sprint("hi ", i))
		w.settle()
	}
	if got := bob.texts(); len(got) != 5 || got[4] != "@alice:a: hello 4" {
		t.Errorf("bob opened %q", got)
	}
	if got := alice.texts(); len(got) != 5 {
		t.Errorf("alice opened %q", got)
	}
	if bob.opened[0].Device != "A" {
		t.Errorf("bob takes it for a message of %q", bob.opened[0].Device)
	}
	if uploaded, waiting := bob.machine.OneTimeKeys(); uploaded != 50 || waiting != 0 {
		t.Errorf("%d one-time keys are uploaded, %d wait", uploaded, waiting)
	}
}

// TestKillAtEveryStepOfOlm: a device may die at any commit, before or after it
// reached the disk, and no key that others may use is only on the server (FEATURES
// D-14, D-16, E-14).
func TestKillAtEveryStepOfOlm(t *testing.T) {
	for _, applied := range []bool{false, true} {
		for n := 1; ; n++ {
			if !exchange(t, n, applied) {
				t.Logf("died at each of %d commits, applied %v", n-1, applied)
				break
			}
		}
	}
}

// exchange has bob die at his nth commit, and reports whether he came that far.
func exchange(t *testing.T, n int, applied bool) bool {
	w := newWorld(t, uint64(n))
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	bob.disk.OnCommit(n, mem.Fault{Kill: true, Applied: applied})
	w.settle()
	for i := range 3 {
		alice.write(bob, fmt.Sprint("a", i))
		bob.write(alice, fmt.Sprint("b", i))
		w.settle()
	}
	for user, got := range map[string][]string{"bob": bob.texts(), "alice": alice.texts()} {
		for i := range 3 {
			want := fmt.Sprintf("%s: %c%d", map[string]string{"bob": "@alice:a", "alice": "@bob:b"}[user], map[string]rune{"bob": 'a', "alice": 'b'}[user], i)
			if !slices.Contains(got, want) && !(applied && bob.deaths > 0 && user == "bob") {
				t.Errorf("commit %d, applied %v: %s never opened %q, but %q", n, applied, user, want, got)
			}
		}
	}
	if w.server.conflicts > 0 {
		t.Errorf("commit %d, applied %v: %d one-time keys went up changed", n, applied, w.server.conflicts)
	}
	return bob.deaths > 0
}

// TestSameMessageTwice: a server may bring a message again; that is no reason to
// begin a new session (FEATURES D-14).
func TestSameMessageTwice(t *testing.T) {
	w, alice, bob := pair(t)
	alice.write(bob, "once")
	for alice.ask() {
	}
	p := w.server.sync(bob.address, false)
	for range 3 {
		bob.receive(p)
	}
	if got := bob.texts(); len(got) != 2 {
		t.Errorf("bob opened %q", got)
	}
	if r := bob.request(e2ee.ClaimKeys); r != nil {
		t.Errorf("bob begins a session: %s", r.Body)
	}
}

// TestForgedPayloads: what an Olm message says of its sender and recipient must
// be so (FEATURES 2-19, E-14).
func TestForgedPayloads(t *testing.T) {
	w, alice, bob := pair(t)
	other := newWorld(t, 9).device("@alice:a", "A").request(e2ee.UploadKeys).Body.Get("device_keys")
	edit := func(member string, value any) func(string) string {
		return func(payload string) string {
			m := read[map[string]any](t, []byte(payload))
			if m[member] = value; value == nil {
				delete(m, member)
			}
			return string(written(m))
		}
	}
	both := func(a, b func(string) string) func(string) string { return func(s string) string { return b(a(s)) } }
	otherCurve := alice.machine.SignKeys(func(keys string) string {
		mine := scan.Value(keys).Path("keys", "curve25519:A").Text()
		return strings.ReplaceAll(keys, mine, other.Path("keys", "curve25519:A").Text())
	})
	otherKey := edit("keys", map[string]string{"ed25519": other.Path("keys", "ed25519:A").Text()})
	for name, c := range map[string]struct {
		change func(string) string
		opens  bool
	}{
		"signed keys of another": {edit("sender_device_keys", json.RawMessage(otherCurve)), false},
		"other key than known":   {both(edit("sender_device_keys", nil), otherKey), false},
		"as it is":               {func(s string) string { return s }, true},
		"no sender_device_keys":  {edit("sender_device_keys", nil), true},
		"another sender":         {edit("sender", "@bob:b"), false},
		"another recipient":      {edit("recipient", "@carol:c"), false},
		"recipient's other keys": {edit("recipient_keys", map[string]string{"ed25519": "AAAA"}), false},
		"no recipient's keys":    {edit("recipient_keys", nil), false},
		"sender's other key":     {otherKey, false},
		"no keys":                {edit("keys", nil), false},
		"other device keys":      {edit("sender_device_keys", json.RawMessage(other)), false},
		"no device keys":         {edit("sender_device_keys", 7), false},
		"no content":             {edit("content", nil), false},
		"no JSON":                {func(s string) string { return s[1:] }, false},
	} {
		before := len(bob.texts())
		alice.work(func(ctx context.Context, w *e2ee.Work) error { return w.WritePayload(ctx, "@bob:b", "B", c.change) })
		w.settle()
		if opened := len(bob.texts()) > before; opened != c.opens {
			t.Errorf("%s: believed %v", name, opened)
		}
	}
}

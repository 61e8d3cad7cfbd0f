package e2ee_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// request returns what a device asks of a kind, or nil.
func (d *device) request(kind e2ee.Kind) *e2ee.Request {
	for _, r := range d.machine.Outgoing() {
		if r.Kind == kind || kind == e2ee.QueryKeys && r.Kind == e2ee.QueryOthers {
			return &r
		}
	}
	return nil
}

func (d *device) answered(r *e2ee.Request, body scan.Value) {
	d.Helper()
	d.work(func(ctx context.Context, w *e2ee.Work) error { return w.Answered(ctx, r, body) })
}

func (d *device) receive(p e2ee.SyncPart) {
	d.Helper()
	d.work(func(ctx context.Context, w *e2ee.Work) error { return w.Receive(ctx, p) })
}

// pair is two devices that have written to each other.
func pair(t *testing.T) (w *world, alice, bob *device) {
	w = newWorld(t, 1)
	alice, bob = w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	alice.write(bob, "hello")
	w.settle()
	bob.write(alice, "hi")
	w.settle()
	return w, alice, bob
}

// TestNewsDuringQuery: whoever changes again while the answer is on its way is
// asked about again (FEATURES D-13).
func TestNewsDuringQuery(t *testing.T) {
	w, alice, _ := pair(t)
	changed := e2ee.SyncPart{Changed: []event.UserID{"@bob:b"}, Counts: scan.Value(`{"signed_curve25519":50}`)}
	alice.receive(changed)
	first := alice.request(e2ee.QueryKeys)
	answer := w.server.query(first.Body)
	alice.receive(changed)
	alice.answered(first, answer)
	again := alice.request(e2ee.QueryKeys)
	if again == nil {
		t.Fatal("the first answer passed for the news that came after it was asked for")
	}
	alice.answered(again, w.server.query(again.Body))
	if alice.request(e2ee.QueryKeys) != nil {
		t.Error("it is asked for once more")
	}
}

// TestFirstSync: it tells of no changes, so everybody is asked about who is known,
// whatever is asked already (FEATURES D-13).
func TestFirstSync(t *testing.T) {
	w, alice, _ := pair(t)
	alice.receive(e2ee.SyncPart{Changed: []event.UserID{"@alice:a"}})
	before := alice.request(e2ee.QueryKeys)
	answer := w.server.query(before.Body)
	alice.receive(e2ee.SyncPart{First: true})
	alice.answered(before, answer)
	asked := []event.UserID{}
	for r := alice.request(e2ee.QueryKeys); r != nil; r = alice.request(e2ee.QueryKeys) {
		for user := range r.Body.Get("device_keys").Members() {
			asked = append(asked, event.UserID(user.Text()))
		}
		alice.answered(r, w.server.query(r.Body))
	}
	slices.Sort(asked)
	expect(t, "asked about", fmt.Sprint(asked), "[@alice:a @bob:b]")
}

// TestNewsSurvivesRestart: a device that dies before the answer asks again.
func TestNewsSurvivesRestart(t *testing.T) {
	_, alice, _ := pair(t)
	alice.receive(e2ee.SyncPart{Changed: []event.UserID{"@bob:b"}})
	alice.disk.Kill()
	alice.start()
	if r := alice.request(e2ee.QueryKeys); r == nil || !r.Body.Path("device_keys", "@bob:b").Exists() {
		t.Error("the change is forgotten")
	}
}

// TestLostTracker: a device whose notes of whom to ask about are gone asks about
// everybody it knows.
func TestLostTracker(t *testing.T) {
	_, alice, _ := pair(t)
	alice.disk.Kill()
	alice.disk.Garble(table.Crypto, table.TrackerKey, []byte{1})
	alice.start()
	for _, user := range []string{"@alice:a", "@bob:b"} {
		r := alice.request(e2ee.QueryKeys)
		if r == nil || !r.Body.Path("device_keys", user).Exists() {
			t.Fatalf("it asks %+v", r)
		}
		alice.answered(r, scan.Value(`{"device_keys":{}}`))
	}
}

// TestRefusedQuery: what a server will not say is not asked for again and again,
// and who cannot be a user is not asked about at all; both are asked about when
// they are needed next.
func TestRefusedQuery(t *testing.T) {
	_, alice, _ := pair(t)
	needs := func(users ...event.UserID) (unknown bool) {
		alice.work(func(ctx context.Context, w *e2ee.Work) error {
			known, err := w.Current(ctx, users...)
			unknown = !known
			return err
		})
		return unknown
	}
	expect(t, "nobody", needs("nobody", "@nobody"), false)
	alice.receive(e2ee.SyncPart{Changed: []event.UserID{"@bob:b"}})
	for range 2 {
		expect(t, "needs", needs("@bob:b", "@carol:a"), true)
		for r := alice.request(e2ee.QueryKeys); r != nil; r = alice.request(e2ee.QueryKeys) {
			alice.work(func(ctx context.Context, w *e2ee.Work) error { return w.Refused(ctx, r, "M_UNKNOWN") })
			if again := alice.request(e2ee.QueryKeys); again != nil && string(again.Body) == string(r.Body) {
				t.Fatal("it asks again at once")
			}
		}
	}
}

// TestOwnServerFirst: whose devices our own server knows keep nobody waiting, and
// are kept waiting by nobody; of other servers' users nobody is asked about before
// our own keys are known.
func TestOwnServerFirst(t *testing.T) {
	_, alice, _ := pair(t)
	alice.work(func(ctx context.Context, w *e2ee.Work) error {
		_, err := w.Current(ctx, "@carol:a", "@mallory:m")
		return err
	})
	about := map[e2ee.Kind]string{}
	for _, r := range alice.machine.Outgoing() {
		about[r.Kind] = string(r.Body.Get("device_keys"))
	}
	expect(t, "of our server", about[e2ee.QueryKeys], `{"@carol:a":[]}`)
	expect(t, "of another", about[e2ee.QueryOthers], `{"@mallory:m":[]}`)
	alice.receive(e2ee.SyncPart{Changed: []event.UserID{"@alice:a"}})
	for _, r := range alice.machine.Outgoing(e2ee.QueryKeys) {
		if r.Kind == e2ee.QueryOthers {
			t.Errorf("while our own keys are asked about, it wants to %s", r.Kind)
		}
	}
}

// TestStrangersAreNotAskedFor: a server that names users of whom nobody asked
// costs nothing.
func TestStrangersAreNotAskedFor(t *testing.T) {
	_, alice, _ := pair(t)
	alice.receive(e2ee.SyncPart{Changed: []event.UserID{"@mallory:m"}})
	if r := alice.request(e2ee.QueryKeys); r != nil {
		t.Errorf("it asks %s", r.Body)
	}
}

// TestUnreachableServer: what is known of its users stays, and they are asked
// about again (FEATURES D-13).
func TestUnreachableServer(t *testing.T) {
	w, alice, bob := pair(t)
	alice.receive(e2ee.SyncPart{Changed: []event.UserID{"@bob:b"}})
	alice.answered(alice.request(e2ee.QueryKeys), scan.Value(`{"device_keys":{},"failures":{"b":{}}}`))
	if alice.request(e2ee.QueryKeys) == nil {
		t.Error("nobody asks again")
	}
	for alice.ask() {
	}
	alice.write(bob, "still there?")
	w.settle()
	if got := bob.texts(); len(got) != 2 {
		t.Errorf("bob opened %q", got)
	}
}

// TestSwappedKeys: a server that shows other keys under a device's name, or keys
// that the device did not sign, is not believed (FEATURES 2-19).
func TestSwappedKeys(t *testing.T) {
	w, alice, bob := pair(t)
	w.device("@bob:b", "M")
	w.settle()
	evil := w.server.devices["@bob:b"]["M"]
	for name, swap := range map[string]string{
		"another device's keys": string(evil),
		"forged":                replaceKey(t, w.server.devices["@bob:b"]["B"], evil),
		"new ones, well signed": string(newWorld(t, 2).device("@bob:b", "B").request(e2ee.UploadKeys).Body.Get("device_keys")),
	} {
		w.server.devices["@bob:b"]["B"] = json.RawMessage(swap)
		w.server.change("@bob:b")
		w.settle()
		before := len(bob.texts())
		alice.write(bob, name)
		w.settle()
		if len(bob.texts()) != before+1 {
			t.Errorf("%s: bob's own keys are not believed any more", name)
		}
	}
}

// TestUnsignedDevice: a device that did not sign its keys is none.
func TestUnsignedDevice(t *testing.T) {
	w, alice, _ := pair(t)
	other := newWorld(t, 2).device("@bob:b", "M").request(e2ee.UploadKeys).Body.Get("device_keys")
	w.server.devices["@bob:b"]["M"] = json.RawMessage(replaceKey(t, json.RawMessage(other), w.server.devices["@alice:a"]["A"]))
	w.server.change("@bob:b")
	w.settle()
	if got := alice.machine.Devices(t, "@bob:b"); len(got) != 1 || got[0] != "B" {
		t.Errorf("bob is taken to have %q", got)
	}
}

// replaceKey puts one device's Curve25519 key into the other's object.
func replaceKey(t *testing.T, object, from json.RawMessage) string {
	t.Helper()
	to, with := read[map[string]any](t, object), read[map[string]any](t, from)
	curve := func(o map[string]any) string { return "curve25519:" + o["device_id"].(string) }
	to["keys"].(map[string]any)[curve(to)] = with["keys"].(map[string]any)[curve(with)]
	return string(written(to))
}

// TestOneOfAKind: what is under way is not made again, and the kinds say so.
func TestOneOfAKind(t *testing.T) {
	_, alice, _ := pair(t)
	alice.receive(e2ee.SyncPart{Changed: []event.UserID{"@bob:b"}})
	all := alice.machine.Outgoing()
	if len(all) < 2 { // the query, and keys in place of those the sync missed
		t.Fatalf("%d requests", len(all))
	}
	for i, r := range all {
		rest := alice.machine.Outgoing(r.Kind)
		if len(rest) != len(all)-1 {
			t.Errorf("without %s there are %d of %d", r.Kind, len(rest), len(all))
		}
		for _, other := range rest {
			if other.Kind == r.Kind {
				t.Errorf("request %d is made again", i)
			}
		}
	}
}

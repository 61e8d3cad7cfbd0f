package e2ee_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// invited is a room in which alice wrote before and while its history was for all,
// and bob, who is invited to it; each signed their own devices.
func invited(t *testing.T, seed uint64) (r *room, alice, bob *device) {
	w := newWorld(t, seed)
	alice, bob = w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r = w.room("!r", alice)
	alice.say(r, "before")
	r.settings.Shared = true
	alice.say(r, "shared")
	for _, d := range []*device{alice, bob} {
		d.share(w.room("!meet", alice, bob)) // so that they know each other's devices
	}
	w.settle()
	alice.said("@bob:b", "B", table.Trusted)
	bob.said("@alice:a", "A", table.Trusted)
	return r, alice, bob
}

const file = `{"url":"mxc://a/b","v":"v2"}`

func (d *device) shareHistory(room event.RoomID, user event.UserID, late bool) (wait e2ee.Wait) {
	d.Helper()
	d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
		if _, wait, err = w.ReachForHistory(ctx, user); err != nil || !late && !wait.Done() {
			return err
		}
		return w.ShareHistory(ctx, e2ee.History{Room: room, User: user, File: scan.Value(file)})
	})
	return wait
}

func (d *device) bundle(room event.RoomID, inviter event.UserID) string {
	d.Helper()
	found, err := d.machine.Begin().Bundle(d.Context(), room, inviter)
	if err != nil {
		d.Fatal(err)
	}
	return string(found)
}

func (d *device) takeBundle(room event.RoomID, inviter event.UserID, plain []byte) (taken e2ee.Taken) {
	d.Helper()
	keys, err := d.machine.KeysOfBundle(room, inviter, plain)
	if err != nil {
		d.Fatal(err)
	}
	for taken.Done < keys.Len() {
		d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			taken, err = w.TakeKeys(ctx, keys, taken)
			return err
		})
	}
	return taken
}

// TestHistory: who is invited reads what was for those who come later, and knows
// who handed it on (FEATURES B-40).
func TestHistory(t *testing.T) {
	r, alice, bob := invited(t, 90)
	alice.start()
	plain, err := alice.machine.HistoryBundle(t.Context(), r.id)
	if err != nil {
		t.Fatal(err)
	}
	count := func(list scan.Value) (n int) {
		for range list.Items() {
			n++
		}
		return n
	}
	expect(t, "keys", count(plain.Get("room_keys")), 1)
	expect(t, "withheld", count(plain.Get("withheld")), 1)
	for range 5 {
		if alice.shareHistory(r.id, "@bob:b", false).Done() {
			break
		}
		for alice.ask() {
		}
	}
	r.settle()
	bob.start()
	expect(t, "offered", bob.bundle(r.id, "@alice:a"), file)
	expect(t, "of another room", bob.bundle("!other", "@alice:a"), "")
	expect(t, "of another user", bob.bundle(r.id, "@mallory:m"), "")
	bob.said("@alice:a", "A", table.Unsaid)
	expect(t, "from a device that nobody signed", bob.bundle(r.id, "@alice:a"), "")

	expect(t, "told before", fmt.Sprint(allTold(bob.read(r, r.log...))), "[key.missing key.missing]")
	expect(t, "better", bob.takeBundle(r.id, "@alice:a", plain).Better, 1)
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[$0 $1]")
	got := bob.read(r, r.log...)
	expect(t, "told", fmt.Sprint(allTold(got)), "[key.withheld shared]")
	expect(t, "why", got[0].Withheld, "m.history_not_shared")
	expect(t, "from", got[1].From, "@alice:a")
	expect(t, "warning", got[1].Warning, e2ee.KeyUnproven)
	bob.work(func(_ context.Context, w *e2ee.Work) error { w.DropBundles(r.id); return nil })
	bob.said("@alice:a", "A", table.Trusted)
	expect(t, "dropped", bob.bundle(r.id, "@alice:a"), "")
	if empty, err := bob.machine.HistoryBundle(t.Context(), "!nowhere"); empty != nil || err != nil {
		t.Errorf("%s, %v", empty, err)
	}
}

// TestHistoryPages: a room of more sessions than are read at once.
func TestHistoryPages(t *testing.T) {
	w := newWorld(t, 91)
	bob := w.device("@bob:b", "B")
	var arrivals []e2ee.Arrival
	for range 450 {
		arrivals = append(arrivals, bob.forger(w.room("!r", bob)).at(t, 0), bob.forger(w.room("!r2", bob)).at(t, 0))
	}
	bob.imports(arrivals...)
	plain, err := bob.machine.HistoryBundle(t.Context(), "!r")
	if err != nil {
		t.Fatal(err)
	}
	carol := w.device("@carol:c", "C")
	taken := carol.takeBundle("!r", "@bob:b", plain)
	expect(t, "taken", taken, e2ee.Taken{Done: 450, Better: 450})
}

// TestHostileHistory: FEATURES D-37.
func TestHostileHistory(t *testing.T) {
	r, alice, bob := invited(t, 92)
	other := alice.forger(r.world.room("!other", alice))
	alice.imports(other.at(t, 0))
	_, foreign := alice.inbound(other.name())
	refused := fmt.Sprintf(`{"algorithm":"m.megolm.v1.aes-sha2","code":"m.history_not_shared","room_id":"!other","session_id":%q}`, other.name().Session)
	before := len(bob.records(table.Inbound))
	bundle := scan.Value(fmt.Sprintf(`{"room_keys":[%s,{},null,"x",%s],"withheld":[%s,null,{},%s]}`, foreign, foreign, refused, strings.ReplaceAll(refused, "history_not_shared", "text")))
	expect(t, "keys of another room", bob.takeBundle(r.id, "@alice:a", bundle), e2ee.Taken{Done: 9, Garbled: 9})
	expect(t, "records", len(bob.records(table.Inbound)), before)
	for _, plain := range []string{``, `[]`, `{}`, `{"room_keys":{}}`, `{"room_keys":[`} {
		if _, err := bob.machine.KeysOfBundle(r.id, "@alice:a", []byte(plain)); !errors.Is(err, e2ee.ErrBundle) {
			t.Errorf("%s: %v", plain, err)
		}
	}
	for i := range 120 {
		alice.shareHistory(event.RoomID(fmt.Sprint("!flood", i)), "@bob:b", true)
		alice.shareHistory("!flood", "@bob:b", true)
	}
	r.settle()
	list, err := table.DecodeBundles(bob.record(table.Crypto, table.BundlesKey))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "remembered", len(list), 50)
	expect(t, "the latest", bob.bundle("!flood119", "@alice:a"), file)
	expect(t, "the same again", bob.bundle("!flood", "@alice:a"), file)
}

// TestHistoryOfTwo: what one offers does not take the place of another's; and
// nothing is sent before it can be sent to all, unless it is late.
func TestHistoryOfTwo(t *testing.T) {
	r, alice, bob := invited(t, 94)
	carol := r.device("@carol:c", "C")
	r.settle()
	before := len(carol.records(table.ToDevices))
	expect(t, "asks", len(carol.shareHistory(r.id, "@bob:b", false).Users), 1)
	for carol.ask() {
	}
	carol.said("@bob:b", "B", table.Trusted)
	expect(t, "claims", carol.shareHistory(r.id, "@bob:b", false).Devices, 1)
	expect(t, "sent", len(carol.records(table.ToDevices)), before)
	for carol.ask() {
	}
	expect(t, "done", carol.shareHistory(r.id, "@bob:b", false).Done(), true)
	alice.shareHistory(r.id, "@bob:b", false)
	for range 2 {
		r.settle()
		bob.share(r.room("!meet", alice, bob, carol))
	}
	bob.said("@carol:c", "C", table.Trusted)
	for _, inviter := range []event.UserID{"@alice:a", "@carol:c"} {
		expect(t, string(inviter), bob.bundle(r.id, inviter), file)
	}
}

// TestHistoryForSignedDevices: others hear of nothing.
func TestHistoryForSignedDevices(t *testing.T) {
	r, alice, bob := invited(t, 93)
	alice.said("@bob:b", "B", table.Unsaid)
	alice.shareHistory(r.id, "@bob:b", true)
	r.settle()
	expect(t, "offered", bob.bundle(r.id, "@alice:a"), "")
	expect(t, "stored", len(bob.record(table.Crypto, table.BundlesKey)), 0)
}

// record is one record that a device has.
func (d *device) record(s storage.Store, key []byte) []byte {
	for _, rec := range d.records(s) {
		if string(rec.Key) == string(key) {
			return rec.Value
		}
	}
	return nil
}

package e2ee_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// inbound is what a device knows of a session, nil if nothing.
func (d *device) inbound(n e2ee.SessionName) (s *table.InboundSession, exported scan.Value) {
	d.Helper()
	exported, s, err := d.machine.Begin().Exported(d.Context(), n)
	if err != nil {
		d.Fatal(err)
	}
	return s, exported
}

func (d *device) imports(arrivals ...e2ee.Arrival) (better int) {
	d.Helper()
	d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
		better, err = w.Import(ctx, arrivals...)
		return err
	})
	return better
}

// firstOf is the first index that a device knows of a session, -1 for none.
func (d *device) firstOf(n e2ee.SessionName) int {
	d.Helper()
	s, _ := d.inbound(n)
	if s == nil || s.Record == nil {
		return -1
	}
	in, err := megolm.OpenInbound(s.Record)
	if err != nil {
		d.Fatal(err)
	}
	return int(in.First())
}

// TestRoomKeyChecks: a key is for the session and the room it names, or for none
// (G-1).
func TestRoomKeyChecks(t *testing.T) {
	w := newWorld(t, 8)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, bob)
	other := alice.forger(r)
	for name, oldnew := range map[string][]string{
		"another algorithm":  {"m.megolm.v1.aes-sha2", "m.megolm.v2"},
		"another session":    {`"session_id":"`, `"session_id":"` + other.out.ID() + `","x":"`},
		"no room":            {`"room_id":"!r"`, `"room_id":""`},
		"a room with a zero": {`"room_id":"!r"`, `"room_id":"!r\u0000x"`},
		"another key":        {`"session_key":"`, `"session_key":"` + other.out.SessionKey() + `","x":"`},
		"no key":             {`"session_key":"A`, `"session_key":"B`},
		"a key of numbers":   {`"session_key":"`, `"session_key":7,"x":"`},
	} {
		f := alice.forger(r)
		alice.send(bob, "m.room_key", f.roomKey(oldnew...))
		w.settle()
		if got := bob.records(table.Inbound); len(got) != 0 {
			t.Errorf("%s: %q", name, got[0].Key)
			return
		}
	}
	for _, kind := range []string{"m.room_key", "m.forwarded_room_key"} {
		bob.receive(e2ee.SyncPart{ToDevice: []scan.Value{written(map[string]any{
			"type": kind, "sender": "@alice:a", "content": read[map[string]any](t, alice.forger(r).roomKey()),
		})}})
	}
	expect(t, "keys that came in the clear", len(bob.records(table.Inbound)), 0)
	exported, _ := other.out.Inbound().Export(0)
	alice.send(bob, "m.room_key", other.roomKey(other.out.SessionKey(), exported))
	w.settle()
	expect(t, "keys that their maker did not sign", len(bob.records(table.Inbound)), 0)
}

// TestKeyInRoomOnly: a session is of one room.
func TestKeyInRoomOnly(t *testing.T) {
	bob, f := forged(t)
	e := f.seal(f.text("x"))
	expect(t, "another room", told(bob.peek(f.world.room("!other"), e)[0]), string(e2ee.KeyMissing))
}

// TestBestKey: whatever the order in which keys of a session come, the earliest
// index stays, and the word of the session's maker about whose it is (G-1).
func TestBestKey(t *testing.T) {
	w := newWorld(t, 9)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	random := rand.New(rand.NewPCG(1, 2))
	for run := range 60 {
		f := alice.forger(w.room("!r", alice, bob))
		var arrivals []e2ee.Arrival
		first, owner := -1, false
		for range 1 + random.IntN(4) {
			index, source := random.IntN(20), table.KeySource(random.IntN(6))
			a := f.arrival(t, uint32(index), source)
			arrivals = append(arrivals, a)
			first, owner = min(uint32OrMax(first), index), owner || source.Proven()
		}
		order := random.Perm(len(arrivals))
		for _, i := range order {
			for range 1 + random.IntN(2) {
				bob.imports(arrivals[i])
			}
			if random.IntN(3) == 0 {
				bob.start()
			}
		}
		s, _ := bob.inbound(f.name())
		what := fmt.Sprint("run ", run)
		expect(t, what, bob.firstOf(f.name()), first)
		expect(t, what+": proven", s.Source.Proven(), owner)
		if owner {
			expect(t, what+": sender", s.Sender, "@alice:a")
			expect(t, what+": curve", s.Curve, table.Key32{1})
		}
	}
}

func uint32OrMax(n int) int {
	if n < 0 {
		return 1 << 30
	}
	return n
}

// arrival is the session's key from an index on; whoever did not make it lies
// about whose it is.
func (f *forger) arrival(t testing.TB, index uint32, source table.KeySource) e2ee.Arrival {
	t.Helper()
	out := f.out
	for out.Index() < index {
		_, out, _ = out.Encrypt(nil)
	}
	if source.Proven() {
		return e2ee.Arrival{Name: f.name(), Key: out.Inbound(), About: table.InboundSession{Source: source, Curve: table.Key32{1}, Sender: "@alice:a"}}
	}
	a := f.at(t, index)
	a.About.Source = source
	return a
}

// TestSharedHistoryIsTheMakers: nobody else makes a session one that is handed on
// to those who come later.
func TestSharedHistoryIsTheMakers(t *testing.T) {
	w := newWorld(t, 10)
	bob := w.device("@bob:b", "B")
	for _, backwards := range []bool{false, true} {
		f := bob.forger(w.room("!r", bob))
		all := []e2ee.Arrival{f.arrival(t, 3, table.KeyFromOwner), f.arrival(t, 0, table.KeyFromBackup)}
		if backwards {
			slices.Reverse(all)
		}
		bob.imports(all...)
		s, _ := bob.inbound(f.name())
		expect(t, "shared", s.Shared, false)
		expect(t, "first", bob.firstOf(f.name()), 0)
	}
}

// TestConflict: of two ratchets under one id, the one that its maker signed stays.
func TestConflict(t *testing.T) {
	w := newWorld(t, 11)
	bob := w.device("@bob:b", "B")
	for _, liarFirst := range []bool{false, true} {
		f := bob.forger(w.room("!r", bob))
		real, lie := f.arrival(t, 4, table.KeyFromOwner), f.arrival(t, 0, table.KeyFromBackup)
		exported, _ := lie.Key.Export(0)
		garbled, _ := unpadded.Decode(exported)
		garbled[60] ^= 1
		key, err := megolm.ImportInbound(unpadded.Encode(garbled))
		if err != nil {
			t.Fatal(err)
		}
		lie.Key = key
		all := []e2ee.Arrival{real, lie}
		if liarFirst {
			slices.Reverse(all)
		}
		for _, a := range all {
			bob.imports(a)
		}
		s, _ := bob.inbound(f.name())
		expect(t, "first", bob.firstOf(f.name()), 4)
		expect(t, "source", s.Source, table.KeyFromOwner)
		expect(t, "curve", s.Curve, table.Key32{1})
	}
}

// TestFirstOwner: a key that came from the device that made the session is not
// made another's by whoever has it too and sends it.
func TestFirstOwner(t *testing.T) {
	w := newWorld(t, 14)
	bob := w.device("@bob:b", "B")
	f := bob.forger(w.room("!r", bob))
	thief := f.arrival(t, 0, table.KeyFromOwner)
	thief.About.Sender, thief.About.Curve = "@mallory:m", table.Key32{3}
	bob.imports(f.arrival(t, 2, table.KeyFromOwner))
	expect(t, "better", bob.imports(thief), 1)
	s, _ := bob.inbound(f.name())
	expect(t, "sender", s.Sender, "@alice:a")
	expect(t, "curve", s.Curve, table.Key32{1})
}

// TestUnsaved: what the backup lacks is marked, what it has is not.
func TestUnsaved(t *testing.T) {
	w := newWorld(t, 12)
	bob := w.device("@bob:b", "B")
	r := w.room("!r", bob)
	saved, not := bob.forger(r), bob.forger(r)
	a, b := saved.arrival(t, 3, table.KeyFromBackup), not.arrival(t, 3, table.KeyFromOwner)
	a.Saved = true
	expect(t, "better", bob.imports(a, b), 2)
	marks := bob.records(table.Unsaved)
	expect(t, "marks", len(marks), 1)
	expect(t, "mark", string(marks[0].Key), string(table.MegolmKey("!r", not.out.ID())))
	expect(t, "again", bob.imports(b), 0)
	expect(t, "earlier", bob.imports(saved.arrival(t, 1, table.KeyFromFile)), 1)
	expect(t, "marks", len(bob.records(table.Unsaved)), 2)
}

// TestWarnings: whose an event is, by what is known of the key's way here.
func TestWarnings(t *testing.T) {
	bob, f := forged(t)
	e := f.seal(f.text("x"))
	bob.read(f.room, e)
	f.settle()
	imported := f.device.forger(f.room)
	bob.imports(imported.arrival(t, 0, table.KeyFromBackup))
	expect(t, "imported", bob.peek(f.room, imported.seal(imported.text("y")))[0].Warning, e2ee.KeyUnproven)
	// The right Curve25519 key with another Ed25519 key is not the device's.
	s, _ := bob.inbound(f.name())
	half := imported.arrival(t, 0, table.KeyFromBackup)
	halved := f.device.forger(f.room)
	half.Name, half.Key, half.About.Curve = halved.name(), halved.origin, s.Curve
	bob.imports(half)
	expect(t, "half a device", bob.peek(f.room, halved.seal(halved.text("z")))[0].Device, "")
	for said, want := range map[table.DeviceTrust]e2ee.Warning{
		table.Unsaid: e2ee.DeviceUnsigned, table.Trusted: "", table.Blocked: e2ee.DeviceBlocked,
	} {
		bob.said("@alice:a", "A", said)
		expect(t, fmt.Sprint("said ", said), bob.peek(f.room, e)[0].Warning, want)
		again, err := bob.machine.Begin().Judge(t.Context(), []e2ee.Written{{SessionName: f.name(), Sender: "@alice:a"}, {Sender: "@alice:a"}})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, fmt.Sprint("judged again, said ", said), again[0].Warning, want)
		expect(t, "a session that is lost", again[1].Warning, e2ee.KeyUnproven)
	}
	// Once vouched for, it stays what it was when the device is gone.
	bob.said("@alice:a", "A", table.Trusted)
	bob.read(f.room, e)
	f.server.devices["@alice:a"] = keys{}
	f.server.change("@alice:a")
	f.settle()
	expect(t, "vouched", bob.peek(f.room, e)[0].Warning, "")
}

func (d *device) said(user event.UserID, device event.DeviceID, said table.DeviceTrust) {
	d.Helper()
	d.work(func(ctx context.Context, w *e2ee.Work) error { return w.SetTrust(ctx, user, device, said) })
}

// TestOwnMessages: a device reads its own messages as its own.
func TestOwnMessages(t *testing.T) {
	w := newWorld(t, 13)
	alice := w.device("@alice:a", "A")
	w.settle()
	r := w.room("!r", alice)
	got := alice.read(r, alice.say(r, "x"))[0]
	expect(t, "told", told(got), "x")
	expect(t, "warning", got.Warning, "")
	expect(t, "device", got.Device, "A")
	expect(t, "source", got.Source, table.KeyOwn)
}

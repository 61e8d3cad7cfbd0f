package e2ee_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// session is the id of the session of an event.
func session(e event.Event) string { return e.Content().Get("session_id").Text() }

// trio is a room of three, where alice has said something.
func trio(t testing.TB, seed uint64) (r *room, alice, bob, carol *device, first string) {
	w := newWorld(t, seed)
	alice, bob, carol = w.device("@alice:a", "A"), w.device("@bob:b", "B"), w.device("@carol:c", "C")
	w.settle()
	r = w.room("!r", alice, bob, carol)
	return r, alice, bob, carol, session(alice.say(r, "first"))
}

// TestRotation: FEATURES B-30, G-5. What changes makes a new session or does not.
func TestRotation(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		change  func(r *room, alice, carol *device)
		rotates bool
	}{
		"nothing":                  {func(*room, *device, *device) {}, false},
		"a restart":                {func(_ *room, alice, _ *device) { alice.start() }, false},
		"nearly a week":            {func(r *room, _, _ *device) { r.now = r.now.Add(7*day - time.Second) }, false},
		"a week":                   {func(r *room, _, _ *device) { r.now = r.now.Add(7 * day) }, true},
		"a clock that went back":   {func(r *room, _, _ *device) { r.now = r.now.Add(-time.Second) }, true},
		"a user leaving":           {func(r *room, _, _ *device) { r.leave("@carol:c") }, true},
		"our own user leaving":     {func(r *room, _, _ *device) { r.leave("@alice:a") }, false},
		"a user joining":           {func(r *room, _, _ *device) { r.users = append(r.users, "@dan:d") }, false},
		"a new device":             {func(r *room, _, _ *device) { r.device("@carol:c", "C2"); r.settle() }, false},
		"a device leaving":         {func(r *room, _, carol *device) { r.server.remove(carol.address); r.settle() }, true},
		"a blocked device":         {func(_ *room, alice, _ *device) { alice.said("@carol:c", "C", table.Blocked) }, true},
		"only signed devices":      {func(r *room, _, _ *device) { r.settings.Devices = e2ee.SignedDevices }, true},
		"history for all":          {func(r *room, _, _ *device) { r.settings.Shared = true }, true},
		"members seen in the dark": {func(r *room, alice, _ *device) { alice.rotate(r) }, true},
		"another room":             {func(r *room, alice, _ *device) { alice.rotate(r.room("!other")) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			r, alice, _, carol, first := trio(t, 30)
			c.change(r, alice, carol)
			expect(t, "rotated", session(alice.say(r, "second")) != first, c.rotates)
		})
	}
}

func (d *device) rotate(r *room) {
	d.Helper()
	d.work(func(ctx context.Context, w *e2ee.Work) error { return w.Rotate(ctx, r.id) })
}

// remove is a device that was signed out.
func (s *keyServer) remove(a address) {
	delete(s.devices[a.user], a.device)
	s.change(a.user)
}

// TestRotationSettings: rooms say how long sessions last, but not less than is
// good for anybody.
func TestRotationSettings(t *testing.T) {
	for _, c := range []struct {
		settings e2ee.Settings
		says     int
		after    time.Duration
		rotates  bool
	}{
		{e2ee.Settings{}, 98, 0, false},
		{e2ee.Settings{}, 99, 0, true},
		{e2ee.Settings{Messages: -5}, 98, 0, false},
		{e2ee.Settings{Messages: 2}, 0, 0, false},
		{e2ee.Settings{Messages: 2}, 1, 0, true},
		{e2ee.Settings{Messages: 1 << 40}, 200, 0, false},
		{e2ee.Settings{Period: time.Millisecond}, 0, 59 * time.Minute, false},
		{e2ee.Settings{Period: time.Millisecond}, 0, time.Hour, true},
		{e2ee.Settings{Period: 1 << 62}, 0, time.Hour, false},
	} {
		w := newWorld(t, 31)
		alice := w.device("@alice:a", "A")
		w.settle()
		r := w.room("!r", alice)
		r.settings = c.settings
		first := session(alice.say(r, ""))
		for range c.says {
			alice.encrypt(r, "t", `{}`)
		}
		w.now = w.now.Add(c.after)
		expect(t, fmt.Sprintf("%+v", c), session(alice.say(r, "")) != first, c.rotates)
	}
}

// TestEncryptNeedsKeys: no message is encrypted with a session that is over,
// whoever forgot to share.
func TestEncryptNeedsKeys(t *testing.T) {
	w := newWorld(t, 32)
	alice := w.device("@alice:a", "A")
	w.settle()
	r := w.room("!r", alice)
	r.settings.Messages = 2
	try := func(what string, want error) {
		t.Helper()
		alice.work(func(ctx context.Context, w *e2ee.Work) error {
			_, err := w.Encrypt(ctx, r.id, "t", scan.Value("{}"))
			if !errors.Is(err, want) {
				t.Errorf("%s: %v", what, err)
			}
			return nil
		})
	}
	try("nothing shared", e2ee.ErrNeedsKeys)
	alice.share(r)
	try("the first", nil)
	try("the second", nil)
	try("the third", e2ee.ErrNeedsKeys)
	alice.share(r)
	try("a new session", nil)
	alice.rotate(r)
	try("a stale one", e2ee.ErrNeedsKeys)
	alice.share(r)
	w.now = w.now.Add(8 * 24 * time.Hour)
	try("an old one", e2ee.ErrNeedsKeys)
}

// TestNoIndexTwice: a Work that is dropped uses no index, one that is committed
// its own, over restarts too (G-4).
func TestNoIndexTwice(t *testing.T) {
	w := newWorld(t, 33)
	alice := w.device("@alice:a", "A")
	w.settle()
	r := w.room("!r", alice)
	alice.share(r)
	seen := map[string]bool{}
	for i := range 60 {
		dropped := alice.machine.Begin()
		if _, err := dropped.Encrypt(t.Context(), r.id, "t", scan.Value(`{"dropped":1}`)); err != nil {
			t.Fatal(err)
		}
		e := sealedEvent(t, fmt.Sprint("$", i), "@alice:a", alice.encrypt(r, "t", `{}`))
		if i%7 == 0 {
			alice.start()
		}
		p := alice.read(r, e)[0]
		index := fmt.Sprint(p.Session, p.Index)
		if p.Failure != "" || seen[index] {
			t.Fatalf("%d: %s, index %s again: %v", i, p.Failure, index, seen[index])
		}
		seen[index] = true
	}
}

// TestTwoInOneWork: messages that leave together have indices of their own.
func TestTwoInOneWork(t *testing.T) {
	w := newWorld(t, 34)
	alice := w.device("@alice:a", "A")
	w.settle()
	r := w.room("!r", alice)
	alice.share(r)
	alice.work(func(ctx context.Context, work *e2ee.Work) error {
		for i := range 2 {
			content, err := work.Encrypt(ctx, r.id, "t", scan.Value(fmt.Sprintf(`{"body":"%d"}`, i)))
			if err != nil {
				return err
			}
			r.add("@alice:a", content)
		}
		return nil
	})
	expect(t, "told", fmt.Sprint(allTold(alice.read(r, r.log...))), "[0 1]")
}

// TestRelationInTheClear: servers see what an event relates to, and that is the
// only place where it is said.
func TestRelationInTheClear(t *testing.T) {
	w := newWorld(t, 41)
	alice := w.device("@alice:a", "A")
	w.settle()
	r := w.room("!r", alice)
	alice.share(r)
	content := alice.encrypt(r, "t", `{"body":"x","m.relates_to":{"event_id":"$1"}}`)
	expect(t, "in the clear", string(content.Get("m.relates_to")), `{"event_id":"$1"}`)
	_, exported := alice.inbound(e2ee.SessionName{Room: r.id, Session: content.Get("session_id").Text()})
	in, err := megolm.ImportInbound(exported.Get("session_key").Text())
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "encrypted", string(in.Decrypt(content.Get("ciphertext").Text()).Text), `{"room_id":"!r","type":"t","content":{"body":"x"}}`)
	expect(t, "opened", string(alice.read(r, r.add("@alice:a", content))[0].Event.Content()), `{"body":"x","m.relates_to":{"event_id":"$1"}}`)
}

// TestNewcomer: who comes later reads on from there, and not before (G-5).
func TestNewcomer(t *testing.T) {
	r, alice, _, _, _ := trio(t, 35)
	dan := r.device("@dan:d", "D")
	r.settle()
	r.users = append(r.users, "@dan:d")
	alice.say(r, "second")
	r.settle()
	expect(t, "dan", fmt.Sprint(allTold(dan.read(r, r.log...))), "[key.later second]")
}

// TestShareOnce: whoever has the key does not get it again.
func TestShareOnce(t *testing.T) {
	r, alice, _, _, _ := trio(t, 36)
	r.settle()
	before := len(alice.bodies)
	for i := range 5 {
		if i == 3 {
			alice.start()
		}
		wait := alice.share(r)
		expect(t, "done", wait.Done(), true)
	}
	expect(t, "messages", len(alice.bodies), before)
}

// TestWithholding: who gets no key hears why, once.
func TestWithholding(t *testing.T) {
	r, alice, bob, carol, _ := trio(t, 37)
	alice.said("@bob:b", "B", table.Blocked)
	alice.said("@carol:c", "C", table.Trusted)
	r.settings.Devices = e2ee.SignedDevices
	dan := r.device("@dan:d", "D")
	r.settle()
	r.users = append(r.users, "@dan:d")
	for i := range 3 {
		alice.say(r, fmt.Sprint(i))
		alice.start()
	}
	heard := map[string]int{}
	for to, list := range r.server.inbox {
		for _, raw := range list {
			if scan.Value(raw).Get("type").Text() == "m.room_key.withheld" {
				heard[to.device+" "+scan.Value(raw).Path("content", "code").Text()]++
			}
		}
	}
	expect(t, "heard", fmt.Sprint(heard), "map[B m.blacklisted:1 D m.unverified:1]")
	r.settle()
	last := r.log[len(r.log)-1]
	for d, want := range map[*device]string{alice: "2", carol: "2", bob: "key.withheld", dan: "key.withheld"} {
		expect(t, d.name(), told(d.read(r, last)[0]), want)
	}
	expect(t, "why", dan.read(r, last)[0].Withheld, "m.unverified")
}

// TestUnreachable: a device that has no keys to begin a session with keeps nobody
// waiting, hears of it once, and gets the key when it can.
func TestUnreachable(t *testing.T) {
	r, alice, bob, _, _ := trio(t, 38)
	dan := r.device("@dan:d", "D")
	r.settle()
	saved, fallback := r.server.oneTime[dan.address], r.server.fallback[dan.address]
	r.server.oneTime[dan.address], r.server.fallback[dan.address] = nil, nil
	r.users = append(r.users, "@dan:d")
	for i := range 3 {
		alice.say(r, fmt.Sprint("without ", i))
	}
	heard := 0
	for _, raw := range r.server.inbox[dan.address] {
		if scan.Value(raw).Path("content", "code").Text() == "m.no_olm" {
			heard++
		}
	}
	expect(t, "heard", heard, 1)
	r.settle()
	expect(t, "bob", told(bob.read(r, r.log[1])[0]), "without 0")
	r.server.oneTime[dan.address], r.server.fallback[dan.address] = saved, fallback
	r.now = r.now.Add(time.Hour)
	alice.say(r, "with")
	r.settle()
	expect(t, "dan", told(dan.read(r, r.log[len(r.log)-1])[0]), "with")
}

// TestWait: what is missing is told, and whoever cannot wait goes on without.
func TestWait(t *testing.T) {
	w := newWorld(t, 39)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, bob)
	var waits []e2ee.Wait
	share := func() e2ee.Wait {
		var wait e2ee.Wait
		alice.work(func(ctx context.Context, w *e2ee.Work) (err error) { wait, err = w.Share(ctx, r.keys()); return err })
		return wait
	}
	for range 10 {
		wait := share()
		waits = append(waits, wait)
		if wait.Done() {
			break
		}
		for alice.ask() {
		}
	}
	if len(waits) != 4 || len(waits[0].Users) != 1 || waits[1].Devices != 1 || !waits[2].Underway {
		t.Errorf("%+v", waits)
	}
	alice.receive(e2ee.SyncPart{Changed: []event.UserID{"@bob:b"}})
	expect(t, "asked again", fmt.Sprint(share().Users), "[@bob:b]")
	e := r.add("@alice:a", alice.encrypt(r, "m.room.message", `{"body":"x"}`))
	w.settle()
	expect(t, "bob", told(bob.read(r, e)[0]), "x")
}

// TestBorrowedKey: a user whose device claims to have another's Curve25519 key
// takes nothing from them.
func TestBorrowedKey(t *testing.T) {
	r, alice, bob, _, _ := trio(t, 40)
	mallory := r.borrower("@aaron:m", bob)
	r.users = append(r.users, mallory)
	first := session(alice.say(r, "x"))
	r.leave("@bob:b")
	if session(alice.say(r, "y")) == first {
		t.Error("bob reads on, because mallory's device has his key")
	}
}

// borrower is a user with one device that says that its Curve25519 key is that of
// another's, with a signing key of its own.
func (r *room) borrower(user string, of *device) event.UserID {
	r.Helper()
	key, err := curve25519.NewSigningKey(make([]byte, 32))
	if err != nil {
		r.Fatal(err)
	}
	theirs := read[map[string]map[string]any](r.TB, written(map[string]any{"x": read[map[string]any](r.TB, r.server.devices[of.user][of.name()])}))["x"]
	curve := theirs["keys"].(map[string]any)["curve25519:"+of.name()]
	object := written(map[string]any{
		"user_id": user, "device_id": "M", "algorithms": theirs["algorithms"],
		"keys": map[string]any{"curve25519:M": curve, "ed25519:M": unpadded.Encode(key.Public())},
	})
	signed, err := signature.Sign(object, user, "ed25519:M", key)
	if err != nil {
		r.Fatal(err)
	}
	r.server.devices[user] = keys{"M": json.RawMessage(signed)}
	r.server.change(user)
	return event.UserID(user)
}

package verification_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// TestGarbled (I-2): every value of every message in turn is something else. Nothing
// wrong is proven, and all ends.
func TestGarbled(t *testing.T) {
	for _, qr := range []bool{false, true} {
		pairs(t, func(t *testing.T, w *world, a, b *device) {
			play(w, a, b, qr, nil)
			if !qr || a.trusts || b.trusts {
				a.is(v.Done)
				b.is(v.Done)
			}
			for _, sent := range slices.Clone(w.log) {
				for _, changed := range conformance.Mutations(sent.Content) {
					w.playAgain(sent, changed, qr)
				}
			}
		})
	}
}

// TestEveryByte (I-1): a byte that is changed on its way in what is committed to,
// promised, agreed or vouched for ends the verification on both sides, and
// nothing is proven. What else may change is where a message goes, which
// methods there are, and words for people.
func TestEveryByte(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		play(w, a, b, false, nil)
		provenBySAS(a, b)
		for _, sent := range slices.Clone(w.log) {
			kind := strings.TrimPrefix(sent.Type, "m.key.verification.")
			if !slices.Contains([]string{"start", "accept", "key", "mac"}, kind) {
				continue
			}
			for i := range sent.Content {
				changed := sent.Content.Clone()
				changed[i] ^= 1
				again := w.playAgain(sent, changed, false)
				for _, ended := range again.ended {
					if ended.Phase == v.Done && !astray(sent, changed) {
						t.Fatalf("%s with byte %d changed: %+v", sent.Content, i, ended)
					}
				}
			}
		}
	})
}

// astray reports whether a change has a message go nowhere, or is in the one
// member that not all clients send.
func astray(sent v.Send, changed scan.Value) bool {
	for _, path := range [][]string{{"transaction_id"}, {"m.relates_to", "event_id"}, {"m.relates_to", "rel_type"}} {
		if sent.Content.Path(path...).Text() != changed.Path(path...).Text() {
			return true
		}
	}
	return sent.Type == "m.key.verification.accept" && !changed.Get("method").Exists()
}

// TestStrangers (I-2): nobody who takes no part changes anything.
func TestStrangers(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		readied(w, a, b, v.AllMethods)
		a.do(a.StartSAS(a.only().ID))
		w.run()
		var cancel scan.Builder
		cancel.Text("code", "m.user").Text("reason", "x")
		if first := w.log[1].Content; a.own.User == b.own.User {
			cancel.Text("transaction_id", first.Get("transaction_id").Text())
		} else {
			cancel.Raw("m.relates_to", first.Get("m.relates_to"))
		}
		sent := append(slices.Clone(w.log), v.Send{Type: "m.key.verification.cancel", Content: cancel.Done()})
		for _, s := range sent {
			a.hearStrangers(b, s)
			b.hearStrangers(a, s)
		}
		compare(w, a, b)
	})
}

// hearStrangers lets d hear a message from everybody it may not be from.
func (d *device) hearStrangers(other *device, sent v.Send) {
	d.w.Helper()
	strangers := []v.Event{
		{Sender: "@m:x", Device: "M"}, {Sender: "@m:x"}, {Sender: other.own.User, Device: "M"}, {Sender: d.own.User, Device: "M"},
		{Sender: "@m:x", Room: room, ID: "$m"},
		{Sender: d.own.User, Room: room, ID: "$m", Device: "M"}, {Sender: d.own.User, Room: room, ID: "$m", Txn: "t"},
		{Sender: d.own.User, Device: d.own.Device},
	}
	if sent.Type != event.RoomMessage { // to ask in two rooms is no stranger's
		strangers = append(strangers, v.Event{Sender: other.own.User, Room: "!other:x", ID: "$other"})
	}
	for _, e := range strangers {
		e.Type, e.Content, e.TS = sent.Type, sent.Content, d.w.now.UnixMilli()
		before := fmt.Sprint(d.only())
		for _, s := range d.Receive(e).Sends {
			if s.Verification != "" || s.Content.Get("code").Text() != string(v.CodeUnknownTransaction) {
				d.w.Fatalf("%s of %s %s: sent %s %s", e.Type, e.Sender, e.Device, s.Type, s.Content)
			}
		}
		if now := fmt.Sprint(d.only()); now != before {
			d.w.Fatalf("%s of %s %s in %s: %s", e.Type, e.Sender, e.Device, e.Room, now)
		}
	}
}

// TestForgedDevice: who names another device than the one that encrypted is not
// heard.
func TestForgedDevice(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		a.ask(b, v.AllMethods)
		asked := b.inbox[0]
		for device, want := range map[event.DeviceID]int{"M": 0, b.own.Device: 0, a.own.Device: 1} {
			b.reload()
			forged := asked
			forged.Device = device
			b.send(b.Receive(forged))
			if n := len(b.All()); n != want {
				t.Errorf("from %s: %d", device, n)
			}
		}
	})
}

// TestFlood (I-3): what is remembered, shown and answered is bounded, for one who
// asks as well as for many; and nothing of it keeps one's own from going on.
func TestFlood(t *testing.T) {
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "A", true), w.add("@b:x", "B", true)
	readied(w, a, b, v.AllMethods)
	flood := func(users, devices, names int) {
		for i := range users * devices * names {
			user := event.UserID(fmt.Sprintf("@%d:x", i%users))
			device := fmt.Sprint("D", i/users%devices)
			a.known[string(user)+" "+device] = key(1)
			var content scan.Builder
			content.Text("from_device", device).Text("transaction_id", fmt.Sprint("t", i)).Texts("methods", []string{"m.sas.v1"}).Int("timestamp", w.now.UnixMilli())
			before := a.All()
			step := a.Receive(v.Event{Type: "m.key.verification.request", Sender: user, Content: content.Done()})
			for _, now := range before {
				if _, there := a.Get(now.ID); !there && !slices.Contains(step.Changed, now.ID) {
					t.Fatalf("%s is forgotten, unsaid", now.ID)
				}
			}
		}
	}
	for _, size := range [][3]int{{1, 1, 1000}, {1, 1000, 1}, {1000, 1, 1}, {100, 10, 3}} {
		flood(size[0], size[1], size[2])
		if n := len(a.All()); n > 64 {
			t.Fatalf("%v: %d are remembered", size, n)
		}
		w.now = w.now.Add(2 * time.Minute)
		a.Tick()
	}
	a.do(a.StartSAS(a.All()[0].ID))
	w.run()
	if a.All()[0].Phase != v.Comparing {
		t.Errorf("%+v", a.All()[0])
	}
}

// TestManyDevices: a user whose devices all ask leaves room for others.
func TestManyDevices(t *testing.T) {
	w := newWorld(t, 1)
	b := w.add("@b:x", "B", true)
	for i := range 100 {
		w.add("@a:x", event.DeviceID(fmt.Sprint("A", i)), true).ask(b, v.SAS)
	}
	w.run()
	if n := len(b.All()); n != 8 {
		t.Errorf("%d of one user", n)
	}
	w.add("@c:x", "C", true).ask(b, v.SAS)
	w.run()
	if n := len(b.All()); n != 9 {
		t.Errorf("%d of two users", n)
	}
}

// TestOversized: a message that is too long is not read.
func TestOversized(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		long := func(e *v.Event) {
			var content scan.Builder
			for k, value := range e.Content.Members() {
				content.Raw(k.Text(), value)
			}
			e.Content = content.Text("long", strings.Repeat("x", 40<<10)).Done()
		}
		b.change = long
		a.ask(b, v.AllMethods)
		w.run()
		if len(b.All()) > 0 {
			t.Error("a request")
		}
		a.do(a.Cancel(a.only().ID))
		b.change = nil
		readied(w, a, b, v.AllMethods)
		b.change = long
		a.do(a.StartSAS(a.only().ID))
		w.run()
		a.cancelled(v.CodeInvalidMessage, false)
	})
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "A", true), w.add("@b:x", "B", true)
	long := strings.Repeat("x", 256)
	a.known["@b:x "+long] = key(9)
	for _, c := range []struct{ name, device string }{{long, "B"}, {"t", long}, {"", "B"}} {
		var content scan.Builder
		content.Text("from_device", c.device).Text("transaction_id", c.name).Texts("methods", []string{"m.sas.v1"}).Int("timestamp", w.now.UnixMilli())
		if step := a.Receive(v.Event{Type: "m.key.verification.request", Sender: "@b:x", Content: content.Done()}); len(step.Changed)+len(step.Sends) > 0 {
			t.Errorf("%q of %q: %+v", c.name, c.device, step)
		}
	}
	a.ask(b, v.SAS)
	w.run()
	a.send(a.Receive(v.Event{Type: "m.key.verification.cancel", Sender: "@b:x", Room: room, ID: "$c", Content: scan.Value(
		`{"code":"` + strings.Repeat("x", 100) + `","m.relates_to":{"rel_type":"m.reference","event_id":"$1"}}`)}))
	a.cancelled("", false)
}

// TestReusedName: a name that is in use, or was, begins nothing.
func TestReusedName(t *testing.T) {
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "A", true), w.add("@a:x", "B", false)
	a.ask(b, v.AllMethods)
	request := b.inbox[0]
	w.run()
	b.send(b.Receive(request)) // delivered twice
	b.is(v.Requested)
	other := request
	other.Content = scan.Value(strings.Replace(string(request.Content), `"m.sas.v1",`, "", 1))
	b.send(b.Receive(other))
	w.run()
	a.cancelled(v.CodeUnexpectedMessage, false)
	b.cancelled(v.CodeUnexpectedMessage, true)
	before := len(w.log)
	b.send(b.Receive(request))
	b.cancelled(v.CodeUnexpectedMessage, true)
	if len(w.log) > before {
		t.Errorf("answered with %s", w.log[before].Content)
	}
}

// TestSameName: what another user calls by the same name is another one.
func TestSameName(t *testing.T) {
	w := newWorld(t, 1)
	b := w.add("@b:x", "B", true)
	for i, user := range []event.UserID{"@c:x", "@d:x"} {
		b.known[string(user)+" X"] = key(9)
		var content scan.Builder
		content.Text("from_device", "X").Text("transaction_id", "same").Texts("methods", []string{"m.sas.v1"}).Int("timestamp", w.now.UnixMilli())
		b.send(b.Receive(v.Event{Type: "m.key.verification.request", Sender: user, Content: content.Done()}))
		if all := b.All(); len(all) != i+1 || all[i].User != user || all[i].Phase != v.Requested {
			t.Errorf("%+v", all)
		}
	}
	b.send(b.Receive(v.Event{Type: "m.key.verification.cancel", Sender: "@c:x", Content: scan.Value(`{"transaction_id":"same","code":"m.user"}`)}))
	if all := b.All(); all[0].Phase != v.Cancelled || all[1].Phase != v.Requested {
		t.Errorf("%+v", all)
	}
}

// TestUnknown (spec: SAS, error and exception handling): who goes on with what is
// not known is told so, once, and not for ever; not who starts or cancels.
func TestUnknown(t *testing.T) {
	w := newWorld(t, 1)
	a := w.add("@a:x", "A", true)
	for kind, want := range map[string]int{"ready": 1, "accept": 1, "key": 1, "mac": 1, "done": 1, "start": 0, "cancel": 0, "other": 0} {
		e := v.Event{Type: "m.key.verification." + kind, Sender: "@b:x", Content: scan.Value(`{"transaction_id":"` + kind + `"}`)}
		for i := range 3 {
			if step := a.Receive(e); len(step.Sends) > want || i == 0 && len(step.Sends) != want {
				t.Errorf("%s is answered %d times", kind, len(step.Sends))
			} else if len(step.Sends) == 1 && string(step.Sends[0].Devices[0]) != "*" {
				t.Errorf("%s is answered to %v", kind, step.Sends[0].Devices)
			}
			want = 0
		}
	}
	answers := 0
	for i := range 100 {
		e := v.Event{Type: "m.key.verification.key", Sender: "@b:x", Content: scan.Value(fmt.Sprintf(`{"transaction_id":"%d"}`, i))}
		answers += len(a.Receive(e).Sends)
	}
	if answers != 32-5 {
		t.Errorf("%d of 100 are answered", answers)
	}
	w.now = w.now.Add(10 * time.Minute)
	ready := v.Event{Type: "m.key.verification.ready", Sender: "@b:x", Content: scan.Value(`{"transaction_id":"x","from_device":"B"}`)}
	if step := a.Receive(ready); len(step.Sends) != 1 || step.Sends[0].Devices[0] != "B" {
		t.Errorf("%+v", step.Sends)
	}
}

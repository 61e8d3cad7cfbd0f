package verification_test

import (
	"errors"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// family is a user with four devices, the first of which asks.
func family(t *testing.T) (w *world, a *device, others []*device) {
	w = newWorld(t, 1)
	a = w.add("@a:x", "M", true)
	for _, id := range []event.DeviceID{"A", "B", "Z"} {
		others = append(others, w.add("@a:x", id, false))
	}
	return w, a, others
}

// TestOneAnswers (spec: key verification framework): the others are told so.
func TestOneAnswers(t *testing.T) {
	w, a, others := family(t)
	a.ask(others[0], v.AllMethods)
	w.run()
	others[1].do(others[1].Accept(others[1].only().ID, v.SAS))
	w.run()
	if now := a.is(v.Ready); now.Device != "B" {
		t.Error(now.Device)
	}
	others[0].cancelled(v.CodeAccepted, false)
	others[1].is(v.Ready)
	others[2].cancelled(v.CodeAccepted, false)
}

// TestTwoAnswer at once: the first that is heard is the one.
func TestTwoAnswer(t *testing.T) {
	w, a, others := family(t)
	a.ask(others[0], v.AllMethods)
	for _, d := range others {
		d.hear(1)
		d.do(d.Accept(d.only().ID, v.AllMethods))
	}
	w.run()
	a.is(v.Ready)
	others[0].is(v.Ready)
	others[1].cancelled(v.CodeAccepted, false)
	others[2].cancelled(v.CodeAccepted, false)
}

// TestNotAsked: an answer of a device that was not asked is none.
func TestNotAsked(t *testing.T) {
	w, a, others := family(t)
	_, step, err := a.AskDevices("@a:x", []event.DeviceID{"A", "B"}, v.AllMethods)
	a.do(step, err)
	var content scan.Builder
	content.Text("from_device", "Z").Text("transaction_id", w.log[0].Content.Get("transaction_id").Text()).Texts("methods", []string{"m.sas.v1"})
	a.send(a.Receive(v.Event{Type: "m.key.verification.ready", Sender: "@a:x", Content: content.Done()}))
	a.is(v.Requested)
	w.run()
	others[1].do(others[1].Accept(others[1].only().ID, v.AllMethods))
	w.run()
	a.is(v.Ready)
}

// TestOneDeclines for all.
func TestOneDeclines(t *testing.T) {
	w, a, others := family(t)
	a.ask(others[0], v.AllMethods)
	w.run()
	others[1].do(others[1].Cancel(others[1].only().ID))
	w.run()
	a.cancelled(v.CodeUser, false)
	others[0].cancelled(v.CodeUser, false)
	others[1].cancelled(v.CodeUser, true)
	others[2].cancelled(v.CodeUser, false)
}

// TestTakenBack: who asked gives up.
func TestTakenBack(t *testing.T) {
	w, a, others := family(t)
	a.ask(others[0], v.AllMethods)
	w.run()
	a.do(a.Cancel(a.only().ID))
	w.run()
	for _, d := range others {
		d.cancelled(v.CodeUser, false)
	}
}

// twoHomes are two users with two devices each, in a room.
func twoHomes(t *testing.T) (w *world, a, a2, b, b2 *device) {
	w = newWorld(t, 1)
	return w, w.add("@a:x", "A", true), w.add("@a:x", "A2", true), w.add("@b:x", "B", true), w.add("@b:x", "B2", true)
}

// TestRoom: in a room the other devices of both see who answers; those of the
// one who asks see nothing to do.
func TestRoom(t *testing.T) {
	w, a, a2, b, b2 := twoHomes(t)
	a.ask(b, v.AllMethods)
	w.run()
	b.do(b.Accept(b.only().ID, v.AllMethods))
	w.run()
	a.is(v.Ready)
	b2.cancelled(v.CodeAccepted, false)
	if n := len(a2.All()); n > 0 {
		t.Errorf("a bystander shows %d", n)
	}
	a.do(a.StartSAS(a.only().ID))
	w.run()
	compare(w, a, b)
	a.do(a.Confirm(a.only().ID))
	b.do(b.Confirm(b.only().ID))
	w.run()
	provenBySAS(a, b)
}

// TestRoomTwoAnswer: the first in the room is the one, and both know it.
func TestRoomTwoAnswer(t *testing.T) {
	w, a, _, b, b2 := twoHomes(t)
	a.ask(b, v.AllMethods)
	b.hear(1)
	b2.hear(1)
	b2.do(b2.Accept(b2.only().ID, v.AllMethods))
	b.do(b.Accept(b.only().ID, v.AllMethods))
	w.run()
	if now := a.is(v.Ready); now.Device != "B2" {
		t.Error(now.Device)
	}
	b.cancelled(v.CodeAccepted, false)
	b2.is(v.Ready)
}

// TestRoomOneDeclines on behalf of the user's other devices.
func TestRoomOneDeclines(t *testing.T) {
	w, a, _, b, b2 := twoHomes(t)
	a.ask(b, v.AllMethods)
	w.run()
	b2.do(b2.Cancel(b2.only().ID))
	w.run()
	a.cancelled(v.CodeUser, false)
	b.cancelled(v.CodeUser, false)
}

// TestSentLate: the request's id may come with the answer or with the echo, and
// a request that was taken back before it had one is cancelled then.
func TestSentLate(t *testing.T) {
	for _, echo := range []bool{true, false} {
		w := newWorld(t, 1)
		a, b := w.add("@a:x", "A", true), w.add("@b:x", "B", true)
		id := a.ask(b, v.AllMethods)
		sent := w.log[0].ID
		a.do(a.Cancel(id))
		if len(w.log) > 1 {
			t.Fatal("cancelled what nobody can find")
		}
		if !echo {
			a.send(a.Sent(sent, w.ids[sent]))
		}
		w.run()
		b.cancelled(v.CodeUser, false)
		if len(w.log) != 2 {
			t.Errorf("%d messages", len(w.log))
		}
	}
}

// TestCrossing (I-4; spec: key verification framework, of starts): both ask at once,
// and one verification comes of it, under the names that both know.
func TestCrossing(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		one, two := a.ask(b, v.AllMethods), b.ask(a, v.AllMethods)
		w.run()
		if x, y := a.is(v.Ready), b.is(v.Ready); x.ID != one || y.ID != two || len(a.All()) != 1 || len(b.All()) != 1 {
			t.Errorf("%+v, %+v", a.All(), b.All())
		}
		a.do(a.StartSAS(one))
		w.run()
		compare(w, a, b)
	})
}

// TestCrossingOfOthers: only what goes to the device that asks crosses with it.
func TestCrossingOfOthers(t *testing.T) {
	w, a, others := family(t)
	_, step, err := a.AskDevices("@a:x", []event.DeviceID{"A"}, v.AllMethods)
	a.do(step, err)
	_, step, err = others[1].AskDevices("@a:x", []event.DeviceID{"M"}, v.AllMethods)
	others[1].do(step, err)
	w.run()
	if all := a.All(); len(all) != 2 || all[0].Phase != v.Requested || all[1].Phase != v.Requested {
		t.Errorf("%+v", all)
	}
}

// TestAsksTwice (spec: SAS, error and exception handling): a device that asks
// again while it waits gets neither.
func TestAsksTwice(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		a.ask(b, v.AllMethods)
		w.run()
		if _, _, err := a.AskInRoom("@b:x", room, v.SAS); a.own.User != b.own.User && !errors.Is(err, v.ErrBusy) {
			t.Error(err)
		}
		a.reload()
		a.ask(b, v.AllMethods)
		w.run()
		a.cancelled(v.CodeUnexpectedMessage, false)
		b.cancelled(v.CodeUnexpectedMessage, true)
		readied(w, a, b, v.AllMethods)
	})
}

// reload is a new program on the same device.
func (d *device) reload() {
	d.w.Helper()
	var err error
	if d.Requests, err = v.New(d.own, d, func() time.Time { return d.w.now }, d.w.random); err != nil {
		d.w.Fatal(err)
	}
}

// TestForgotten: a device that we asked, and that answered and then lost its
// memory, may ask us.
func TestForgotten(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		readied(w, a, b, v.AllMethods)
		b.reload()
		readied(w, b, a, v.AllMethods)
	})
}

// TestReload: a verification does not survive it. Close tells the other side,
// and after a kill its next message is answered.
func TestReload(t *testing.T) {
	pairs(t, func(t *testing.T, w *world, a, b *device) {
		readied(w, a, b, v.AllMethods)
		a.send(a.Close())
		a.reload()
		w.run()
		b.cancelled(v.CodeUser, false)

		readied(w, a, b, v.AllMethods)
		a.do(a.StartSAS(a.only().ID))
		w.run()
		a.reload()
		b.do(b.Confirm(b.only().ID))
		w.run()
		if b.own.User == a.own.User {
			b.cancelled(v.CodeUnknownTransaction, false)
		} else {
			b.is(v.Confirmed) // in a room, nobody can tell that from others' verifications
		}
	})
}

// TestCloseLeaves requests to the user's other devices.
func TestCloseLeaves(t *testing.T) {
	w, a, others := family(t)
	a.ask(others[0], v.AllMethods)
	w.run()
	if step := others[0].Close(); len(step.Sends) > 0 {
		t.Errorf("%+v", step.Sends)
	}
	a.is(v.Requested)
}

// TestNoCommonMethod: the request stands, for another device may have one; the
// user may decline it.
func TestNoCommonMethod(t *testing.T) {
	w, a, others := family(t)
	a.ask(others[0], v.ShowQR)
	w.run()
	for i, can := range []v.Methods{v.SAS, v.ShowQR, 0} {
		if _, err := others[i].Accept(others[i].is(v.Requested).ID, can); !errors.Is(err, v.ErrMethod) {
			t.Error(err)
		}
	}
	if got := others[0].only().Methods; got != v.ScanQR {
		t.Errorf("offered %v", got)
	}
	others[2].do(others[2].Accept(others[2].only().ID, v.AllMethods))
	w.run()
	if now := a.is(v.Ready); now.Methods != v.ShowQR || others[2].is(v.Ready).Methods != v.ScanQR {
		t.Errorf("%v", now.Methods)
	}
}

// TestCalls that cannot be.
func TestCalls(t *testing.T) {
	w := newWorld(t, 1)
	a, b := w.add("@a:x", "A", true), w.add("@b:x", "B", true)
	if _, _, err := a.AskDevices("@a:x", []event.DeviceID{"A"}, v.SAS); !errors.Is(err, v.ErrNobody) {
		t.Error(err)
	}
	if _, _, err := a.AskInRoom("@a:x", room, v.SAS); !errors.Is(err, v.ErrNobody) {
		t.Error(err)
	}
	if _, _, err := a.AskInRoom("@b:x", room, 0); !errors.Is(err, v.ErrMethod) {
		t.Error(err)
	}
	id := a.ask(b, v.ShowQR)
	w.run()
	for name, call := range map[string]func(v.ID) (v.Step, error){
		"accept":   func(id v.ID) (v.Step, error) { return a.Accept(id, v.AllMethods) },
		"start":    a.StartSAS,
		"scan":     func(id v.ID) (v.Step, error) { return a.Scan(id, nil) },
		"confirm":  a.Confirm,
		"mismatch": a.Mismatch,
	} {
		if step, err := call(id); !errors.Is(err, v.ErrPhase) || len(step.Sends) > 0 {
			t.Errorf("%s too early: %v", name, err)
		}
		if _, err := call("other"); !errors.Is(err, v.ErrUnknown) {
			t.Errorf("%s of another: %v", name, err)
		}
	}
	b.do(b.Accept(b.only().ID, v.AllMethods))
	w.run()
	if _, err := a.StartSAS(id); !errors.Is(err, v.ErrMethod) {
		t.Error(err)
	}
	if _, err := a.Cancel("other"); !errors.Is(err, v.ErrUnknown) {
		t.Error(err)
	}
	a.do(a.Cancel(id))
	a.do(a.Cancel(id))
	w.run()
	a.cancelled(v.CodeUser, true)
}

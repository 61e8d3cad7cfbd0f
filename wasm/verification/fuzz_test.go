package verification_test

import (
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	v "github.com/alcove-chat/alcove/wasm/verification"
)

// FuzzReceive: whatever comes in the middle of a verification, between whichever
// of its messages. It proves nothing wrong, and all ends.
func FuzzReceive(f *testing.F) {
	w := newWorld(f, 1)
	a, b := w.add("@a:x", "A", true), w.add("@b:x", "B", true)
	play(w, a, b, false, nil)
	for i, sent := range w.log {
		f.Add(sent.Type, "@b:x", "", []byte(sent.Content), uint8(i))
	}
	f.Add("m.key.verification.request", "@b:x", "B", []byte(`{"from_device":"B","transaction_id":"1","methods":["m.sas.v1"],"timestamp":1700000000000}`), uint8(3))
	f.Add("m.key.verification.cancel", "@b:x", "B", []byte(`{"code":"m.user","m.relates_to":{"rel_type":"m.reference","event_id":"$1"}}`), uint8(3))
	f.Fuzz(func(t *testing.T, kind, sender, device string, content []byte, at uint8) {
		w := newWorld(t, 1)
		a, b := w.add("@a:x", "A", true), w.add("@b:x", "B", true)
		heard := 0
		play(w, a, b, at%2 == 0, func(e *v.Event) {
			if heard++; heard != int(at%16) {
				return
			}
			for _, d := range w.devices {
				for _, where := range []event.RoomID{"", room} {
					d.send(d.Receive(v.Event{Type: kind, Sender: event.UserID(sender), Device: event.DeviceID(device), Room: where, ID: "$f",
						TS: w.now.UnixMilli(), Content: scan.Value(content)}))
				}
			}
		})
		w.honest()
	})
}

// FuzzScan: whatever a camera sees.
func FuzzScan(f *testing.F) {
	w := newWorld(f, 1)
	a, b := w.add("@a:x", "A", true), w.add("@b:x", "B", true)
	readied(w, a, b, v.AllMethods)
	f.Add(b.only().QR)
	f.Fuzz(func(t *testing.T, code []byte) {
		w := newWorld(t, 1)
		a, b := w.add("@a:x", "A", true), w.add("@b:x", "B", true)
		readied(w, a, b, v.AllMethods)
		shown := string(b.only().QR)
		step, err := a.Scan(a.only().ID, code)
		a.send(step)
		w.run()
		if now := a.only(); now.Phase == v.Confirmed != (string(code) == shown) {
			t.Fatalf("%q: %v, %+v", code, err, now)
		}
		b.try(b.Confirm(b.only().ID))
		w.honest()
	})
}

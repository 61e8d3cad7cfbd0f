package verification

import (
	"slices"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// flow is one verification.
type flow struct {
	id     ID
	hidden bool // remembered, but nothing to show

	user     event.UserID
	device   event.DeviceID // "" before one answered
	room     event.RoomID
	name     string // what its messages are found by; "" before our request has an id
	incoming bool
	requests event.TxnID      // the Send that asks in a room
	asked    []event.DeviceID // the devices that were asked
	answered bool             // our answer stands in the room

	phase  Phase
	until  time.Time
	limit  time.Time // of all of it, where until is that of a prompt
	expect string    // the kind of message that comes next, "" for none
	heard  []heard

	ours, theirs Methods
	methods      Methods // that both can do
	pins         pins
	start        start
	early        scan.Value // a start that nobody asked for
	sas          *sas
	qr           *qr

	confirmed bool // by the user, or by scanning
	told      bool // our done was sent
	finished  bool // their done came
	proven    Proven

	code Code
	byUs bool
}

// start is the start that counts.
type start struct {
	ours    bool
	method  string // "" where there is none
	content scan.Value
}

// heard is a message that came, in canonical form: once more, it is the same
// delivered twice.
type heard struct {
	kind    string
	content scan.Value
}

// again reports whether a message has come before, and remembers it if none of
// its kind has.
func (f *flow) again(kind string, canonical scan.Value) bool {
	for _, h := range f.heard {
		if h.kind == kind {
			return string(h.content) == string(canonical)
		}
	}
	f.heard = append(f.heard, heard{kind, canonical})
	return false
}

// end leaves nothing of f but what is shown.
func (r *Requests) end(f *flow, phase Phase) {
	f.phase, f.expect = phase, ""
	f.sas, f.qr, f.early, f.heard, f.start = nil, nil, nil, nil, start{}
	f.until = r.now().Add(Lifetime)
	r.changed(f)
}

// cancelled ends f for a reason.
func (r *Requests) cancelled(f *flow, code Code, byUs bool) {
	f.code, f.byUs = code, byUs
	r.end(f, Cancelled)
}

// cancel ends f and tells whoever takes part.
func (r *Requests) cancel(f *flow, code Code) {
	devices := []event.DeviceID{f.device}
	if f.device == "" {
		devices = f.asked
	}
	r.tellCancel(f, code, devices)
	r.cancelled(f, code, true)
}

// tellCancel sends a cancellation. A request in a room that has no id yet is
// cancelled once it has.
func (r *Requests) tellCancel(f *flow, code Code, devices []event.DeviceID) {
	if f.name == "" || f.room == "" && len(devices) == 0 {
		return
	}
	var content scan.Builder
	r.sendTo(f, kindCancel, devices, content.Text("code", string(code)).Text("reason", code.reason()))
}

// without returns devices but one.
func without(devices []event.DeviceID, one event.DeviceID) []event.DeviceID {
	return slices.DeleteFunc(slices.Clone(devices), func(d event.DeviceID) bool { return d == one })
}

// settle says done once our side is, and ends f once theirs is too.
func (r *Requests) settle(f *flow) {
	if !f.told {
		f.told = true
		r.send(f, kindDone, &scan.Builder{})
	}
	if f.finished {
		r.end(f, Done)
		return
	}
	f.phase, f.expect = Confirmed, kindDone
	r.changed(f)
}

func (r *Requests) hearDone(f *flow) {
	f.expect, f.finished = "", true
	if f.confirmed {
		r.settle(f)
	}
}

package verification

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Receive takes in a message. What is none of verification, or nothing of ours,
// changes nothing.
func (r *Requests) Receive(e Event) Step {
	r.expire()
	if kind := e.kind(); kind != "" {
		r.receive(&e, kind)
	}
	return r.take()
}

func (r *Requests) receive(e *Event, kind string) {
	if e.Room != "" && kind == kindRequest && e.Txn != "" {
		r.bind(e.Txn, e.ID)
		return
	}
	name := e.name(kind)
	if name == "" || e.Device != "" && e.from() != "" && e.from() != e.Device {
		return
	}
	f := r.find(e, name)
	switch {
	case r.sentHere(e):
		if f != nil && kind == kindReady {
			f.answered = true
		}
	case e.Room != "" && e.Sender == r.own.User:
		if f != nil {
			r.hearOwn(f, kind)
		}
	case f == nil:
		r.hearNew(e, kind, name)
	case f.user == e.Sender && f.fits(e.Device):
		r.hear(f, e, kind)
	}
}

// sentHere reports whether e is one of this device's own messages, that came
// back.
func (r *Requests) sentHere(e *Event) bool {
	return e.Txn != "" || e.Sender == r.own.User && (e.from() == r.own.Device || e.Device == r.own.Device)
}

// fits reports whether a message of f may come from a device, "" where that is
// not known.
func (f *flow) fits(device event.DeviceID) bool {
	return device == "" || f.device == "" || device == f.device
}

// hearOwn takes in what another device of ours says in a room. Of the messages
// there the first answer counts.
func (r *Requests) hearOwn(f *flow, kind string) {
	if f.phase.Ended() || !f.incoming {
		return
	}
	switch {
	case kind == kindReady && !f.answered:
		r.cancelled(f, CodeAccepted, false)
	case kind == kindCancel && f.phase == Requested:
		r.cancelled(f, CodeUser, false)
	}
}

// hearNew takes in a message of a verification that is not known.
func (r *Requests) hearNew(e *Event, kind, name string) {
	switch {
	case len(e.Content) > maxContent:
	case kind == kindRequest:
		r.hearRequest(e, name)
	case e.Room != "" || kind == kindCancel:
	case kind == kindStart:
		r.hearEarlyStart(e, name)
	default:
		r.tellUnknown(e, name)
	}
}

// tellUnknown answers a message of a verification that is not known: one from
// before a reload, mostly. Only some messages say which device they are from;
// the others of that user do not know the verification either.
func (r *Requests) tellUnknown(e *Event, name string) {
	device := e.Device
	if device == "" {
		device = e.from()
	}
	if device == "" {
		device = "*"
	}
	if r.tellOnce(string(e.Sender) + "\x00" + name) {
		ghost := flow{user: e.Sender, device: device, name: name}
		r.tellCancel(&ghost, CodeUnknownTransaction, []event.DeviceID{device})
	}
}

// hear takes in a message of f from its other side.
func (r *Requests) hear(f *flow, e *Event, kind string) {
	if f.phase.Ended() {
		return
	}
	if kind == kindCancel {
		r.hearCancel(f, e.Content)
		return
	}
	if len(e.Content) > maxContent {
		r.cancel(f, CodeInvalidMessage)
		return
	}
	content, err := e.Content.Canonical()
	if err != nil || content.Kind() != scan.Object {
		r.cancel(f, CodeInvalidMessage)
		return
	}
	if from := e.from(); f.device != "" && from != "" && from != f.device {
		return // another device of theirs, which is too late
	}
	if !f.again(kind, content) {
		r.hearMessage(f, e, kind, content)
	}
}

func (r *Requests) hearMessage(f *flow, e *Event, kind string, content scan.Value) {
	switch {
	case kind == kindStart && f.mayStart():
		r.hearStart(f, content)
	case kind != f.expect:
		r.cancel(f, CodeUnexpectedMessage)
	case kind == kindReady:
		r.hearReady(f, e, content)
	case kind == kindAccept:
		r.hearAccept(f, content)
	case kind == kindKey:
		r.hearKey(f, content)
	case kind == kindMAC:
		r.hearMAC(f, content)
	case kind == kindDone:
		r.hearDone(f)
	}
}

// hearCancel ends f. Who declines on one device declines on all that were asked
// (spec: key verification framework).
func (r *Requests) hearCancel(f *flow, content scan.Value) {
	if f.phase == Requested && !f.incoming && f.room == "" {
		r.tellCancel(f, CodeUser, f.asked)
	}
	code := content.Get("code").Text()
	if len(code) > maxCode {
		code = ""
	}
	r.cancelled(f, Code(code), false)
}

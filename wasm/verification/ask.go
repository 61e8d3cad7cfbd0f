package verification

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// AskDevices asks a user's devices for verification, of which one will answer:
// our own other devices, mostly. The list must be up to date.
func (r *Requests) AskDevices(user event.UserID, devices []event.DeviceID, can Methods) (ID, Step, error) {
	if user == r.own.User {
		devices = without(devices, r.own.Device)
	}
	if len(devices) == 0 {
		return "", Step{}, ErrNobody
	}
	f, err := r.ask(flow{user: user, asked: slices.Clone(devices), ours: can})
	if err != nil {
		return "", r.take(), err
	}
	f.name = r.name()
	var content scan.Builder
	content.Text("from_device", string(r.own.Device)).Texts("methods", can.names()).Int("timestamp", r.now().UnixMilli())
	r.sendTo(f, kindRequest, devices, &content)
	return f.id, r.take(), nil
}

// AskInRoom asks another user for verification, in a room with them. The owner
// calls Sent as soon as it knows the event id of the one Send.
func (r *Requests) AskInRoom(user event.UserID, room event.RoomID, can Methods) (ID, Step, error) {
	if user == r.own.User || room == "" {
		return "", Step{}, ErrNobody
	}
	f, err := r.ask(flow{user: user, room: room, ours: can})
	if err != nil {
		return "", r.take(), err
	}
	f.requests = event.TxnID(r.name())
	var content scan.Builder
	content.Text("msgtype", MsgType).Text("from_device", string(r.own.Device)).Text("to", string(user)).
		Texts("methods", can.names()).Text("body", string(r.own.User)+" asks to verify you, which this app does not know how to do.")
	r.step.Sends = append(r.step.Sends, Send{ID: f.requests, Type: event.RoomMessage, Room: room, Content: content.Done(), Verification: f.id})
	return f.id, r.take(), nil
}

func (r *Requests) ask(f flow) (*flow, error) {
	r.expire()
	if f.ours == 0 {
		return nil, ErrMethod
	}
	if r.open(f.user) > 0 {
		return nil, ErrBusy
	}
	f.id = ID(r.name())
	f.phase, f.expect = Requested, kindReady
	f.until = r.now().Add(Lifetime)
	if !r.add(&f) {
		return nil, ErrBusy
	}
	r.changed(&f)
	return &f, nil
}

// Sent tells the event id of a Send in a room. Only that of a request matters,
// and the event's echo says the same.
func (r *Requests) Sent(id event.TxnID, as event.EventID) Step {
	r.expire()
	r.bind(id, as)
	return r.take()
}

// bind gives our request in a room its id.
func (r *Requests) bind(id event.TxnID, as event.EventID) {
	f := r.first(func(f *flow) bool { return f.requests == id && f.name == "" })
	if f == nil || as == "" {
		return
	}
	f.name = string(as)
	if f.phase == Cancelled {
		r.tellCancel(f, f.code, nil)
	}
}

// hearReady takes in the answer to our request. The first device that answers
// is the one; the others are told so (spec: key verification framework).
func (r *Requests) hearReady(f *flow, e *Event, content scan.Value) {
	theirs, ok := parseMethods(content.Get("methods"))
	device := e.from()
	if !ok || device == "" {
		r.cancel(f, CodeInvalidMessage)
		return
	}
	if f.room == "" && !slices.Contains(f.asked, device) {
		f.heard = nil // it was not asked, so this is no answer
		return
	}
	f.device, f.theirs = device, theirs
	if others := without(f.asked, device); len(others) > 0 {
		r.tellCancel(f, CodeAccepted, others)
	}
	r.ready(f)
}

// ready fixes with whom and how f can go on.
func (r *Requests) ready(f *flow) {
	f.methods = f.ours.with(f.theirs)
	switch {
	case !r.pin(f):
		r.cancel(f, CodeKeyMismatch)
	case f.methods == 0:
		r.cancel(f, CodeUnknownMethod)
	default:
		f.phase, f.expect = Ready, ""
		r.makeQR(f)
		r.changed(f)
	}
}

// Cancel declines a request, or gives a verification up.
func (r *Requests) Cancel(id ID) (Step, error) {
	return r.call(id, func(f *flow) error {
		if !f.phase.Ended() {
			r.cancel(f, CodeUser)
		}
		return nil
	})
}

// Close gives up all that this device takes part in, before a reload or logout.
// Requests that nobody answered yet are left to the user's other devices.
func (r *Requests) Close() Step {
	r.expire()
	for _, f := range r.flows {
		if !f.phase.Ended() && !(f.incoming && f.phase == Requested) {
			r.cancel(f, CodeUser)
		}
	}
	return r.take()
}

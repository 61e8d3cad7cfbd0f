package verification

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// hearRequest takes in a request of the other side.
func (r *Requests) hearRequest(e *Event, name string) {
	at := e.TS
	if e.Room == "" {
		at = e.Content.Get("timestamp").Int()
	} else if e.Content.Get("to").Text() != string(r.own.User) {
		return
	}
	until, ok := r.timely(at)
	content, err := e.Content.Canonical()
	theirs, list := parseMethods(content.Get("methods"))
	if !ok || err != nil || !list {
		return
	}
	f := &flow{name: name, theirs: theirs, limit: until}
	f.again(kindRequest, content)
	r.asked(e, f)
}

// asked takes in a new flow that the other side began, of a device that is
// known, unless it has too many.
func (r *Requests) asked(e *Event, f *flow) {
	f.user, f.device, f.room, f.incoming = e.Sender, e.from(), e.Room, true
	if _, known := r.keys.Device(f.user, f.device); !known || r.open(f.user) >= maxPerUser {
		return
	}
	f.id = ID(r.name())
	f.phase = Requested
	f.until = r.now().Add(prompted)
	if f.until.After(f.limit) {
		f.until = f.limit
	}
	crossing, again := r.rivals(f)
	switch {
	case again:
		f.hidden = true
		if r.add(f) {
			r.cancel(f, CodeUnexpectedMessage)
		}
	case crossing != nil:
		r.meet(crossing, f)
	default:
		if r.add(f) {
			r.changed(f)
		}
	}
}

// rivals looks at the other verifications with the device that asks. Of those
// that it began itself it may have one, else all are off (spec: SAS, error and
// exception handling); one that we began and it answered, it has forgotten; and
// one that it has not answered crosses with what it asks.
func (r *Requests) rivals(f *flow) (crossing *flow, again bool) {
	for _, old := range r.flows {
		switch {
		case old.user != f.user || old.phase.Ended():
		case old.device == f.device:
			again = again || old.incoming
			r.cancel(old, CodeUnexpectedMessage)
		case old.device == "" && (old.room != "" || slices.Contains(old.asked, f.device)):
			crossing = old
		}
	}
	return crossing, again
}

// meet is for two requests that cross. As with two starts, the smaller user or
// device has it; the other takes its request back and says yes, as its user
// wants the same. Here ours stays, or becomes theirs under its own name.
func (r *Requests) meet(ours, theirs *flow) {
	if r.weAreFirst(theirs) {
		theirs.hidden = true
		if r.add(theirs) {
			r.cancelled(theirs, CodeAccepted, true)
		}
		return
	}
	old := *ours
	old.id, old.hidden = ID(r.name()), true
	if !r.add(&old) {
		return
	}
	r.cancel(&old, CodeAccepted)
	theirs.id, theirs.ours = ours.id, ours.ours
	*ours = *theirs
	r.answer(ours)
}

// weAreFirst reports whether we come before the other side (spec: key
// verification framework, on two starts).
func (r *Requests) weAreFirst(f *flow) bool {
	if r.own.User != f.user {
		return r.own.User < f.user
	}
	return r.own.Device < f.device
}

// hearEarlyStart takes in a start that no request went before, as older clients
// send it from device to device.
func (r *Requests) hearEarlyStart(e *Event, name string) {
	content, err := e.Content.Canonical()
	if err != nil || content.Get("method").Text() != methodSAS {
		return
	}
	// Such clients do not say done.
	f := &flow{name: name, theirs: SAS, limit: r.now().Add(Lifetime), early: content, finished: true}
	f.again(kindStart, content)
	r.asked(e, f)
}

// Accept says yes to a request. can is what this device can do.
func (r *Requests) Accept(id ID, can Methods) (Step, error) {
	return r.call(id, func(f *flow) error {
		switch {
		case f.phase != Requested || !f.incoming:
			return ErrPhase
		case can.with(f.theirs) == 0:
			return ErrMethod
		}
		f.ours = can
		r.answer(f)
		return nil
	})
}

func (r *Requests) answer(f *flow) {
	early := f.early
	f.until, f.early = f.limit, nil
	r.ready(f)
	switch {
	case f.phase != Ready:
	case early != nil:
		r.hearStart(f, early)
	default:
		var content scan.Builder
		content.Text("from_device", string(r.own.Device)).Texts("methods", f.methods.names())
		r.send(f, kindReady, &content)
	}
}

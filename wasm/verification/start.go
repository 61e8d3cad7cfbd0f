package verification

import "github.com/alcove-chat/alcove/wasm/scan"

// mayStart reports whether a start of the other side has a place: there is none
// yet, or ours was not answered.
func (f *flow) mayStart() bool {
	switch f.phase {
	case Ready:
		return true
	case Started:
		return f.start.ours && f.expect == kindAccept
	case Confirmed:
		return f.start.ours && f.start.method == methodReciprocate
	}
	return false
}

// hearStart takes in a start, which may cross with ours: then that of the
// smaller user or device counts, if both are for one method (spec: key
// verification framework).
func (r *Requests) hearStart(f *flow, content scan.Value) {
	method, text := content.Get("method").AsText()
	device, named := content.Get("from_device").AsText()
	switch {
	case !text || !named || device != string(f.device):
		r.cancel(f, CodeInvalidMessage)
	case f.start.ours && method != f.start.method:
		r.cancel(f, CodeUnexpectedMessage)
	case f.start.ours && r.weAreFirst(f):
	default:
		r.started(f, start{method: method, content: content})
	}
}

// started goes on with a start of the other side.
func (r *Requests) started(f *flow, s start) {
	f.start, f.sas = s, nil
	f.confirmed, f.proven = false, Proven{}
	switch {
	case s.method == methodSAS && f.ours.Has(SAS):
		r.acceptSAS(f)
	case s.method == methodReciprocate && f.qr != nil:
		r.reciprocated(f)
	default:
		r.cancel(f, CodeUnknownMethod)
	}
}

// StartSAS chooses to compare emoji or numbers.
func (r *Requests) StartSAS(id ID) (Step, error) {
	return r.call(id, func(f *flow) error {
		if err := f.choose(SAS); err != nil {
			return err
		}
		var content scan.Builder
		offerSAS(&content)
		r.sendStart(f, methodSAS, &content)
		f.phase, f.expect = Started, kindAccept
		r.changed(f)
		return nil
	})
}

// choose returns nil if one of our methods can be chosen now.
func (f *flow) choose(m Methods) error {
	switch {
	case f.phase != Ready:
		return ErrPhase
	case !f.methods.Has(m):
		return ErrMethod
	}
	return nil
}

// sendStart sends our start, with what is special to its method.
func (r *Requests) sendStart(f *flow, method string, content *scan.Builder) {
	content.Text("from_device", string(r.own.Device)).Text("method", method)
	sent, _ := r.send(f, kindStart, content).Canonical() // nil would fit no commitment
	f.start = start{ours: true, method: method, content: sent}
}

// Confirm says that both devices show the same, or that the other one shows that
// it scanned our code.
func (r *Requests) Confirm(id ID) (Step, error) {
	return r.call(id, func(f *flow) error {
		switch f.phase {
		case Comparing:
			r.confirmSAS(f)
		case Scanned:
			f.confirmed = true
			r.settle(f)
		default:
			return ErrPhase
		}
		return nil
	})
}

// Mismatch says that what Confirm says is not so.
func (r *Requests) Mismatch(id ID) (Step, error) {
	return r.call(id, func(f *flow) error {
		switch f.phase {
		case Comparing:
			r.cancel(f, CodeMismatchedSAS)
		case Scanned:
			r.cancel(f, CodeKeyMismatch)
		default:
			return ErrPhase
		}
		return nil
	})
}

package verification

import (
	"crypto/subtle"

	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// makeQR makes the code to show, if the other side may scan one and there are
// the keys for it.
func (r *Requests) makeQR(f *flow) {
	if !f.methods.Has(ShowQR) {
		return
	}
	q := &qr{name: f.name, secret: make([]byte, secretSize)}
	if !r.fill(f, q) || r.draw(q.secret) != nil {
		f.methods &^= ShowQR
		return
	}
	f.qr = q
}

// fill sets what our code says of keys, or reports that one is missing.
func (r *Requests) fill(f *flow, q *qr) bool {
	p := f.pins
	switch {
	case f.user != r.own.User:
		if !p.trusted || p.master == nil {
			return false
		}
		q.mode, q.first, q.second = otherUser, *p.ownMaster, *p.master
	case p.ownMaster == nil:
		return false
	case p.trusted:
		q.mode, q.first, q.second = trusting, *p.ownMaster, *p.device
	default:
		q.mode, q.first, q.second = untrusting, r.own.Key, *p.ownMaster
	}
	return true
}

// reciprocated takes in that the other side scanned our code. The secret proves
// that somebody did; that it was the right one, the user says.
func (r *Requests) reciprocated(f *flow) {
	secret, err := unpadded.Decode(f.start.content.Get("secret").Text())
	if err != nil || subtle.ConstantTimeCompare(secret, f.qr.secret) == 0 {
		r.cancel(f, CodeKeyMismatch)
		return
	}
	switch f.qr.mode {
	case trusting:
		f.proven.Device = f.pins.device
	case untrusting:
		f.proven.Master = f.pins.ownMaster
	case otherUser:
		f.proven.Master = f.pins.master
	}
	f.phase, f.expect = Scanned, kindDone // which may come early
	r.changed(f)
}

// Scan takes in a code that the other side shows. ErrCode and ErrKeys change
// nothing; a code of this verification with other keys than ours ends it.
func (r *Requests) Scan(id ID, code []byte) (Step, error) {
	return r.call(id, func(f *flow) error {
		if err := f.choose(ScanQR); err != nil {
			return err
		}
		q, err := parseQR(code)
		if err != nil || q.name != f.name {
			return ErrCode
		}
		return r.scanned(f, q)
	})
}

func (r *Requests) scanned(f *flow, q *qr) error {
	p := f.pins
	switch {
	case (q.mode == otherUser) != (f.user != r.own.User):
		r.cancel(f, CodeUserMismatch)
		return nil
	case p.master == nil || p.ownMaster == nil || q.mode != trusting && !p.trusted:
		return ErrKeys
	}
	var proven Proven
	first, second := *p.master, *p.ownMaster
	switch q.mode {
	case trusting:
		second, proven.Master = r.own.Key, p.ownMaster
	case untrusting:
		first, proven.Device = *p.device, p.device
	case otherUser:
		proven.Master = p.master
	}
	if q.first != first || q.second != second {
		r.cancel(f, CodeKeyMismatch)
		return nil
	}
	r.reciprocate(f, q, proven)
	return nil
}

// reciprocate tells the other side that its code was scanned. What that has
// proven counts once its user has seen that, which its done says.
func (r *Requests) reciprocate(f *flow, q *qr, proven Proven) {
	var content scan.Builder
	r.sendStart(f, methodReciprocate, content.Text("secret", unpadded.Encode(q.secret)))
	f.proven, f.confirmed = proven, true
	f.phase, f.expect = Confirmed, kindDone
	r.changed(f)
}

package verification

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// What may be wrong with a call.
var (
	// ErrUnknown says that there is no such verification, or none any more.
	ErrUnknown = errors.New("verification: unknown")
	// ErrPhase says that this cannot be done now.
	ErrPhase = errors.New("verification: not now")
	// ErrMethod says that the two sides do not have this method in common.
	ErrMethod = errors.New("verification: no such method")
	// ErrBusy says that there is a verification with that user already.
	ErrBusy = errors.New("verification: one is under way")
	// ErrNobody says that there is no device to ask.
	ErrNobody = errors.New("verification: nobody to ask")
	// ErrKeys says that a key is missing that this takes.
	ErrKeys = errors.New("verification: missing a key")
	// ErrCode says that bytes are no QR code of this verification.
	ErrCode = errors.New("verification: not the QR code")
)

// Bounds of what is remembered.
const (
	maxFlows   = 64
	maxPerUser = 8 // that are under way
)

// Requests are the verifications of one device.
type Requests struct {
	own    Own
	keys   Keys
	now    func() time.Time
	random io.Reader

	prefix  string // of the names that are made here
	made    int
	flows   []*flow // oldest first
	unknown []stranger
	step    Step
}

// Step is what a call brought about.
type Step struct {
	// Sends are to be sent in this order. They need not be stored.
	Sends []Send
	// Changed are the verifications that look different now, or are forgotten.
	Changed []ID
}

// New returns the verifications of a device that has none.
func New(own Own, keys Keys, now func() time.Time, random io.Reader) (*Requests, error) {
	r := &Requests{own: own, keys: keys, now: now, random: random}
	var b [16]byte
	if err := r.draw(b[:]); err != nil {
		return nil, err
	}
	r.prefix = unpadded.EncodeURL(b[:])
	return r, nil
}

func (r *Requests) draw(b []byte) error {
	if _, err := io.ReadFull(r.random, b); err != nil {
		return fmt.Errorf("verification: no randomness: %w", err)
	}
	return nil
}

// name returns a name that was not there before.
func (r *Requests) name() string {
	r.made++
	return r.prefix + "." + strconv.Itoa(r.made)
}

// take ends a call.
func (r *Requests) take() Step {
	step := r.step
	r.step = Step{}
	return step
}

// call does something to a verification on behalf of the user.
func (r *Requests) call(id ID, do func(*flow) error) (Step, error) {
	r.expire()
	f := r.byID(id)
	if f == nil {
		return r.take(), ErrUnknown
	}
	err := do(f)
	return r.take(), err
}

func (r *Requests) changed(f *flow) {
	if !f.hidden && !slices.Contains(r.step.Changed, f.id) {
		r.step.Changed = append(r.step.Changed, f.id)
	}
}

func (r *Requests) byID(id ID) *flow {
	return r.first(func(f *flow) bool { return f.id == id && !f.hidden })
}

// first returns the oldest flow that fits, or nil.
func (r *Requests) first(fits func(*flow) bool) *flow {
	if i := slices.IndexFunc(r.flows, fits); i >= 0 {
		return r.flows[i]
	}
	return nil
}

// find returns the flow that a message belongs to, or nil. To-device messages
// of two users never meet, whatever they name.
func (r *Requests) find(e *Event, name string) *flow {
	return r.first(func(f *flow) bool {
		return f.name == name && f.room == e.Room && (e.Room != "" || f.user == e.Sender)
	})
}

// add remembers a flow, in place of one that ended if there are too many, and
// reports whether there was room.
func (r *Requests) add(f *flow) bool {
	if len(r.flows) >= maxFlows {
		ended := slices.IndexFunc(r.flows, func(f *flow) bool { return f.phase.Ended() })
		if ended < 0 {
			return false
		}
		r.changed(r.flows[ended])
		r.flows = slices.Delete(r.flows, ended, ended+1)
	}
	r.flows = append(r.flows, f)
	return true
}

// open counts the verifications with a user that are under way.
func (r *Requests) open(user event.UserID) (n int) {
	for _, f := range r.flows {
		if f.user == user && !f.phase.Ended() {
			n++
		}
	}
	return n
}

// send sends a message of f, framed as f is, to the other side, and returns its
// whole content.
func (r *Requests) send(f *flow, kind string, content *scan.Builder) scan.Value {
	return r.sendTo(f, kind, []event.DeviceID{f.device}, content)
}

func (r *Requests) sendTo(f *flow, kind string, devices []event.DeviceID, content *scan.Builder) scan.Value {
	s := Send{ID: event.TxnID(r.name()), Type: prefix + kind, Room: f.room, Verification: f.id}
	if f.room == "" {
		s.User, s.Devices = f.user, devices
		s.Content = content.Text("transaction_id", f.name).Done()
	} else {
		var relation scan.Builder
		relation.Text("rel_type", "m.reference").Text("event_id", f.name)
		s.Content = content.Raw("m.relates_to", relation.Done()).Done()
	}
	r.step.Sends = append(r.step.Sends, s)
	return s.Content
}

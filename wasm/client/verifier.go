package client

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
	"github.com/alcove-chat/alcove/wasm/verification"
	"github.com/alcove-chat/alcove/wasm/view"
)

// verifier runs the verifications of a session: it brings them what came, sends
// what they say and signs what they prove.
type verifier struct {
	account *account
	machine *e2ee.Machine
	own     verification.Own
	inbox   *inbox

	turn     turn // holds the right to what follows
	requests *verification.Requests
	keys     knownKeys
	stops    map[event.TxnID]func() // end the following of what is being sent

	lanes lanes // of run alone

	deaf func() // ends the listening to the ledger
}

// startVerifier begins the verifications of a session; nil of one that has no
// encryption machine.
func (a *account) startVerifier(s *table.Session) (*verifier, error) {
	if m := a.ledger.Crypto(); m != nil {
		return a.newVerifier(s, m)
	}
	return nil, nil
}

// partVerifier ends them where there are any.
func (a *account) partVerifier() {
	a.mu.Lock()
	v := a.verifier
	a.verifier = nil
	a.mu.Unlock()
	if v != nil {
		v.part(a.ctx)
	}
}

// newVerifier returns the verifications of a session that has an encryption
// machine, which hear from now on.
func (a *account) newVerifier(s *table.Session, m *e2ee.Machine) (*verifier, error) {
	key, err := unpadded.Decode(m.Fingerprint())
	if err != nil {
		return nil, err
	}
	v := &verifier{
		account: a, machine: m, own: verification.Own{User: s.UserID, Device: s.DeviceID},
		inbox: newInbox(a.client.platform.Clock), turn: newTurn(), stops: map[event.TxnID]func(){},
		lanes: lanes{},
	}
	copy(v.own.Key[:], key)
	if v.requests, err = verification.New(v.own, &v.keys, a.client.platform.Clock.Now, rand.Reader); err != nil {
		return nil, err
	}
	v.dropOld(a.ctx)
	v.deaf, err = a.ledger.Watch(a.ctx, func(context.Context) error { return nil }, v.inbox.hear)
	return v, err
}

// run does what is due until ctx ends.
func (v *verifier) run(ctx context.Context) {
	defer v.end()
	for {
		for _, do := range v.inbox.take() {
			do(ctx, v)
		}
		v.advanceAll(ctx)
		// Without storage there is nobody to tell of an error.
		_ = v.do(ctx, v.own.User, func(r *verification.Requests) (verification.Step, error) { return r.Tick(), nil })
		if !v.inbox.wait(ctx, earlier(v.next(ctx), v.late())) {
			return
		}
	}
}

// earlier returns the first of two times, of which zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// do calls the verifications, with the keys of a user at hand, and does what
// they want. It does so to the end: whoever gave up waiting cannot take it back.
func (v *verifier) do(ctx context.Context, user event.UserID, call func(*verification.Requests) (verification.Step, error)) error {
	if err := v.turn.take(ctx); err != nil {
		return err
	}
	defer v.turn.end()
	return v.doLocked(ctx, user, call)
}

// step is do about one verification.
func (v *verifier) step(ctx context.Context, id verification.ID, call func(*verification.Requests) (verification.Step, error)) error {
	if err := v.turn.take(ctx); err != nil {
		return err
	}
	defer v.turn.end()
	now, known := v.requests.Get(id)
	if !known {
		return verification.ErrUnknown
	}
	return v.doLocked(ctx, now.User, call)
}

func (v *verifier) doLocked(ctx context.Context, user event.UserID, call func(*verification.Requests) (verification.Step, error)) error {
	if err := v.keys.load(ctx, v.machine, v.own.User, user); err != nil {
		return err
	}
	step, err := call(v.requests)
	v.take(context.WithoutCancel(ctx), step)
	return err
}

// take does what a call brought about. What cannot be sent at all ends the
// verification it is of.
func (v *verifier) take(ctx context.Context, step verification.Step) {
	sends, changed := step.Sends, step.Changed
	for len(sends) > 0 {
		s := sends[0]
		sends = sends[1:]
		if err := v.send(ctx, &s); err != nil {
			given, _ := v.requests.Cancel(s.Verification)
			sends, changed = append(sends, given.Sends...), append(changed, given.Changed...)
		}
	}
	for _, id := range changed {
		if now, known := v.requests.Get(id); known && now.Phase == verification.Done {
			// Of keys that are others by now nothing is signed, and that is right.
			_ = v.sign(ctx, &now)
		}
	}
	if len(changed) > 0 {
		v.show(v.requests.All())
		v.inbox.poke() // it may be due at another time
	}
}

// next returns when something is due, zero for never.
func (v *verifier) next(ctx context.Context) (at time.Time) {
	if v.turn.take(ctx) == nil {
		defer v.turn.end()
		at, _ = v.requests.Next()
	}
	return at
}

// end forgets all, which nobody can go on with.
func (v *verifier) end() {
	v.deaf()
	v.show(nil)
	if v.turn.take(v.account.client.ctx) == nil {
		defer v.turn.end()
		for _, stop := range v.stops {
			stop()
		}
	}
}

// verifying returns the account with its verifications.
func (c *Client) verifying() (*account, *verifier, error) {
	a, _, _, err := c.crypto()
	if err != nil {
		return nil, nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.verifier == nil {
		return nil, nil, errPlain
	}
	return a, a.verifier, nil
}

// show puts verifications on display.
func (v *verifier) show(all []verification.Verification) {
	list := make([]api.Verification, len(all))
	for i := range all {
		list[i] = v.shown(&all[i])
	}
	v.account.verifications.Edit(func(tx *view.Tx[api.Verification]) { tx.Replace(list) })
}

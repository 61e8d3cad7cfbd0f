package client

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/verification"
)

const verificationPrefix = "m.key.verification."

const (
	// verifierPatience is how long the list of somebody's devices is waited for. A
	// server gives others about ten seconds.
	verifierPatience = 15 * time.Second
	// partingPatience is how long the end of a session waits for the other sides to
	// be told.
	partingPatience = 2 * time.Second
)

// namesDevice reports whether a message says which device it is from, whose key
// has to be known then.
func namesDevice(kind string) bool {
	switch strings.TrimPrefix(kind, verificationPrefix) {
	case event.RoomMessage, "request", "ready", "start":
		return true
	}
	return false
}

// awaitDevices returns when a user's devices are known as they are now, or after
// a while.
func (v *verifier) awaitDevices(ctx context.Context, user event.UserID) {
	late := v.account.client.platform.Clock.After(verifierPatience)
	for {
		news := v.inbox.coming()
		if known, err := v.current(ctx, user); err != nil || known {
			return
		}
		select {
		case <-news:
		case <-late:
			return
		case <-ctx.Done():
			return
		}
	}
}

// send puts a message on its way: the machine's way between devices, the
// outbox's in rooms.
func (v *verifier) send(ctx context.Context, s *verification.Send) error {
	if s.Room == "" {
		return v.account.cryptoTurn(ctx, func(_ context.Context, w *e2ee.Work) error {
			return w.Tell(s.Type, s.User, s.Devices, s.Content)
		})
	}
	out := table.Outgoing{RoomID: s.Room, TxnID: s.ID, Type: s.Type, Content: s.Content}
	if err := v.account.outbox.Add(ctx, out); err != nil {
		return err
	}
	txn, id := s.ID, s.Verification
	stop, err := v.account.outbox.Status(ctx, txn, func(now api.SendStatus, done bool) {
		if done || now.State == api.SendFailed {
			v.inbox.put(func(ctx context.Context, v *verifier) { v.settle(ctx, txn, id, now) })
		}
	})
	if err == nil {
		v.stops[txn] = stop
	}
	return err
}

// settle takes note of what became of a message to a room. One that was refused
// must not hold up what the user writes there.
func (v *verifier) settle(ctx context.Context, txn event.TxnID, id verification.ID, now api.SendStatus) {
	if v.turn.take(ctx) != nil {
		return
	}
	defer v.inbox.went.poke()
	defer v.turn.end()
	if stop := v.stops[txn]; stop != nil {
		stop()
		delete(v.stops, txn)
	}
	if now.EventID != "" {
		v.take(ctx, v.requests.Sent(txn, now.EventID))
		return
	}
	_ = v.account.outbox.Cancel(ctx, txn) // unless it is out by now
	given, _ := v.requests.Cancel(id)
	v.take(ctx, given)
}

// sign signs what a verification has proven, as far as it still is what is
// known.
func (v *verifier) sign(ctx context.Context, now *verification.Verification) error {
	err := v.account.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) error {
		if now.User != v.own.User {
			return signOther(ctx, w, now)
		}
		return signOwn(ctx, w, now)
	})
	if err != nil || now.User == v.own.User {
		return err
	}
	return v.account.sendAccepted(ctx)
}

// signOther signs another user's identity. Where there is none, or none of ours
// to sign it with, it is the device that our user knows from now on, and the
// identity is accepted.
func signOther(ctx context.Context, w *e2ee.Work, now *verification.Verification) error {
	if key := now.Proven.Master; key != nil {
		if err := w.VerifyUser(ctx, now.User, table.Key32(*key)); !errors.Is(err, e2ee.ErrNoSecret) {
			return err
		}
		if err := w.Acknowledge(ctx, now.User); err != nil {
			return err
		}
	}
	if key := now.Proven.Device; key != nil {
		return w.VerifyDevice(ctx, now.User, now.Device, table.Key32(*key))
	}
	return nil
}

// signOwn signs a device of ours. Our identity is trusted on the word of that
// device only if it belongs to it.
func signOwn(ctx context.Context, w *e2ee.Work, now *verification.Verification) error {
	devices, _, err := w.Devices(ctx, now.User)
	if err != nil {
		return err
	}
	belongs := slices.ContainsFunc(devices, func(d e2ee.Device) bool { return d.ID == now.Device && d.Signed })
	if key := now.Proven.Device; key != nil {
		if err := w.VerifyDevice(ctx, now.User, now.Device, table.Key32(*key)); err != nil {
			return err
		}
	}
	if key := now.Proven.Master; key != nil && belongs {
		return w.VerifyUser(ctx, now.User, table.Key32(*key))
	}
	return nil
}

// dropOld takes out of the outbox what an earlier core left there: nobody here
// knows those verifications any more, so only their ends may still go out.
func (v *verifier) dropOld(ctx context.Context) {
	for _, o := range v.account.ledger.Outbox("") {
		if o.Type != verificationPrefix+"cancel" && verification.InRoom(o.Type, o.Content) {
			_ = v.account.outbox.Cancel(ctx, o.TxnID) // unless the server has it
		}
	}
}

// part gives up all verifications and waits until the other sides are told, for
// as long as that is bearable.
func (v *verifier) part(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, partingPatience)
	defer cancel()
	if v.turn.take(ctx) != nil {
		return
	}
	step := v.requests.Close()
	v.take(ctx, step)
	v.turn.end()
	for len(step.Changed) > 0 && v.sending(ctx) {
		select {
		case <-v.inbox.went:
		case <-ctx.Done():
			return
		}
	}
}

// sending reports whether something is still on its way.
func (v *verifier) sending(ctx context.Context) bool {
	if v.turn.take(ctx) != nil {
		return false
	}
	defer v.turn.end()
	return len(v.stops) > 0 || v.machine.Telling()
}

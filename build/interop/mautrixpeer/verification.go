package mautrixpeer

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"maunium.net/go/mautrix/crypto/verificationhelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/build/interop/peer"
)

func encoded(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// flow is what the helper said about a verification.
type flow struct {
	from           string // who asks us
	accepted       bool
	ready, scanned bool
	code           *peer.Code
	qr             []byte
	done           bool
	cancelled      error
}

// callbacks hears from the helper.
type callbacks device

// note changes what is known of a flow.
func (c *callbacks) note(name id.VerificationTransactionID, change func(*flow)) {
	d := (*device)(c)
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.flows[name.String()]
	if f == nil {
		f = &flow{}
		d.flows[name.String()] = f
	}
	change(f)
	d.changed()
}

func (c *callbacks) VerificationRequested(_ context.Context, name id.VerificationTransactionID, from id.UserID, _ id.DeviceID) {
	c.note(name, func(f *flow) { f.from = from.String() })
}

func (c *callbacks) VerificationReady(_ context.Context, name id.VerificationTransactionID, _ id.DeviceID, _, _ bool, code *verificationhelper.QRCode) {
	c.note(name, func(f *flow) {
		f.ready = true
		if code != nil {
			f.qr = code.Bytes()
		}
	})
}

func (c *callbacks) VerificationCancelled(_ context.Context, name id.VerificationTransactionID, code event.VerificationCancelCode, reason string) {
	c.note(name, func(f *flow) { f.cancelled = fmt.Errorf("cancelled: %s: %s", code, reason) })
}

func (c *callbacks) VerificationDone(_ context.Context, name id.VerificationTransactionID, _ event.VerificationMethod) {
	c.note(name, func(f *flow) { f.done = true })
}

func (c *callbacks) ShowSAS(_ context.Context, name id.VerificationTransactionID, emoji []rune, _ []string, decimals []int) {
	c.note(name, func(f *flow) {
		f.code = &peer.Code{Decimals: decimals}
		for _, r := range emoji {
			f.code.Emoji = append(f.code.Emoji, string(r))
		}
	})
}

func (c *callbacks) QRCodeScanned(_ context.Context, name id.VerificationTransactionID) {
	c.note(name, func(f *flow) { f.scanned = true })
}

// follow waits until something is true of a flow, which a cancelled one never is.
func (d *device) follow(ctx context.Context, name, what string, is func(*flow) bool) error {
	return d.until(ctx, what, func() (bool, error) {
		f := d.flows[name]
		switch {
		case f == nil:
			return false, nil
		case is(f):
			return true, nil
		}
		return false, f.cancelled
	})
}

// errRoom is for verification in rooms: a request of mautrix 0.30 the helper
// encrypts and then the client again, so that nobody sees it; and an event in a
// room it takes for one about itself, not about the request it relates to.
var errRoom = fmt.Errorf("verify in a room: %w", peer.ErrCannot)

func (d *device) Verify(ctx context.Context, user, room string) (string, error) {
	if room != "" {
		return "", errRoom
	}
	// It asks the devices that it knows.
	if _, err := d.machine.FetchKeys(ctx, []id.UserID{id.UserID(user)}, true); err != nil {
		return "", err
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	name, err := d.helper.StartVerification(ctx, id.UserID(user))
	return name.String(), err
}

func (d *device) Accept(ctx context.Context, user string) (name string, err error) {
	err = d.until(ctx, "a verification request", func() (bool, error) {
		for id, f := range d.flows {
			if f.from == user && !f.accepted && f.cancelled == nil {
				f.accepted, name = true, id
				return true, nil
			}
		}
		return false, nil
	})
	if err != nil {
		return "", err
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	if txn, err := d.flowStore.GetVerificationTransaction(ctx, id.VerificationTransactionID(name)); err == nil && txn.RoomID != "" {
		return "", errRoom
	}
	return name, d.helper.AcceptVerification(ctx, id.VerificationTransactionID(name))
}

func (d *device) StartSAS(ctx context.Context, name string) error {
	if err := d.follow(ctx, name, "the other to accept", func(f *flow) bool { return f.ready }); err != nil {
		return err
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	return d.helper.StartSAS(ctx, id.VerificationTransactionID(name))
}

func (d *device) Code(ctx context.Context, name string) (code peer.Code, err error) {
	err = d.follow(ctx, name, "emoji", func(f *flow) bool {
		if f.code != nil {
			code = *f.code
		}
		return f.code != nil
	})
	return code, err
}

// Confirm is for who does so first: mautrix 0.30 compares the other user's
// master key with its own when the other's confirmation is here already.
func (d *device) Confirm(ctx context.Context, name string) error {
	d.turn.Lock()
	defer d.turn.Unlock()
	err := d.helper.ConfirmSAS(ctx, id.VerificationTransactionID(name))
	if err != nil && strings.Contains(err.Error(), "master keys do not match") {
		return fmt.Errorf("confirm second: %w", peer.ErrCannot)
	}
	return err
}

func (d *device) ShowQR(ctx context.Context, name string) (code []byte, err error) {
	err = d.follow(ctx, name, "the other to accept", func(f *flow) bool {
		code = f.qr
		return f.ready
	})
	if err == nil && code == nil {
		err = errors.New("mautrix shows no QR code")
	}
	return code, err
}

func (d *device) ScanQR(ctx context.Context, name string, code []byte) error {
	if err := d.follow(ctx, name, "the other to accept", func(f *flow) bool { return f.ready }); err != nil {
		return err
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	return d.helper.HandleScannedQRData(ctx, code)
}

func (d *device) ConfirmScanned(ctx context.Context, name string) error {
	if err := d.follow(ctx, name, "the other to scan", func(f *flow) bool { return f.scanned }); err != nil {
		return err
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	return d.helper.ConfirmQRCodeScanned(ctx, id.VerificationTransactionID(name))
}

func (d *device) Done(ctx context.Context, name string) error {
	return d.follow(ctx, name, "the end of a verification", func(f *flow) bool { return f.done })
}

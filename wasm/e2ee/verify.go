package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// VerifyUser notes that our user compared a user's master key, and signs it. Of
// our own user that is to trust the identity that the server has.
func (w *Work) VerifyUser(ctx context.Context, user event.UserID, master table.Key32) error {
	u, err := w.changeUser(ctx, user)
	if err != nil {
		return err
	}
	if u.Master == nil || publicOf(u.Master) != master {
		return ErrOtherKey
	}
	if user == w.m.user {
		w.changeSecrets().Checked = master
		w.takeOwnIdentity(u)
		return w.AskSecrets(ctx)
	}
	key := w.ours(&w.secrets.Keys.UserSigning, w.me().UserSigning)
	if key == nil {
		return ErrNoSecret
	}
	u.Vouched, u.Pinned, u.Verified = key.Public, master, true
	w.upload(user, keyID(master)[len("ed25519:"):], signWith(*key, w.m.user, u.Master))
	return nil
}

// ours returns a private key if it is that of the public one, which the server
// has, else nil.
func (w *Work) ours(pair *table.SigningPair, public scan.Value) *table.SigningPair {
	if pair.Seed.IsZero() || pair.Public != publicOf(public) {
		return nil
	}
	return pair
}

// VerifyDevice notes that our user compared a device's Ed25519 key, and signs it
// if it is our user's own.
func (w *Work) VerifyDevice(ctx context.Context, user event.UserID, device event.DeviceID, key table.Key32) error {
	u, err := w.changeUser(ctx, user)
	if err != nil {
		return err
	}
	d := u.Device(device)
	if d == nil || d.Ed25519 != key {
		return ErrOtherKey
	}
	d.Trust = table.Trusted
	if user == w.m.user {
		w.signOwn(u, d)
		return w.answerSecrets(ctx)
	}
	return nil
}

// BlockDevice notes whether a device is to get nothing.
func (w *Work) BlockDevice(ctx context.Context, user event.UserID, device event.DeviceID, blocked bool) error {
	u, err := w.changeUser(ctx, user)
	if err != nil {
		return err
	}
	d := u.Device(device)
	switch {
	case d == nil:
		return ErrOtherKey
	case blocked:
		d.Trust = table.Blocked
	case d.Trust == table.Blocked:
		d.Trust = table.Unsaid
	}
	return nil
}

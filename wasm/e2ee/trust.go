package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Trust says how sure it is whose a device is.
type Trust byte

// Degrees of trust, each surer than the one before.
const (
	// TrustUnknown: no signed keys of it are known.
	TrustUnknown Trust = iota
	// TrustBlocked: our user does not want it to get anything.
	TrustBlocked
	// TrustUnsigned: the user whose it claims to be did not sign it.
	TrustUnsigned
	// TrustSigned: its user signed it by cross-signing.
	TrustSigned
	// TrustVerified: and our user verified that user, or the device.
	TrustVerified
)

// trust returns how sure it is that a device is a user's. The user and our own
// must have been fetched.
func (w *Work) trust(user event.UserID, d *table.Device) Trust {
	if d == nil {
		return TrustUnknown
	}
	u, _ := w.users.get(user)
	if u == nil {
		u = &table.UserDevices{}
	}
	signed, said := false, table.Unsaid
	if known := u.Device(d.ID); known != nil {
		if known.Curve != d.Curve || known.Ed25519 != d.Ed25519 {
			return TrustUnknown // it passes itself off for another
		}
		signed, said = known.Signed, known.Trust
	} else if key := publicOf(u.SelfSigning); !key.IsZero() && !names(u, d.ID) {
		signed = signedBy(d.Keys, user, keyID(key), key)
	}
	own := user == w.m.user && d.ID == w.m.device && Curve(d.Curve) == w.own.curve()
	switch {
	case own || said == table.Trusted:
		return TrustVerified
	case said == table.Blocked:
		return TrustBlocked
	case !signed:
		return TrustUnsigned
	case w.verified(user, u, w.me()):
		return TrustVerified
	}
	return TrustSigned
}

// verified reports whether a user's present identity was verified: our own
// because this device has its private key or the user compared it, another's
// because our user-signing key signed it.
func (w *Work) verified(user event.UserID, u, me *table.UserDevices) bool {
	if u.Master == nil {
		return false
	}
	if user != w.m.user {
		key := publicOf(me.UserSigning)
		return !key.IsZero() && u.Vouched == key && w.verified(w.m.user, me, me)
	}
	master := publicOf(u.Master)
	return w.secrets.Checked == master || w.secrets.Keys.Master.Public == master
}

// IdentityState says what is to be thought of a user's identity.
type IdentityState byte

// States of an identity.
const (
	// IdentityNone: the user has none, or it is not known.
	IdentityNone IdentityState = iota
	// IdentityPinned: it is the one that was seen first, or acknowledged.
	IdentityPinned
	// IdentityVerified: our user verified it.
	IdentityVerified
	// IdentityChanged: it is not the one that was seen before. Nothing may be sent
	// until our user acknowledges it (MSC4153).
	IdentityChanged
	// IdentityBroken: and the one before was verified, so that somebody may well be
	// in between.
	IdentityBroken
)

// identityOf returns what is to be thought of a user's identity. The user and our
// own must have been fetched.
func (w *Work) identityOf(user event.UserID) IdentityState {
	u, _ := w.users.get(user)
	switch {
	case u == nil || u.Master == nil:
		return IdentityNone
	case w.verified(user, u, w.me()):
		return IdentityVerified
	case publicOf(u.Master) == u.Pinned:
		return IdentityPinned
	case u.Verified:
		return IdentityBroken
	}
	return IdentityChanged
}

// identityChanged reports whether nothing may be sent to a user.
func (w *Work) identityChanged(user event.UserID) bool { return w.identityOf(user) >= IdentityChanged }

// Identities returns the states of users' identities.
func (w *Work) Identities(ctx context.Context, users []event.UserID) (map[event.UserID]IdentityState, error) {
	w.users.want(users...)
	w.users.want(w.m.user)
	if err := w.fetch(ctx); err != nil {
		return nil, err
	}
	states := map[event.UserID]IdentityState{}
	for _, user := range users {
		states[user] = w.identityOf(user)
	}
	return states, nil
}

// Acknowledge notes that our user knows that a user's identity is another one.
// It is not verified then, whatever the one before was.
func (w *Work) Acknowledge(ctx context.Context, user event.UserID) error {
	u, err := w.changeUser(ctx, user)
	if err != nil {
		return err
	}
	u.Pinned, u.Verified = publicOf(u.Master), false
	return nil
}

// changeUser returns a copy of what is known of a user that will be stored, or
// ErrNotKnown; our own user is fetched with it.
func (w *Work) changeUser(ctx context.Context, user event.UserID) (*table.UserDevices, error) {
	w.users.want(user, w.m.user)
	if err := w.fetch(ctx); err != nil {
		return nil, err
	}
	u, there := w.users.get(user)
	if !there {
		return nil, ErrNotKnown
	}
	u = u.Clone()
	w.users.put(user, u)
	w.news.Devices[user] = true
	return u, nil
}

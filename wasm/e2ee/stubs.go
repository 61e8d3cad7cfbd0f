package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func (w *Work) takeSecretRequest(ctx context.Context, sender event.UserID, content scan.Value) error {
	return nil
}

func (w *Work) takeSecret(ctx context.Context, o *opened) error { return nil }

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
	switch d.Trust {
	case table.Trusted:
		return TrustVerified
	case table.Blocked:
		return TrustBlocked
	}
	return TrustUnsigned
}

// identityChanged reports whether a user has another identity than the one that
// messages were sent under. The user must have been fetched.
func (w *Work) identityChanged(user event.UserID) bool { return false }

package verification

import (
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Key is a public Ed25519 key.
type Key [curve25519.KeySize]byte

func (k Key) text() string { return unpadded.Encode(k[:]) }

// Own is who we are.
type Own struct {
	User   event.UserID
	Device event.DeviceID
	Key    Key
}

// Keys is what the owner knows of keys at the moment it is asked: about the
// sender of the Event that is handed in or the other side of the verification
// that is answered, and about our own user.
type Keys interface {
	// Device returns the key of a device whose own signature holds.
	Device(event.UserID, event.DeviceID) (Key, bool)
	// Master returns the master key that a user publishes, trusted or not.
	Master(event.UserID) (Key, bool)
	// Trusted reports whether this device trusts our own master key.
	Trusted() bool
}

// Proven are the keys of the other side that a verification has proven, each
// nil if it was not. They are those that were known when it began: the owner
// must not sign what has become of them since. Our own master key is proven by
// the word of our other device, so the owner must not trust it for that unless
// the key, by its self-signing key, has signed that device.
type Proven struct {
	Device *Key
	Master *Key
}

// pins are the keys of a verification, from the moment that the other device is
// known: what the server says later changes nothing (FEATURES B-39).
type pins struct {
	device, master, ownMaster *Key // nil where there is none
	trusted                   bool // ownMaster
}

// pin fixes the keys, and reports false where there is nothing to verify: no
// key of the other device, or an id that passes for the name of another key
// (CVE-2022-39250).
func (r *Requests) pin(f *flow) bool {
	known := func(key Key, ok bool) *Key {
		if !ok {
			return nil
		}
		return &key
	}
	p := pins{
		device:    known(r.keys.Device(f.user, f.device)),
		master:    known(r.keys.Master(f.user)),
		ownMaster: known(r.keys.Master(r.own.User)),
		trusted:   r.keys.Trusted(),
	}
	p.trusted = p.trusted && p.ownMaster != nil
	if p.device == nil || p.master.names(f.device) || p.ownMaster.names(r.own.Device) {
		return false
	}
	f.pins = p
	return true
}

// names reports whether a device has k for its id.
func (k *Key) names(device event.DeviceID) bool { return k != nil && k.text() == string(device) }

package e2ee

import (
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Megolm is the algorithm of rooms.
const Megolm = "m.megolm.v1.aes-sha2"

// Algorithms of messages (spec: messaging algorithms).
const (
	olmAlgorithm    = "m.olm.v1.curve25519-aes-sha2"
	megolmAlgorithm = Megolm
)

// own is what follows from the account's keys and never changes.
type own struct {
	user    event.UserID
	device  event.DeviceID
	signing *curve25519.SigningKey
	olm     olm.KeyPair
}

func ownOf(user event.UserID, device event.DeviceID, a *table.OlmAccount) (*own, error) {
	signing, err := curve25519.NewSigningKey(a.Signing[:])
	if err != nil {
		return nil, err
	}
	pair, err := olm.OpenKeyPair(a.Identity)
	if err != nil {
		return nil, err
	}
	return &own{user: user, device: device, signing: signing, olm: pair}, nil
}

// keyID is the id of the device's signing key.
func (o *own) keyID() string { return "ed25519:" + string(o.device) }

// curve is the device's public Curve25519 key.
func (o *own) curve() Curve { return o.olm.Public() }

func (o *own) ed25519() string { return unpadded.Encode(o.signing.Public()) }

// sign signs an object as this device.
func (o *own) sign(object scan.Value) scan.Value {
	signed, err := signature.Sign(object, string(o.user), o.keyID(), o.signing)
	if err != nil {
		return object // not of our making, then; nobody will take it for signed
	}
	return signed
}

// deviceKeys is the device's signed public keys (spec: device keys).
func (o *own) deviceKeys() scan.Value {
	var keys, b scan.Builder
	keys.Text("curve25519:"+string(o.device), o.curve().String()).Text(o.keyID(), o.ed25519())
	b.Text("user_id", string(o.user)).Text("device_id", string(o.device))
	b.Texts("algorithms", []string{olmAlgorithm, megolmAlgorithm}).Raw("keys", keys.Done())
	return o.sign(b.Done())
}

// Create makes the device's keys. It must be called once, for a device that the
// server has no keys of.
func (w *Work) Create() error {
	a := &table.OlmAccount{}
	_, seed, err := curve25519.GenerateSigningKey(w.m.Random)
	if err != nil {
		return err
	}
	pair, err := olm.NewKeyPair(w.m.Random)
	if err != nil {
		return err
	}
	a.Signing, a.Identity = table.Key32(seed), pair.Record()
	o, err := ownOf(w.m.user, w.m.device, a)
	if err != nil {
		return err
	}
	w.account, w.own, w.changed.account = a, o, true
	// With the device, because whoever hears of it asks for one at once.
	if err := w.addOneTime(oneTimeKeys); err != nil {
		return err
	}
	w.outdate(w.m.user)
	return nil
}

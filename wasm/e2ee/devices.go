package e2ee

import (
	"bytes"
	"slices"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// maxDevices bounds what is believed of one user.
const maxDevices = 1000

// takeDevices takes what a query said of a user.
func (w *Work) takeDevices(user event.UserID, body scan.Value) {
	before, there := w.users.get(user)
	if !there {
		before = &table.UserDevices{}
	}
	after := before.Clone()
	after.Known = true
	after.Devices = w.readDevices(user, before, body.Path("device_keys", string(user)))
	w.takeIdentity(user, before, after, body)
	w.users.put(user, after)
	w.news.Devices[user] = true
	w.hope(user)
}

// readDevices returns the devices of a list whose keys are signed by themselves
// (FEATURES 2-19). A device that comes with other keys than it had is not
// believed: what is known of it stays.
func (w *Work) readDevices(user event.UserID, before *table.UserDevices, list scan.Value) []table.Device {
	var all []table.Device
	for name, object := range list.Members() {
		id := event.DeviceID(name.Text())
		if id == "" || len(all) >= maxDevices || slices.ContainsFunc(all, func(d table.Device) bool { return d.ID == id }) {
			continue
		}
		if d, ok := w.readDevice(user, id, object, before.Device(id)); ok {
			all = append(all, d)
		}
	}
	return all
}

func (w *Work) readDevice(user event.UserID, id event.DeviceID, object scan.Value, known *table.Device) (table.Device, bool) {
	if known != nil && bytes.Equal(object, known.Keys) {
		return *known, true
	}
	if user == w.m.user && id == w.m.device && known == nil {
		// Whatever the server says, this device's keys are these.
		own, _ := parseDevice(user, id, w.own.deviceKeys())
		known = &own
	}
	d, ok := parseDevice(user, id, object)
	switch {
	case known == nil:
		return d, ok
	case !ok || d.Curve != known.Curve || d.Ed25519 != known.Ed25519:
		return *known, true
	}
	d.Trust, d.Wedged = known.Trust, known.Wedged
	return d, true
}

// parseDevice reads a device keys object (spec: device keys) and checks that it
// is that device's, signed by itself.
func parseDevice(user event.UserID, id event.DeviceID, object scan.Value) (d table.Device, ok bool) {
	if object.Get("user_id").Text() != string(user) || object.Get("device_id").Text() != string(id) {
		return d, false
	}
	keys, name := object.Get("keys"), "ed25519:"+string(id)
	d.ID, d.Keys = id, object.Clone()
	if !readKey(keys.Get("curve25519:"+string(id)), &d.Curve) || !readKey(keys.Get(name), &d.Ed25519) {
		return d, false
	}
	return d, signedBy(object, user, name, d.Ed25519)
}

// readKey reads a public key.
func readKey(v scan.Value, to *table.Key32) bool {
	b, err := unpadded.Decode(v.Text())
	return err == nil && copy(to[:], b) == len(b) && len(b) == len(to)
}

// signedBy reports whether an object has a user's signature by a key that is fit
// to sign.
func signedBy(object scan.Value, user event.UserID, keyID string, key table.Key32) bool {
	v, err := curve25519.NewVerifier(key[:])
	return err == nil && v.Strict() && signature.Check(object, string(user), keyID, v) == nil
}

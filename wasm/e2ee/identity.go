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

// What a cross-signing key is for (spec: cross-signing).
const (
	masterUsage      = "master"
	selfSigningUsage = "self_signing"
	userSigningUsage = "user_signing"
)

// maxSigningKey bounds a cross-signing key without its signatures, in bytes.
const maxSigningKey = 4 << 10

// identity is a user's cross-signing keys as a query said them, checked.
type identity struct {
	master, selfSigning, userSigning scan.Value
	// signed is master with its signatures.
	signed scan.Value
}

// takeIdentity takes what a query said of a user's cross-signing keys. What is
// not whole, or not signed as it must be, counts as not said: there is no way to
// give up an identity, so the one that is known stays.
func (w *Work) takeIdentity(user event.UserID, before, after *table.UserDevices, body scan.Value) {
	if next, ok := w.readIdentity(user, body); ok {
		w.replaceIdentity(user, before, after, next)
	}
	after.Devices = slices.DeleteFunc(after.Devices, func(d table.Device) bool { return names(after, d.ID) })
	checkSigned(user, before, after)
	if user == w.m.user {
		w.takeOwnIdentity(after)
	}
}

// replaceIdentity notes an identity, and whether it is another one than that
// which messages were sent under or which was verified.
func (w *Work) replaceIdentity(user event.UserID, before, after *table.UserDevices, next identity) {
	me, mine := w.me(), user == w.m.user
	after.Verified = after.Verified || w.verified(user, before, me)
	if !bytes.Equal(after.Master, next.master) {
		after.Vouched = table.Key32{}
		if mine {
			w.LookForBackup() // whoever made it, made a backup with it
		}
	}
	after.Master, after.SelfSigning, after.UserSigning = next.master, next.selfSigning, next.userSigning
	if after.Pinned.IsZero() {
		after.Pinned = publicOf(after.Master)
	}
	if key := publicOf(me.UserSigning); !mine && !key.IsZero() && key != after.Vouched &&
		signedBy(next.signed, w.m.user, keyID(key), key) {
		after.Vouched = key
	}
	after.Verified = after.Verified || w.verified(user, after, me)
}

// me returns what is known of our own user, who must have been fetched.
func (w *Work) me() *table.UserDevices {
	if me, there := w.users.get(w.m.user); there {
		return me
	}
	return &table.UserDevices{}
}

// readIdentity checks the cross-signing keys that a query answered: they are that
// user's, for what they are said to be for, and the master key signed the others.
func (w *Work) readIdentity(user event.UserID, body scan.Value) (i identity, ok bool) {
	var key, other table.Key32
	i.signed = body.Path("master_keys", string(user))
	if i.master, key, ok = readSigningKey(user, masterUsage, i.signed); !ok || w.isOwnDevice(user, key) {
		return i, false
	}
	master, err := curve25519.NewVerifier(key[:])
	if err != nil || !master.Strict() {
		return i, false
	}
	sub := func(usage, member string) (scan.Value, bool) {
		object := body.Path(member, string(user))
		stripped, key, ok := readSigningKey(user, usage, object)
		other = key
		return stripped, ok && !w.isOwnDevice(user, other) &&
			signature.Check(object, string(user), keyID(publicOf(i.master)), master) == nil
	}
	if i.selfSigning, ok = sub(selfSigningUsage, "self_signing_keys"); !ok || user != w.m.user {
		return i, ok
	}
	i.userSigning, ok = sub(userSigningUsage, "user_signing_keys")
	return i, ok
}

// isOwnDevice reports whether a key of our user has the name of this device.
func (w *Work) isOwnDevice(user event.UserID, key table.Key32) bool {
	return user == w.m.user && unpadded.Encode(key[:]) == string(w.m.device)
}

// readSigningKey reads a cross-signing key, and returns it without signatures.
func readSigningKey(user event.UserID, usage string, object scan.Value) (stripped scan.Value, key table.Key32, ok bool) {
	if object.Kind() != scan.Object || object.Get("user_id").Text() != string(user) || !has(object.Get("usage"), usage) {
		return nil, key, false
	}
	stripped, err := object.Canonical("signatures", "unsigned")
	if err != nil || len(stripped) > maxSigningKey {
		return nil, key, false
	}
	// The id has to be that of the key: an id alone is never believed (B-34).
	count := 0
	for name, text := range stripped.Get("keys").Members() {
		count++
		ok = readKey(text, &key) && name.Text() == keyID(key)
	}
	return stripped, key, ok && count == 1
}

func has(list scan.Value, text string) bool {
	for item := range list.Items() {
		if item.Text() == text {
			return true
		}
	}
	return false
}

// publicOf returns the key of a cross-signing key that was checked, zero for
// none.
func publicOf(object scan.Value) (key table.Key32) {
	for _, text := range object.Get("keys").Members() {
		readKey(text, &key)
	}
	return key
}

// keyID is the id that a cross-signing key has.
func keyID(key table.Key32) string { return "ed25519:" + unpadded.Encode(key[:]) }

// names reports whether a user's cross-signing key has the name of a device. Such
// a device would be signed in place of the key, or the key in its place (FEATURES
// B-34).
func names(u *table.UserDevices, device event.DeviceID) bool {
	for _, object := range []scan.Value{u.Master, u.SelfSigning, u.UserSigning} {
		if key := publicOf(object); object != nil && unpadded.Encode(key[:]) == string(device) {
			return true
		}
	}
	return false
}

// checkSigned finds out which devices the user's self-signing key signed, as far
// as that is not known.
func checkSigned(user event.UserID, before, after *table.UserDevices) {
	key := publicOf(after.SelfSigning)
	v, err := curve25519.NewVerifier(key[:])
	fit := err == nil && v.Strict() && !key.IsZero()
	same := bytes.Equal(before.SelfSigning, after.SelfSigning)
	for i := range after.Devices {
		d := &after.Devices[i]
		if old := before.Device(d.ID); same && old != nil && bytes.Equal(old.Keys, d.Keys) {
			d.Signed = old.Signed
			continue
		}
		d.Signed = fit && signature.Check(d.Keys, string(user), keyID(key), v) == nil
	}
}

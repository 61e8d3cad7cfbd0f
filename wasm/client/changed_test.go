//go:build !js

package client_test

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// verifyChanged: whoever has another identity can be verified without being
// accepted first. Nothing else reaches them until that is done, and what waited
// for it does then (FEATURES B-33, B-39).
func verifyChanged(w *world) {
	alice, bob, room := friends(w)
	alice.trusts(bob, api.DeviceSigned)
	id := alice.startVerification(api.StartVerificationParams{UserID: bob.id()})
	theirs := bob.asked(alice)
	compare(alice, bob, id, theirs)
	matches(alice, bob, id, theirs)
	_, err := bob.ResetEncryption(w.t.Context(), api.SetUpEncryptionParams{Password: "pw"})
	bob.ok(err)
	alice.status(func(s api.EncryptionStatus) bool { return len(s.Changed) == 1 && s.Changed[0].Verified })
	before := alice.blocked(room, "before")
	id = alice.startVerification(api.StartVerificationParams{UserID: bob.id()})
	theirs = bob.asked(alice)
	compare(alice, bob, id, theirs)
	alice.ok(alice.CancelSend(w.t.Context(), api.SendRef{TxnID: before})) // which holds up others
	alice.blocked(room, "meanwhile")
	matches(alice, bob, id, theirs)
	alice.status(func(s api.EncryptionStatus) bool { return len(s.Changed) == 0 })
	alice.trusts(bob, api.DeviceVerified)
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "meanwhile" })
}

// blocked says something that must not go out.
func (u *user) blocked(room event.RoomID, text string) event.TxnID {
	u.t.Helper()
	txn := u.say(room, text)
	s, err := u.SendStatus(u.t.Context(), api.SendRef{TxnID: txn})
	until(u.t, s, err, func(s api.SendStatus) bool {
		if s.State == api.SendSent {
			u.t.Fatalf("%q was sent", text)
		}
		return s.State == api.SendFailed && s.Error.Code == api.SendIdentityChanged
	})
	return txn
}

//go:build !js

package client_test

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// startVerification asks for a verification and returns its id.
func (u *user) startVerification(p api.StartVerificationParams) string {
	u.t.Helper()
	ref, err := u.StartVerification(u.t.Context(), p)
	u.ok(err)
	return ref.ID
}

// verification waits for one that is as wanted.
func (u *user) verification(good func(api.Verification) bool) api.Verification {
	u.t.Helper()
	s, err := u.Verifications(u.t.Context())
	l := follow(u.t, s, err, func(v *api.Verification) string { return v.Key })
	defer l.close()
	all := l.until(func(all []api.Verification) bool { return slices.ContainsFunc(all, good) })
	return all[slices.IndexFunc(all, good)]
}

// reaches waits until a verification is in a phase.
func (u *user) reaches(id string, phase api.VerificationPhase) api.Verification {
	u.t.Helper()
	return u.verification(func(v api.Verification) bool { return v.ID == id && v.Phase == phase })
}

// asked waits until somebody asks, and returns the verification's id here.
func (u *user) asked(by *user) string {
	u.t.Helper()
	return u.verification(func(v api.Verification) bool {
		return v.Phase == api.VerificationAsking && v.Incoming && v.DeviceID == by.session.DeviceID
	}).ID
}

func (u *user) verify(id string, step api.VerifyStep) {
	u.t.Helper()
	u.ok(u.Verify(u.t.Context(), api.VerifyParams{ID: id, Step: step}))
}

// trusts waits until it is as sure as that whose a device is.
func (u *user) trusts(other *user, trust api.DeviceTrust) {
	u.t.Helper()
	s, err := u.Devices(u.t.Context(), api.DevicesParams{UserID: other.id()})
	l := follow(u.t, s, err, func(d *api.Device) string { return d.Key })
	defer l.close()
	l.until(func(all []api.Device) bool {
		return slices.ContainsFunc(all, func(d api.Device) bool { return d.ID == other.session.DeviceID && d.Trust == trust })
	})
}

// compare brings both sides to where they show the same.
func compare(asker, asked *user, id, theirs string) {
	asked.verify(theirs, api.VerifyAccept)
	if v := asker.reaches(id, api.VerificationReady); !v.CanEmoji || v.DeviceID != asked.session.DeviceID {
		asker.t.Errorf("ready is shown as %+v", v)
	}
	asker.verify(id, api.VerifyEmoji)
	a, b := asker.reaches(id, api.VerificationCompare), asked.reaches(theirs, api.VerificationCompare)
	if len(a.Emoji) != 7 || !slices.Equal(a.Emoji, b.Emoji) || len(a.Decimals) != 3 || !slices.Equal(a.Decimals, b.Decimals) {
		asker.t.Errorf("shown are %+v and %+v", a, b)
	}
}

// matches says on both sides that they show the same.
func matches(asker, asked *user, id, theirs string) {
	asker.verify(id, api.VerifyMatch)
	asked.verify(theirs, api.VerifyMatch)
	asker.reaches(id, api.VerificationDone)
	asked.reaches(theirs, api.VerificationDone)
}

// friends are two users with encryption set up, and a room of theirs.
func friends(w *world) (alice, bob *user, room event.RoomID) {
	alice, bob = w.keyed("alice"), w.keyed("bob")
	alice.setUp()
	bob.setUp()
	room = alice.room(api.CreateRoomParams{Preset: "trusted_private_chat", Direct: true, Encrypted: true, Invite: nil}, bob)
	return alice, bob, room
}

// verifyUsers: two users compare emoji in the room they have, and trust each
// other's devices from then on (FEATURES B-39).
func verifyUsers(w *world) {
	alice, bob, room := friends(w)
	alice.trusts(bob, api.DeviceSigned)
	id := alice.startVerification(api.StartVerificationParams{UserID: bob.id()})
	theirs := bob.asked(alice)
	if v := bob.reaches(theirs, api.VerificationAsking); v.RoomID != room || v.Own || v.UserID != alice.id() {
		w.t.Errorf("bob is shown %+v", v)
	}
	compare(alice, bob, id, theirs)
	matches(alice, bob, id, theirs)
	alice.trusts(bob, api.DeviceVerified)
	bob.trusts(alice, api.DeviceVerified)
	later := w.device(alice.name) // what alice signed is on the server
	later.trusts(bob, api.DeviceSigned)
	if _, err := alice.StartVerification(w.t.Context(), api.StartVerificationParams{UserID: bob.id()}); err != nil {
		w.t.Errorf("they cannot do it again: %v", err)
	}
}

// verifyStranger: where there is no room yet, one is made, and whoever joins
// finds the question there.
func verifyStranger(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	alice.setUp()
	bob.setUp()
	id := alice.startVerification(api.StartVerificationParams{UserID: bob.id()})
	room := alice.reaches(id, api.VerificationAsked).RoomID
	if r := alice.until(room, func(r api.Room) bool { return r.Direct == bob.id() }); !r.Encrypted {
		w.t.Errorf("the room is %+v", r)
	}
	bob.until(room, func(r api.Room) bool { return r.Membership == event.Invite })
	bob.join(room)
	theirs := bob.asked(alice)
	compare(alice, bob, id, theirs)
	matches(alice, bob, id, theirs)
	alice.trusts(bob, api.DeviceVerified)
}

// verifyOwn: a new device becomes one of the user's by comparing emoji with an
// old one, which gives it the secrets (FEATURES B-34, B-36).
func verifyOwn(w *world) {
	alice := w.keyed("alice")
	alice.setUp()
	second := w.device(alice.name)
	second.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityUnverified })
	id := second.startVerification(api.StartVerificationParams{})
	theirs := alice.asked(second)
	compare(second, alice, id, theirs)
	matches(second, alice, id, theirs)
	second.status(func(s api.EncryptionStatus) bool {
		return s.Identity == api.IdentityVerified && s.Backup == api.BackupOn
	})
	alice.trusts(second, api.DeviceVerified)
}

// verifyByCode: the same by a code that one shows and the other scans.
func verifyByCode(w *world) {
	alice := w.keyed("alice")
	alice.setUp()
	second := w.device(alice.name)
	second.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityUnverified })
	id := second.startVerification(api.StartVerificationParams{DeviceID: alice.session.DeviceID})
	theirs := alice.asked(second)
	alice.ok(alice.Verify(w.t.Context(), api.VerifyParams{ID: theirs, Step: api.VerifyAccept, Scanner: true}))
	shown := second.reaches(id, api.VerificationReady)
	if v := alice.reaches(theirs, api.VerificationReady); !v.CanScan || shown.QR == "" || shown.CanScan {
		w.t.Fatalf("they are shown %+v and %+v", shown, v)
	}
	scan := api.VerifyParams{ID: theirs, Step: api.VerifyScan, Code: "no code"}
	if err := alice.Verify(w.t.Context(), scan); code(err) != api.VerificationState {
		w.t.Errorf("another code: %v", err)
	}
	scan.Code = shown.QR
	alice.ok(alice.Verify(w.t.Context(), scan))
	second.reaches(id, api.VerificationScanned)
	second.verify(id, api.VerifyMatch)
	second.reaches(id, api.VerificationDone)
	alice.reaches(theirs, api.VerificationDone)
	second.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityVerified })
}

// verifyNot: whoever says no, or sees something else, proves nothing.
func verifyNot(w *world) {
	alice, bob, room := friends(w)
	ends := func(id, theirs, reason string, byAlice bool) {
		a, b := alice.reaches(id, api.VerificationCancelled), bob.reaches(theirs, api.VerificationCancelled)
		if a.Reason != reason || b.Reason != reason || a.ByUs != byAlice || b.ByUs == byAlice {
			w.t.Errorf("it ends as %+v and %+v", a, b)
		}
	}
	ask := func() (id, theirs string) {
		id = alice.startVerification(api.StartVerificationParams{UserID: bob.id()})
		return id, bob.asked(alice)
	}
	id, theirs := ask()
	bob.verify(theirs, api.VerifyCancel)
	ends(id, theirs, "m.user", false)
	id, theirs = ask()
	alice.verify(id, api.VerifyCancel)
	ends(id, theirs, "m.user", true)
	id, theirs = ask()
	compare(alice, bob, id, theirs)
	alice.verify(id, api.VerifyMatch)
	bob.verify(theirs, api.VerifyMismatch)
	ends(id, theirs, "m.mismatched_sas", false)
	for _, wrong := range []struct {
		p    api.VerifyParams
		code api.Code
	}{
		{api.VerifyParams{ID: id, Step: api.VerifyAccept}, api.VerificationState},
		{api.VerifyParams{ID: "none", Step: api.VerifyMatch}, api.VerificationUnknown},
		{api.VerifyParams{ID: id, Step: "dance"}, api.CallInvalid},
	} {
		if err := alice.Verify(w.t.Context(), wrong.p); code(err) != wrong.code {
			w.t.Errorf("%+v: %v", wrong.p, err)
		}
	}
	id, theirs = ask()
	alice.close()
	if v := bob.reaches(theirs, api.VerificationCancelled); v.Reason != "m.user" {
		w.t.Errorf("who leaves says %+v", v)
	}
	alice.start()
	alice.trusts(bob, api.DeviceSigned)
	bob.trusts(alice, api.DeviceSigned)
	bob.say(room, "still here") // nothing of it holds up what people write
	alice.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "still here" })
}

// verifyElsewhere: of two devices that are asked one answers, and the other one
// is told so.
func verifyElsewhere(w *world) {
	alice, bob, room := friends(w)
	second := w.device(bob.name)
	second.until(room, func(r api.Room) bool { return r.Membership == event.Join })
	second.findable()
	alice.trusts(second, api.DeviceUnsigned)
	id := alice.startVerification(api.StartVerificationParams{UserID: bob.id()})
	theirs, other := bob.asked(alice), second.asked(alice)
	compare(alice, bob, id, theirs)
	if v := second.reaches(other, api.VerificationCancelled); v.Reason != "m.accepted" || v.ByUs {
		w.t.Errorf("the other device is shown %+v", v)
	}
	matches(alice, bob, id, theirs)
}

// verifyPlain: a device hears the question also in a room that nobody looked
// into on it, and that is not encrypted. Of a user without an identity it is the
// device that is trusted then, and of no use to sign with.
func verifyPlain(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	alice.setUp()
	room := alice.room(api.CreateRoomParams{Preset: "trusted_private_chat", Direct: true}, bob)
	bob.say(room, "hello")
	second := w.device(bob.name)
	second.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "hello" })
	second.findable()
	alice.trusts(second, api.DeviceUnsigned)
	id := alice.startVerification(api.StartVerificationParams{UserID: bob.id()})
	theirs := second.asked(alice)
	compare(alice, second, id, theirs)
	matches(alice, second, id, theirs)
	alice.trusts(second, api.DeviceVerified)
	second.trusts(alice, api.DeviceVerified)
	alice.trusts(bob, api.DeviceUnsigned)
}

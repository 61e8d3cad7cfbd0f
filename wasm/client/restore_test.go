//go:build !js

package client_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
)

// holds keeps what a device sends to others of a type from leaving until given is
// closed.
func (u *user) holds(kind string, given <-chan struct{}) {
	u.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/sendToDevice/"+kind+"/") {
			select {
			case <-given:
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
		return next()
	}
}

// keyless is a device that was just verified and has not got the backup's key
// before given is closed.
func keyless(w *world, given <-chan struct{}, own clock) *user {
	alice := w.stranger(w.register("alice"))
	alice.holds(event.RoomEncrypted, given)
	alice.login()
	alice.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityNone })
	alice.setUp()
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true})
	sending, err := alice.SendStatus(w.t.Context(), api.SendRef{TxnID: alice.say(room, "before")})
	until(w.t, sending, err, func(s api.SendStatus) bool { return s.State == api.SendSent })
	alice.saved()
	second := w.timed(alice.name, own)
	second.login()
	second.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityUnverified })
	id := second.startVerification(api.StartVerificationParams{})
	theirs := alice.asked(second)
	compare(second, alice, id, theirs)
	matches(second, alice, id, theirs)
	s := second.status(func(s api.EncryptionStatus) bool {
		return s.Identity == api.IdentityVerified && s.Backup == api.BackupOn
	})
	if s.Restorable {
		w.t.Errorf("without the key it shows %+v", s)
	}
	return second
}

// restoreAtOnce: whoever restores right after a verification gets all keys once
// the other device has brought the backup's own, and is told what is waited for.
func restoreAtOnce(w *world) {
	given := make(chan struct{})
	second := keyless(w, given, clock{})
	s, err := second.RestoreKeys(w.t.Context())
	until(w.t, s, err, func(p api.KeyProgress) bool { return p.Waiting })
	s, err = second.RestoreKeys(w.t.Context())
	close(given)
	last, err := second.progress(s, err)
	if second.ok(err); last.Total == 0 || last.Done != last.Total || last.Waiting {
		w.t.Errorf("the restore ended with %+v", last)
	}
	second.status(func(s api.EncryptionStatus) bool { return s.Restorable })
}

// TestRestoreDoesNotWaitForEver: a device that does not answer is waited for so
// long, and one that can ask nobody does not wait.
func TestRestoreDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, startSandbox().URL)
	given, late := make(chan struct{}), make(chan time.Time)
	defer close(given)
	second := keyless(w, given, clock{late: late})
	s, err := second.RestoreKeys(t.Context())
	second.ok(err)
	until(t, s, err, func(p api.KeyProgress) bool { return p.Waiting })
	s, err = second.RestoreKeys(t.Context())
	close(late)
	if _, err := second.progress(s, err); code(err) != api.EncryptionMissing {
		t.Errorf("nobody answered: %v", err)
	}
	third := w.timed(second.name, clock{late: make(chan time.Time)})
	third.login()
	third.status(func(s api.EncryptionStatus) bool { return s.Backup == api.BackupUntrusted })
	if _, err := third.progress(third.RestoreKeys(t.Context())); code(err) != api.EncryptionMissing {
		t.Errorf("nobody can be asked: %v", err)
	}
}

//go:build !js

package client_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// setUp sets encryption up and returns the recovery key.
func (u *user) setUp() string {
	u.t.Helper()
	r, err := u.SetUpEncryption(u.t.Context(), api.SetUpEncryptionParams{Password: "pw"})
	u.ok(err)
	return r.Key
}

// status waits until encryption stands as wanted.
func (u *user) status(good func(api.EncryptionStatus) bool) api.EncryptionStatus {
	u.t.Helper()
	s, err := u.Encryption(u.t.Context())
	return until(u.t, s, err, good)
}

// progress reads a stream of progress to its end.
func (u *user) progress(s api.Stream[api.KeyProgress], err error) (last api.KeyProgress, _ error) {
	u.t.Helper()
	u.ok(err)
	defer s.Close()
	for {
		p, err := s.Next(u.t.Context())
		if errors.Is(err, io.EOF) {
			return last, nil
		} else if err != nil {
			return last, err
		}
		last = p
	}
}

// secondDevice: a device that comes later reads what was before, by the recovery
// key; the first one sees that it belongs to the user (FEATURES B-34, B-35, B-37).
func secondDevice(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	alice.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityNone })
	key := alice.setUp()
	alice.status(func(s api.EncryptionStatus) bool {
		return s.Identity == api.IdentityVerified && s.Recovery && s.Backup == api.BackupOn
	})
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	bob.say(room, "before")
	alice.timeline(room).reads("before")
	alice.saved()
	alice.status(func(s api.EncryptionStatus) bool { return s.Unsaved == 0 })
	second := w.device(alice.name)
	second.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityUnverified && s.Recovery })
	if _, err := second.SetUpEncryption(w.t.Context(), api.SetUpEncryptionParams{}); code(err) != api.EncryptionExists {
		w.t.Errorf("it was set up over the other one: %v", err)
	}
	if err := second.RecoverEncryption(w.t.Context(), api.RecoverEncryptionParams{Secret: "EsTc wrong"}); code(err) != api.EncryptionSecret {
		w.t.Errorf("a wrong key: %v", err)
	}
	at := second.timeline(room)
	second.ok(second.RecoverEncryption(w.t.Context(), api.RecoverEncryptionParams{Secret: key}))
	second.status(func(s api.EncryptionStatus) bool {
		return s.Identity == api.IdentityVerified && s.Backup == api.BackupOn
	})
	at.reads("before") // the key comes from the backup by itself
	second.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "before" })
	p, err := second.progress(second.RestoreKeys(w.t.Context()))
	if second.ok(err); p.Total == 0 || p.Done != p.Total || p.Bad != 0 {
		w.t.Errorf("the restore ended with %+v", p)
	}
	alice.devices().until(func(all []api.Device) bool {
		return len(all) == 2 && !slices.ContainsFunc(all, func(d api.Device) bool { return d.Trust != api.DeviceVerified })
	})
}

func (u *user) ids() []event.DeviceID { return []event.DeviceID{u.session.DeviceID} }

func (u *user) devices() *list[api.Device] {
	u.t.Helper()
	s, err := u.Devices(u.t.Context(), api.DevicesParams{})
	return follow(u.t, s, err, func(d *api.Device) string { return d.Key })
}

// keyFile: what one device exports another reads (FEATURES B-38).
func keyFile(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	bob.say(room, "kept")
	alice.timeline(room).reads("kept")
	file, err := alice.ExportKeys(w.t.Context(), api.KeyFilePassphrase{Passphrase: "phrase"})
	if alice.ok(err); file.Keys != 1 || strings.Contains(file.Text, "session_key") {
		w.t.Errorf("%d keys in %.100s", file.Keys, file.Text)
	}
	second := w.device(alice.name)
	at := second.timeline(room)
	_, err = second.progress(second.ImportKeys(w.t.Context(), api.ImportKeysParams{Text: file.Text, Passphrase: "other"}))
	if code(err) != api.KeyFileInvalid {
		w.t.Errorf("with a wrong passphrase: %v", err)
	}
	p, err := second.progress(second.ImportKeys(w.t.Context(), api.ImportKeysParams{Text: file.Text, Passphrase: "phrase"}))
	if second.ok(err); p.Better != 1 {
		w.t.Errorf("the import ended with %+v", p)
	}
	at.reads("kept")
	if e := at.items[len(at.items)-1].Event; e.Crypto == nil || e.Crypto.Reason != api.KeyUnproven {
		w.t.Errorf("a key of a file passes for %+v", e.Crypto)
	}
}

// TestDevicesAfterAFailure: a list that the server did not give is asked for again.
func TestDevicesAfterAFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, startSandbox().URL)
	first := w.stranger(w.register("alice"))
	var fails atomic.Int32
	first.wire.around = func(r *http.Request, next func() (*http.Response, error)) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/devices") && fails.Add(-1) >= 0 {
			return answered(http.StatusBadGateway, "")
		}
		return next()
	}
	first.login()
	all := first.devices()
	second := w.device(first.name)
	is := func(trust api.DeviceTrust) {
		t.Helper()
		all.until(func(known []api.Device) bool {
			return slices.ContainsFunc(known, func(d api.Device) bool { return d.ID == second.session.DeviceID && d.Trust == trust })
		})
	}
	is(api.DeviceUnsigned)
	fails.Store(6) // as often as a call tries by itself
	first.ok(first.SetDeviceBlocked(t.Context(), api.SetDeviceBlockedParams{UserID: first.id(), DeviceID: second.session.DeviceID, Blocked: true}))
	is(api.DeviceBlocked)
}

// refusedThenGiven: what was looked at again in vain, for its sender had said why there
// is no key, waits on, and is read when a key comes from elsewhere (FEATURES D-19).
func refusedThenGiven(w *world) {
	told := make(chan struct{})
	alice := w.stranger(w.register("alice"))
	alice.holds("m.room_key.withheld", told)
	alice.login()
	alice.findable()
	bob := w.keyed("bob")
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	atBob := bob.timeline(room)
	alice.say(room, "known")
	atBob.reads("known")
	alice.ok(alice.SetDeviceBlocked(w.t.Context(), api.SetDeviceBlockedParams{UserID: bob.id(), DeviceID: bob.session.DeviceID, Blocked: true}))
	alice.say(room, "refused")
	because := func(reason api.CryptoReason) {
		w.t.Helper()
		atBob.until(func(items []api.TimelineItem) bool {
			last := items[len(items)-1].Event
			return last != nil && last.Crypto != nil && last.Crypto.Reason == reason
		})
	}
	because(api.KeyMissing)
	close(told)
	because(api.KeyBlocked)
	file, err := alice.ExportKeys(w.t.Context(), api.KeyFilePassphrase{Passphrase: "phrase"})
	alice.ok(err)
	_, err = bob.progress(bob.ImportKeys(w.t.Context(), api.ImportKeysParams{Text: file.Text, Passphrase: "phrase"}))
	bob.ok(err)
	atBob.reads("known", "refused")
	bob.until(room, func(r api.Room) bool { return r.Last != nil && r.Last.Body == "refused" })
}

// ownDevices: they can be named and signed out, with the password.
func ownDevices(w *world) {
	alice := w.user("alice")
	second := w.device(alice.name)
	all := alice.devices()
	all.until(func(d []api.Device) bool { return len(d) == 2 && d[0].This && d[0].ID == alice.session.DeviceID })
	alice.ok(alice.RenameDevice(w.t.Context(), api.RenameDeviceParams{DeviceID: second.session.DeviceID, Name: "phone"}))
	all.until(func(d []api.Device) bool { return len(d) == 2 && d[1].Name == "phone" })
	out := api.SignOutDevicesParams{DeviceIDs: second.ids()}
	for _, c := range []struct {
		password string
		want     api.Code
	}{{"", api.EncryptionPassword}, {"wrong", api.EncryptionPassword}, {"pw", ""}} {
		out.Password = c.password
		if err := alice.SignOutDevices(w.t.Context(), out); code(err) != c.want {
			w.t.Errorf("with the password %q: %v", c.password, err)
		}
	}
	all.until(func(d []api.Device) bool { return len(d) == 1 })
}

// resetIdentity: whoever wrote with somebody who reset their identity has to
// accept that first; the message waits (FEATURES B-33).
func resetIdentity(w *world) {
	alice, bob := w.keyed("alice"), w.keyed("bob")
	bob.setUp()
	room := alice.room(api.CreateRoomParams{Preset: "private_chat", Encrypted: true}, bob)
	alice.say(room, "one")
	atBob := bob.timeline(room)
	atBob.reads("one")
	if _, err := bob.ResetEncryption(w.t.Context(), api.SetUpEncryptionParams{}); code(err) != api.EncryptionPassword {
		w.t.Errorf("a reset without a password: %v", err)
	}
	_, err := bob.ResetEncryption(w.t.Context(), api.SetUpEncryptionParams{Password: "pw", Passphrase: "a phrase"})
	bob.ok(err)
	alice.status(func(s api.EncryptionStatus) bool { return len(s.Changed) == 1 && s.Changed[0].UserID == bob.id() })
	txn := alice.say(room, "two")
	s, err := alice.SendStatus(w.t.Context(), api.SendRef{TxnID: txn})
	until(w.t, s, err, func(s api.SendStatus) bool {
		return s.State == api.SendFailed && s.Error.Code == api.SendIdentityChanged
	})
	alice.ok(alice.AcceptIdentity(w.t.Context(), api.UserParams{UserID: bob.id()}))
	atBob.reads("one", "two")
	alice.status(func(s api.EncryptionStatus) bool { return len(s.Changed) == 0 })
	third := w.device(bob.name)
	third.ok(third.RecoverEncryption(w.t.Context(), api.RecoverEncryptionParams{Secret: "a phrase"}))
}

// backupElsewhere: a device notices that another one made a backup, while it runs.
func backupElsewhere(w *world) {
	alice := w.user("alice")
	alice.status(func(s api.EncryptionStatus) bool { return s.Backup == api.BackupNone })
	second := w.device(alice.name)
	second.setUp()
	alice.status(func(s api.EncryptionStatus) bool { return s.Backup == api.BackupUntrusted })
}

// backupTurnedOff: nobody makes a backup whose user turned it off on some client,
// until they ask for one (FEATURES B-37).
func backupTurnedOff(w *world) {
	for _, off := range []struct{ kind, content, on string }{
		{"m.key_backup", `{"enabled":false}`, `{"enabled":true}`},
		{"m.org.matrix.custom.backup_disabled", `{"disabled":true}`, `{"disabled":false}`},
	} {
		alice := w.keyed("alice")
		alice.ok(alice.SetAccountData(w.t.Context(), api.SetAccountDataParams{Type: off.kind, Content: scan.Value(off.content)}))
		alice.status(func(s api.EncryptionStatus) bool { return s.Backup == api.BackupOff })
		if key := alice.setUp(); key == "" {
			w.t.Error("there is no recovery without a backup")
		}
		now := alice.status(func(s api.EncryptionStatus) bool { return s.Identity == api.IdentityVerified && s.Recovery })
		if now.Backup != api.BackupOff {
			w.t.Errorf("the backup is %s", now.Backup)
		}
		_, err := alice.SetUpEncryption(w.t.Context(), api.SetUpEncryptionParams{Password: "pw", Backup: true})
		alice.ok(err)
		alice.status(func(s api.EncryptionStatus) bool { return s.Backup == api.BackupOn })
		for kind, want := range map[string]string{off.kind: off.on, "m.key_backup": `{"enabled":true}`} {
			if got := alice.ask("GET", "user/"+escape(alice.id())+"/account_data/"+kind, ""); string(got) != want {
				w.t.Errorf("%s is %s", kind, got)
			}
		}
	}
}

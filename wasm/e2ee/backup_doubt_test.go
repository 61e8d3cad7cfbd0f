package e2ee_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// answered answers a request that the device has, whatever the server would.
func (n *tenant) answered(r *e2ee.Request, body scan.Value) {
	n.Helper()
	n.work(func(ctx context.Context, w *e2ee.Work) error { return w.Answered(ctx, r, body) })
}

func (n *tenant) declined(r *e2ee.Request, errcode string) {
	n.Helper()
	n.work(func(ctx context.Context, w *e2ee.Work) error { return w.Refused(ctx, r, errcode) })
}

// TestInDoubt: from the moment that the version is wrong nothing is uploaded
// until the device has looked.
func TestInDoubt(t *testing.T) {
	for _, errcode := range []string{"M_WRONG_ROOM_KEYS_VERSION", "M_NOT_FOUND"} {
		h := newHouse(t, 80)
		phone := h.register("alice")
		phone.setup("")
		phone.learn(1)
		phone.declined(&phone.outgoing(e2ee.SaveKeys)[0], errcode)
		phone.learn(1)
		if len(phone.outgoing(e2ee.SaveKeys)) != 0 || len(phone.outgoing(e2ee.LookBackup)) != 1 {
			t.Errorf("%s: it uploads and does not look", errcode)
		}
		h.settle()
		if s := phone.status().Backup; s.Saved != 2 || s.Unsaved != 0 {
			t.Errorf("%s: %+v", errcode, s)
		}
	}
}

// TestRestoredIntoNew: what came from a backup that is gone is not in the next
// one.
func TestRestoredIntoNew(t *testing.T) {
	h := newHouse(t, 81)
	phone := h.register("alice")
	h.settle()
	phone.learn(30)
	phone.setup("")
	phone.wipeKeys()
	phone.restore()
	phone.work(func(_ context.Context, w *e2ee.Work) error { return w.NewBackup() })
	h.settle()
	if s := phone.status().Backup; s.Version != "2" || s.Saved != 30 {
		t.Errorf("%+v", s)
	}
}

// TestAnswerOfBefore: an answer about another version says nothing of this one.
func TestAnswerOfBefore(t *testing.T) {
	h := newHouse(t, 82)
	phone := h.register("alice")
	phone.bootstrap()
	phone.learn(150)
	renew := func(_ context.Context, w *e2ee.Work) error { return w.NewBackup() }
	look := func() {
		for _, kind := range []e2ee.Kind{e2ee.LookBackup, e2ee.CreateBackup} {
			phone.bring(&phone.outgoing(kind)[0])
		}
	}
	phone.work(renew)
	look()
	first := phone.outgoing(e2ee.SaveKeys)[0]
	phone.work(renew)
	look()
	if len(phone.outgoing(e2ee.SaveKeys)) != 1 {
		t.Fatal("no upload into the second")
	}
	phone.answered(&first, scan.Value(`{"count":100}`))
	h.settle()
	if s := phone.status().Backup; s.Version != "2" || s.Saved != 150 || s.Unsaved != 0 {
		t.Errorf("%+v", s)
	}
}

// TestMarksOfNothing: marks of what is not there keep nothing else out.
func TestMarksOfNothing(t *testing.T) {
	h := newHouse(t, 83)
	phone := h.register("alice")
	phone.setup("")
	phone.work(func(_ context.Context, w *e2ee.Work) error {
		for i := range 250 {
			w.MarkUnsaved(e2ee.SessionName{Room: "!!", Session: fmt.Sprint(i)})
		}
		return nil
	})
	phone.learn(5)
	for range 5 {
		phone.sync()
		h.settle()
	}
	if s := phone.status().Backup; s.Saved != 5 || s.Unsaved != 0 {
		t.Errorf("%+v", s)
	}
}

// TestOwnSignature: a device that lost the secrets still knows the backup that it
// made.
func TestOwnSignature(t *testing.T) {
	h := newHouse(t, 84)
	phone := h.register("alice")
	phone.setup("")
	phone.disk.Garble(table.Crypto, table.SecretsKey, nil)
	phone.disk.Garble(table.Crypto, table.KeyBackupKey, nil)
	phone.start()
	h.settle()
	phone.learn(2)
	h.settle()
	if s := phone.status().Backup; !s.Trusted || s.Key || s.Saved != 2 {
		t.Errorf("%+v", s)
	}
}

// TestTrustLost: an upload that was ready is not sent once the backup is not
// trusted any more.
func TestTrustLost(t *testing.T) {
	h := newHouse(t, 85)
	phone := h.register("alice")
	phone.setup("")
	laptop := h.login("alice")
	h.settle()
	laptop.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.VerifyUser(ctx, phone.user, phone.master(phone))
	})
	h.settle()
	laptop.learn(1)
	if len(laptop.outgoing(e2ee.SaveKeys)) != 1 {
		t.Fatal("nothing to upload")
	}
	f, user := authority{t}, string(phone.user)
	m, s, u := f.signer(0), f.signer(1), f.signer(2)
	body := map[string]map[string]json.RawMessage{"device_keys": {user: json.RawMessage("{}")}}
	for i, object := range []scan.Value{f.object(user, "master", m), f.object(user, "self_signing", s, m), f.object(user, "user_signing", u, m)} {
		body[saidMembers[i]] = map[string]json.RawMessage{user: json.RawMessage(object)}
	}
	laptop.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.Receive(ctx, e2ee.SyncPart{Changed: []event.UserID{phone.user}, Counts: scan.Value(`{"signed_curve25519":50}`)})
	})
	laptop.answered(&laptop.outgoing(e2ee.QueryKeys)[0], written(body))
	if n := len(laptop.outgoing(e2ee.SaveKeys)); n != 0 || laptop.status().Backup.Trusted {
		t.Errorf("%d uploads, %+v", n, laptop.status().Backup)
	}
}

// TestStrangeVersions: what a server says of a backup that is none.
func TestStrangeVersions(t *testing.T) {
	h := newHouse(t, 86)
	phone := h.register("alice")
	phone.setup("")
	phone.learn(3)
	h.settle()
	look := func(body string) e2ee.BackupStatus {
		phone.work(func(_ context.Context, w *e2ee.Work) error { w.LookForBackup(); return nil })
		phone.answered(&phone.outgoing(e2ee.LookBackup)[0], scan.Value(body))
		return phone.status().Backup
	}
	said := string(backup.NewInfo(backup.PublicKey{9}).Content())
	for _, c := range []struct{ body, version string }{
		{`{}`, ""}, {`{"version":1}`, ""}, {`{"version":"7"}`, "7"}, {`{"version":"8","algorithm":"m.other","auth_data":{}}`, "8"},
		{`{"version":"9",` + said[1:], "9"},
		{`{"version":"10","more":"` + strings.Repeat("x", 1<<20) + `",` + said[1:], ""},
	} {
		if s := look(c.body); s.Version != c.version || s.Trusted || s.Key {
			t.Errorf("%.60s: %+v", c.body, s)
		}
		phone.learn(1)
		if n := len(phone.outgoing(e2ee.SaveKeys)); n != 0 {
			t.Errorf("%.60s: %d uploads", c.body, n)
		}
	}
}

// TestSameNumber: another backup under the version's number lacks everything.
func TestSameNumber(t *testing.T) {
	h := newHouse(t, 87)
	phone := h.register("alice")
	phone.setup("")
	phone.learn(3)
	h.settle()
	key, err := backup.NewKey(h.random)
	if err != nil {
		t.Fatal(err)
	}
	phone.work(func(ctx context.Context, w *e2ee.Work) error { return w.HaveBackup(ctx, key) })
	if s := phone.status().Backup; s.Version != "1" || !s.Trusted || s.Unsaved != 3 {
		t.Errorf("%+v", s)
	}
}

// TestNoNewBackup: a server that wants none is not asked again and again.
func TestNoNewBackup(t *testing.T) {
	h := newHouse(t, 88)
	phone := h.register("alice")
	phone.bootstrap()
	renew := func(_ context.Context, w *e2ee.Work) error { return w.NewBackup() }
	for range 2 {
		phone.work(renew)
		phone.bring(&phone.outgoing(e2ee.LookBackup)[0])
		create := phone.outgoing(e2ee.CreateBackup)
		if len(create) != 1 {
			t.Fatalf("%d requests", len(create))
		}
		phone.declined(&create[0], "M_FORBIDDEN")
		if n := len(phone.outgoing(e2ee.CreateBackup)); n != 0 {
			t.Errorf("%d requests after it was refused", n)
		}
	}
}

// TestWaitingIsFetched: events that waited since before there was the key are
// looked for when it comes.
func TestWaitingIsFetched(t *testing.T) {
	h := newHouse(t, 89)
	phone := h.register("alice")
	h.settle()
	names := phone.learn(3)
	key := phone.setup("")
	laptop := h.login("alice")
	h.settle()
	laptop.work(func(_ context.Context, w *e2ee.Work) error {
		for _, n := range names[:2] {
			w.Await(n, "$event")
		}
		return nil
	})
	laptop.start()
	h.settle()
	if _, err := laptop.recover(key); err != nil {
		t.Fatal(err)
	}
	if laptop.has(names) != 2 || laptop.asked[e2ee.FetchKey] != 2 {
		t.Errorf("has %d after %d requests", laptop.has(names), laptop.asked[e2ee.FetchKey])
	}
	// To want one thing again and again makes nobody forget another.
	laptop.work(func(_ context.Context, w *e2ee.Work) error {
		w.WantKey(names[2])
		for range 500 {
			w.WantKey(e2ee.SessionName{Room: "!0:house", Session: "none"})
		}
		return nil
	})
	h.settle()
	if laptop.has(names) != 3 {
		t.Error("it was forgotten")
	}
}

// TestRecoverTooEarly: nothing is recovered while it is not known what the server
// has.
func TestRecoverTooEarly(t *testing.T) {
	h := newHouse(t, 90)
	phone := h.register("alice")
	key := phone.setup("")
	v, err := e2ee.OpenVault(t.Context(), phone.account, key, quickly)
	if err != nil {
		t.Fatal(err)
	}
	recover := func(ctx context.Context, w *e2ee.Work) error {
		_, err := w.Recover(ctx, v, phone.account)
		return err
	}
	laptop := h.login("alice")
	laptop.refused(e2ee.ErrNotKnown, recover)
	h.settle()
	laptop.start() // has not looked for the backup in this run
	laptop.refused(e2ee.ErrNotKnown, recover)
	h.settle()
	laptop.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.Receive(ctx, e2ee.SyncPart{Changed: []event.UserID{phone.user}, Counts: scan.Value(`{"signed_curve25519":50}`)})
	})
	laptop.refused(e2ee.ErrNotKnown, recover)
	h.settle()
	if err := recover(t.Context(), laptop.machine.Begin()); err != nil {
		t.Error(err)
	}
}

// TestMarkedTwice: a session that is marked again is in an upload once.
func TestMarkedTwice(t *testing.T) {
	h := newHouse(t, 91)
	phone := h.register("alice")
	phone.setup("")
	name := phone.learn(1)[0]
	h.settle()
	phone.work(func(_ context.Context, w *e2ee.Work) error { w.MarkUnsaved(name); return nil })
	phone.work(func(ctx context.Context, w *e2ee.Work) error {
		w.MarkUnsaved(name)
		return w.Receive(ctx, e2ee.SyncPart{Counts: scan.Value(`{"signed_curve25519":50}`)})
	})
	uploads := phone.outgoing(e2ee.SaveKeys)
	if len(uploads) != 1 || strings.Count(string(uploads[0].Body), name.Session) != 1 {
		t.Errorf("%d uploads", len(uploads))
	}
}

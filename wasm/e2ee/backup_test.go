package e2ee_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"testing"

	peer "maunium.net/go/mautrix/crypto/backup"

	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// newSession makes a Megolm session in the form of a key file.
func newSession(t testing.TB, random io.Reader, room string) (e2ee.SessionName, scan.Value) {
	t.Helper()
	out, err := megolm.NewOutbound(random)
	if err != nil {
		t.Fatal(err)
	}
	key, err := out.Inbound().Export(0)
	if err != nil {
		t.Fatal(err)
	}
	var claimed, b scan.Builder
	sender := unpadded.Encode(make([]byte, 31)) + "AA"
	b.Text("algorithm", "m.megolm.v1.aes-sha2").Text("room_id", room).Text("session_id", out.ID()).Text("session_key", key)
	b.Text("sender_key", sender[:43]).Raw("sender_claimed_keys", claimed.Text("ed25519", sender[:43]).Done())
	return e2ee.SessionName{Room: event.RoomID(room), Session: out.ID()}, b.Texts("forwarding_curve25519_key_chain", nil).Done()
}

// learn gives a device n sessions, as from a file.
func (n *tenant) learn(count int) (names []e2ee.SessionName) {
	n.Helper()
	var all []json.RawMessage
	for i := range count {
		name, one := newSession(n, n.random, fmt.Sprintf("!%d:house", i%3))
		names, all = append(names, name), append(all, json.RawMessage(one))
	}
	n.take(e2ee.KeysOf(written(all)))
	return names
}

// take takes in all of keys.
func (n *tenant) take(keys *e2ee.Keys) (so e2ee.Taken) {
	n.Helper()
	for so.Done < keys.Len() {
		var next e2ee.Taken
		n.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			next, err = w.TakeKeys(ctx, keys, so)
			return err
		})
		so = next
	}
	return so
}

// has reports how many of those sessions a device has.
func (n *tenant) has(names []e2ee.SessionName) (count int) {
	for _, rec := range n.disk.Records(table.Inbound) {
		room, id := table.SplitMegolmKey(rec.Key)
		if slices.Contains(names, e2ee.SessionName{Room: room, Session: id}) {
			count++
		}
	}
	return count
}

func (n *tenant) restore() e2ee.Taken {
	n.Helper()
	r, err := n.machine.FetchBackup("")
	if err != nil {
		n.Fatal(err)
	}
	_, answer := n.send(r)
	keys, err := n.machine.KeysOfBackup(r, answer)
	if err != nil {
		n.Fatal(err)
	}
	return n.take(keys)
}

// TestBackup: what was there before the backup, what comes by then, and nothing
// twice; and another device has it all.
func TestBackup(t *testing.T) {
	h := newHouse(t, 50)
	phone := h.register("alice")
	h.settle()
	names := phone.learn(250)
	key := phone.setup("")
	if s := phone.status().Backup; s.Saved != 250 || s.Unsaved != 0 || !s.Trusted || !s.Key {
		t.Errorf("after setup: %+v", s)
	}
	names = append(names, phone.learn(7)...)
	h.settle()
	uploads := phone.asked[e2ee.SaveKeys]
	if s := phone.status().Backup; s.Saved != 257 || s.Unsaved != 0 || uploads != 4 {
		t.Errorf("after more: %+v in %d uploads", s, uploads)
	}
	phone.start()
	h.settle()
	if again := phone.asked[e2ee.SaveKeys]; again != uploads {
		t.Errorf("%d uploads of what is there", again-uploads)
	}
	laptop := h.login("alice")
	h.settle()
	if _, err := laptop.machine.FetchBackup(""); err == nil {
		t.Error("a device without the key restores")
	}
	if _, err := laptop.recover(key); err != nil {
		t.Fatal(err)
	}
	if so := laptop.restore(); so.Better != 257 || so.Garbled != 0 || laptop.has(names) != 257 {
		t.Errorf("restored %+v, has %d", so, laptop.has(names))
	}
	h.settle()
	if n := laptop.asked[e2ee.SaveKeys]; n != 0 {
		t.Errorf("it uploads what it restored: %d", n)
	}
	laptop.disk.Garble(table.Crypto, table.KeyBackupKey, nil)
	laptop.start()
	h.settle()
	if s := laptop.status().Backup; laptop.asked[e2ee.SaveKeys] != 0 || s.Unsaved != 0 || !s.Trusted {
		t.Errorf("it uploads what it restored, once it forgot about the backup: %+v", s)
	}
	if so := laptop.restore(); so.Better != 0 || so.Garbled != 0 {
		t.Errorf("restored again: %+v", so)
	}
}

// TestRoomOfBackup: one room is restored alone.
func TestRoomOfBackup(t *testing.T) {
	h := newHouse(t, 51)
	phone := h.register("alice")
	h.settle()
	phone.learn(9)
	phone.setup("")
	phone.wipeKeys()
	r, err := phone.machine.FetchBackup("!1:house")
	if err != nil {
		t.Fatal(err)
	}
	_, answer := phone.send(r)
	keys, err := phone.machine.KeysOfBackup(r, answer)
	if err != nil || keys.Len() != 3 {
		t.Fatalf("%d, %v", keys.Len(), err)
	}
	if so := phone.take(keys); so.Better != 3 {
		t.Errorf("%+v", so)
	}
}

// wipeKeys loses all room keys.
func (n *tenant) wipeKeys() {
	for _, rec := range n.disk.Records(table.Inbound) {
		n.disk.Garble(table.Inbound, rec.Key, nil)
	}
	n.start()
	n.settle()
}

// TestUntrustedBackup: to a backup that nobody of us made nothing is uploaded,
// whoever says that he signed it; from the moment that its key is here, all is
//
func TestUntrustedBackup(t *testing.T) {
	h := newHouse(t, 52)
	phone := h.register("alice")
	phone.bootstrap()
	phone.learn(5)
	f := authority{t}
	mallory := f.signer(5)
	key, err := backup.NewKey(h.random)
	if err != nil {
		t.Fatal(err)
	}
	info := backup.NewInfo(key.Public())
	for _, id := range []string{"ed25519:" + string(phone.device), "ed25519:" + unpadded.Encode(slices.Clone(mallory.key.Public()))} {
		if info, err = info.Sign(string(phone.user), id, mallory.key); err != nil {
			t.Fatal(err)
		}
	}
	master := phone.master(phone)
	if info, err = info.Sign(string(phone.user), "ed25519:"+unpadded.Encode(master[:]), mallory.key); err != nil {
		t.Fatal(err)
	}
	if status, answer := phone.do("POST", "/room_keys/version", info.Content()); status != 200 {
		t.Fatal(string(answer))
	}
	phone.work(func(_ context.Context, w *e2ee.Work) error { w.LookForBackup(); return nil })
	h.settle()
	if s := phone.status().Backup; s.Trusted || s.Version == "" || phone.asked[e2ee.SaveKeys] != 0 {
		t.Errorf("%+v, %d uploads", s, phone.asked[e2ee.SaveKeys])
	}
	phone.learn(5)
	h.settle()
	if n := phone.asked[e2ee.SaveKeys]; n != 0 {
		t.Errorf("%d uploads", n)
	}
	// A backup of our own in its place is another matter.
	phone.work(func(_ context.Context, w *e2ee.Work) error { return w.NewBackup() })
	h.settle()
	if s := phone.status().Backup; !s.Trusted || s.Saved != 10 || s.Unsaved != 0 {
		t.Errorf("%+v", s)
	}
}

// TestSignedBackup: without its key a backup is trusted by the signature of the
// identity that this device verified.
func TestSignedBackup(t *testing.T) {
	h := newHouse(t, 53)
	phone := h.register("alice")
	phone.setup("")
	laptop := h.login("alice")
	h.settle()
	laptop.learn(3)
	h.settle()
	if s := laptop.status().Backup; s.Trusted || laptop.asked[e2ee.SaveKeys] != 0 {
		t.Errorf("before: %+v", s)
	}
	laptop.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.VerifyUser(ctx, phone.user, phone.master(phone))
	})
	h.settle()
	if s := laptop.status().Backup; !s.Trusted || s.Key || s.Saved != 3 {
		t.Errorf("after: %+v", s)
	}
	laptop.sayOther()
	if s := laptop.status().Backup; s.Trusted {
		t.Errorf("with another identity: %+v", s)
	}
}

// sayOther lets the server say that our user has another identity.
func (n *tenant) sayOther() {
	n.Helper()
	f, user := authority{n.T}, string(n.user)
	m, s, u := f.signer(0), f.signer(1), f.signer(2)
	n.say(n.user, said{f.object(user, "master", m), f.object(user, "self_signing", s, m), f.object(user, "user_signing", u, m)})
}

// TestBackupReplaced: a device that finds another version than it knew uploads
// nothing until it knows whose that is, and then everything.
func TestBackupReplaced(t *testing.T) {
	h := newHouse(t, 54)
	phone := h.register("alice")
	key := phone.setup("")
	laptop := h.login("alice")
	h.settle()
	if _, err := laptop.recover(key); err != nil {
		t.Fatal(err)
	}
	names := laptop.learn(120)
	h.settle()
	phone.restore()
	phone.work(func(_ context.Context, w *e2ee.Work) error { return w.NewBackup() })
	for phone.status().Backup.Version != "2" {
		phone.ask()
	}
	names = append(names, laptop.learn(3)...)
	h.settle()
	if s := laptop.status().Backup; s.Version != "2" || !s.Trusted || s.Key || s.Saved != 123 || s.Unsaved != 0 {
		t.Errorf("laptop: %+v", s)
	}
	phone.wipeKeys()
	if so := phone.restore(); so.Better != 123 || phone.has(names) != 123 {
		t.Errorf("%+v", so)
	}
	// Deleted: no more uploads, and no error.
	phone.bring(phone.machine.DeleteBackup())
	phone.bring(&e2ee.Request{Kind: e2ee.DeleteBackup, Method: "DELETE", Path: []string{"room_keys", "version", "1"}})
	laptop.learn(1)
	h.settle()
	if s := laptop.status().Backup; s.Version != "" || s.Trusted || s.Unsaved == 0 {
		t.Errorf("deleted: %+v", s)
	}
}

// TestImprovedDuringUpload: what became better while it was under way is saved
// again.
func TestImprovedDuringUpload(t *testing.T) {
	h := newHouse(t, 55)
	phone := h.register("alice")
	phone.setup("")
	name, whole := newSession(t, h.random, "!r:house")
	in, err := megolm.ImportInbound(whole.Get("session_key").Text())
	if err != nil {
		t.Fatal(err)
	}
	later, err := in.Export(5)
	if err != nil {
		t.Fatal(err)
	}
	part := read[map[string]json.RawMessage](t, whole)
	part["session_key"] = json.RawMessage(scan.Text(later))
	phone.take(e2ee.KeysOf(scan.Value(fmt.Sprintf("[%s]", written(part)))))
	uploads := phone.outgoing(e2ee.SaveKeys)
	if len(uploads) != 1 {
		t.Fatalf("%d uploads", len(uploads))
	}
	phone.take(e2ee.KeysOf(scan.Value(fmt.Sprintf("[%s]", whole))))
	phone.bring(&uploads[0])
	h.settle()
	_, answer := phone.do("GET", "/room_keys/keys?version=1", nil)
	got := answer.Path("rooms", string(name.Room), "sessions", name.Session, "first_message_index")
	if n, ok := got.AsInt(); !ok || n != 0 {
		t.Errorf("the backup has it from %s", got)
	}
}

func (n *tenant) outgoing(kind e2ee.Kind) []e2ee.Request {
	return slices.DeleteFunc(n.machine.Outgoing(), func(r e2ee.Request) bool { return r.Kind != kind })
}

// TestFetchOnDemand: a session that is missing is fetched once, and one that the
// backup does not have is not asked for again.
func TestFetchOnDemand(t *testing.T) {
	h := newHouse(t, 56)
	phone := h.register("alice")
	h.settle()
	names := phone.learn(4)
	key := phone.setup("")
	laptop := h.login("alice")
	h.settle()
	want := func(n *tenant, names ...e2ee.SessionName) {
		n.work(func(_ context.Context, w *e2ee.Work) error {
			for _, name := range names {
				w.WantKey(name)
			}
			return nil
		})
		h.settle()
	}
	want(laptop, names[0])
	if laptop.asked[e2ee.FetchKey] != 0 {
		t.Error("it asks for what it cannot open")
	}
	if _, err := laptop.recover(key); err != nil {
		t.Fatal(err)
	}
	absent := e2ee.SessionName{Room: "!0:house", Session: unpadded.Encode(make([]byte, 32))}
	want(laptop, names[1], absent, names[1], names[2])
	want(laptop, absent)
	if n := laptop.asked[e2ee.FetchKey]; laptop.has(names[:3]) != 3 || n != 4 {
		t.Errorf("has %d after %d requests", laptop.has(names[:3]), n)
	}
	var many []e2ee.SessionName
	for i := range 1000 {
		many = append(many, e2ee.SessionName{Room: "!0:house", Session: fmt.Sprint(i)})
	}
	want(laptop, many...)
	if n := laptop.asked[e2ee.FetchKey]; n > 210 {
		t.Errorf("%d requests", n)
	}
}

// TestHostileBackup: a session that is not the one it is said to be, is none.
func TestHostileBackup(t *testing.T) {
	h := newHouse(t, 57)
	phone := h.register("alice")
	h.settle()
	names := phone.learn(6)
	phone.setup("")
	r, err := phone.machine.FetchBackup("")
	if err != nil {
		t.Fatal(err)
	}
	_, answer := phone.send(r)
	type room = map[string]map[string]json.RawMessage
	body := read[map[string]map[string]room](t, answer)
	first, second := body["rooms"]["!0:house"]["sessions"], body["rooms"]["!1:house"]["sessions"]
	ids := slices.Sorted(maps.Keys(first))
	first[ids[0]], first[ids[1]] = first[ids[1]], first[ids[0]] // swapped
	other := slices.Sorted(maps.Keys(second))
	second[other[0]] = json.RawMessage(`{"session_data":{"ephemeral":"AAAA","ciphertext":"","mac":1}}`)
	phone.wipeKeys()
	keys, err := phone.machine.KeysOfBackup(r, written(body))
	if err != nil {
		t.Fatal(err)
	}
	if so := phone.take(keys); so.Better != 3 || so.Garbled != 3 || phone.has(names) != 3 {
		t.Errorf("%+v, has %d", so, phone.has(names))
	}
	for _, bad := range []string{`{}`, `[]`, `{"rooms":[]}`, `{"rooms":{"!r":{"sessions":{"x":null}}}}`} {
		keys, err := phone.machine.KeysOfBackup(r, scan.Value(bad))
		if err != nil {
			t.Fatal(err)
		}
		if so := phone.take(keys); so.Better != 0 {
			t.Errorf("%s: %+v", bad, so)
		}
	}
}

// TestTooLarge: an upload that is refused for its size becomes smaller until it
// passes, or stops.
func TestTooLarge(t *testing.T) {
	h := newHouse(t, 58)
	phone := h.register("alice")
	phone.setup("")
	phone.learn(90)
	refuse := func(most int) (n int) {
		for range 50 {
			uploads := phone.outgoing(e2ee.SaveKeys)
			if len(uploads) == 0 {
				phone.sync()
				if uploads = phone.outgoing(e2ee.SaveKeys); len(uploads) == 0 {
					return n
				}
			}
			n++
			if size := len(uploads[0].Body); size > most {
				phone.work(func(ctx context.Context, w *e2ee.Work) error { return w.Refused(ctx, &uploads[0], "M_TOO_LARGE") })
				continue
			}
			phone.bring(&uploads[0])
		}
		return n
	}
	refuse(10_000)
	if s := phone.status().Backup; s.Unsaved != 0 || s.Saved != 90 {
		t.Errorf("%+v", s)
	}
	phone.learn(9)
	if n := refuse(10); n > 10 || !phone.status().Backup.Refused {
		t.Errorf("%d attempts, %+v", n, phone.status().Backup)
	}
}

// TestBackupWithMautrix: each reads what the other wrote.
func TestBackupWithMautrix(t *testing.T) {
	h := newHouse(t, 59)
	phone := h.register("alice")
	h.settle()
	names := phone.learn(2)
	phone.setup("")
	secret, err := unpadded.Decode(phone.secret("m.megolm_backup.v1"))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := peer.MegolmBackupKeyFromBytes(secret)
	if err != nil {
		t.Fatal(err)
	}
	_, answer := phone.do("GET", "/room_keys/keys?version=1", nil)
	for _, name := range names {
		data := answer.Path("rooms", string(name.Room), "sessions", name.Session, "session_data")
		encrypted := read[peer.EncryptedSessionData[peer.MegolmSessionData]](t, data)
		ours, err := encrypted.Decrypt(theirs)
		if err != nil || ours.SessionKey == "" || ours.SenderKey == "" || ours.SenderClaimedKeys.Ed25519 == "" {
			t.Errorf("mautrix reads %+v, %v", ours, err)
			continue
		}
		again, err := peer.EncryptSessionData(theirs, ours)
		if err != nil {
			t.Fatal(err)
		}
		body := written(map[string]any{"first_message_index": 0, "forwarded_count": 0, "is_verified": true, "session_data": again})
		path := "/room_keys/keys/" + string(name.Room) + "/" + url.PathEscape(name.Session) + "?version=1"
		if status, answer := phone.do("PUT", path, body); status != 200 {
			t.Fatal(string(answer))
		}
	}
	phone.wipeKeys()
	if so := phone.restore(); so.Better != 2 || so.Garbled != 0 {
		t.Errorf("%+v", so)
	}
}

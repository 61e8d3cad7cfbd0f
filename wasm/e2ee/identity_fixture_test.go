package e2ee_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// fixture is one user's keys as another client made them.
type fixture struct {
	*testing.T
	scan.Value
}

func newFixture(t *testing.T) fixture {
	return fixture{t, scan.Value(conformance.Read(t, "e2ee-fixture.json"))}
}

func (f fixture) text(name string) string { return f.Get(name).Text() }

func (f fixture) user() string { return f.text("TEST_USER_ID") }

func (f fixture) key(name string) (key table.Key32) {
	f.Helper()
	b, err := unpadded.Decode(f.text(name))
	if err != nil || copy(key[:], b) != len(key) {
		f.Fatalf("%s is no key: %v", name, err)
	}
	return key
}

// device is a new device of a user, without a server.
func (f fixture) device(user string) *tenant {
	h := newHouse(f.T, 60)
	n := &tenant{house: h, user: event.UserID(user), device: "NEW", disk: mem.NewDisk(), data: map[string]scan.Value{}, asked: map[e2ee.Kind]int{}}
	n.start()
	return n
}

// answer answers a request of a kind that the device has.
func (n *tenant) answer(kind e2ee.Kind, body scan.Value) {
	n.Helper()
	all := n.outgoing(kind)
	if len(all) != 1 {
		n.Fatalf("%d requests to %s", len(all), kind)
	}
	n.work(func(ctx context.Context, w *e2ee.Work) error { return w.Answered(ctx, &all[0], body) })
}

// keys is an answer to a query of the fixture's user, with more devices.
func (f fixture) keys(more map[string]scan.Value) scan.Value {
	all := read[map[string]json.RawMessage](f.T, f.Get("SIGNED_CROSS_SIGNING_KEYS_DATA"))
	devices := keys{f.text("TEST_DEVICE_ID"): json.RawMessage(f.Get("SIGNED_TEST_DEVICE_DATA"))}
	for id, d := range more {
		devices[id] = json.RawMessage(d)
	}
	all["device_keys"] = json.RawMessage(written(map[string]keys{f.user(): devices}))
	return written(all)
}

func TestFixtureIdentity(t *testing.T) {
	f := newFixture(t)
	bob := f.device("@bob:localhost")
	bob.answer(e2ee.QueryKeys, scan.Value(`{"device_keys":{"@bob:localhost":{}}}`))
	bob.work(func(ctx context.Context, w *e2ee.Work) error {
		_, err := w.Write(ctx, event.UserID(f.user()), "m.dummy", scan.Value(`{}`))
		return err
	})
	bob.answer(e2ee.QueryKeys, f.keys(nil))
	devices, master, err := bob.machine.Begin().Devices(t.Context(), event.UserID(f.user()))
	if err != nil || master != f.key("MASTER_CROSS_SIGNING_PUBLIC_KEY_BASE64") || len(devices) != 1 ||
		devices[0].Key != f.key("TEST_DEVICE_PUBLIC_ED25519_KEY_BASE64") || devices[0].Trust != e2ee.TrustUnsigned {
		t.Errorf("%+v %x %v", devices, master, err)
	}
	if got := bob.identity(event.UserID(f.user())); got != e2ee.IdentityPinned {
		t.Errorf("identity: %d", got)
	}
}

// TestFixtureRecover: the private keys that another client made are taken, and
// what is signed with them holds for the public ones.
func TestFixtureRecover(t *testing.T) {
	f := newFixture(t)
	alice := f.device(f.user())
	var device scan.Value
	for _, r := range alice.outgoing(e2ee.UploadKeys) {
		device = r.Body.Get("device_keys").Clone()
	}
	alice.answer(e2ee.UploadKeys, scan.Value(`{"one_time_key_counts":{"signed_curve25519":50}}`))
	alice.answer(e2ee.QueryKeys, f.keys(map[string]scan.Value{"NEW": device}))
	alice.answer(e2ee.LookBackup, f.Get("SIGNED_BACKUP_DATA"))
	if s := alice.status(); s.Backup.Trusted || s.Backup.Version != "1" {
		t.Errorf("before: %+v", s.Backup)
	}
	v, last, err := alice.machine.NewVault(t.Context(), "", quickly)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range last {
		alice.data[d.Type] = d.Content
	}
	f.store(alice, v)
	var got e2ee.Recovered
	alice.work(func(ctx context.Context, w *e2ee.Work) (err error) {
		got, err = w.Recover(ctx, v, alice.account)
		return err
	})
	if s := alice.status(); !got.Identity || !got.Backup || got.Outdated != nil || s.Missing != nil || !s.Backup.Trusted {
		t.Errorf("%+v %+v", got, s)
	}
	alice.work(func(ctx context.Context, w *e2ee.Work) error {
		id := event.DeviceID(f.text("TEST_DEVICE_ID"))
		return w.VerifyDevice(ctx, alice.user, id, f.key("TEST_DEVICE_PUBLIC_ED25519_KEY_BASE64"))
	})
	requests := alice.outgoing(e2ee.UploadSignatures)
	if len(requests) != 1 {
		t.Fatalf("%d uploads", len(requests))
	}
	public := f.key("SELF_CROSS_SIGNING_PUBLIC_KEY_BASE64")
	for _, id := range []string{"NEW", f.text("TEST_DEVICE_ID")} {
		signed := requests[0].Body.Path(f.user(), id)
		verifier, err := curve25519.NewVerifier(public[:])
		if err == nil {
			err = signature.Check(signed, f.user(), "ed25519:"+f.text("SELF_CROSS_SIGNING_PUBLIC_KEY_BASE64"), verifier)
		}
		if err != nil {
			t.Errorf("%s: %v in %s", id, err, signed)
		}
	}
}

// store puts the fixture's secrets into a vault.
func (f fixture) store(n *tenant, v *e2ee.Vault) {
	f.Helper()
	id := n.data["m.secret_storage.default_key"].Get("key").Text()
	for name, member := range map[string]string{
		"m.cross_signing.master":       "MASTER_CROSS_SIGNING_PRIVATE_KEY_BASE64",
		"m.cross_signing.self_signing": "SELF_CROSS_SIGNING_PRIVATE_KEY_BASE64",
		"m.cross_signing.user_signing": "USER_CROSS_SIGNING_PRIVATE_KEY_BASE64",
		"m.megolm_backup.v1":           "BACKUP_DECRYPTION_KEY_BASE64",
	} {
		content, err := secretstorage.Encrypt(name, f.text(member), id, v.Key(), n.random)
		if err != nil {
			f.Fatal(err)
		}
		n.data[name] = content
	}
}

// TestFixtureBackup: what another client saved is fetched and decrypts its event.
func TestFixtureBackup(t *testing.T) {
	f := newFixture(t)
	encrypted := f.Get("ENCRYPTED_EVENT")
	id := encrypted.Path("content", "session_id").Text()
	name := e2ee.SessionName{Room: event.RoomID(f.text("TEST_ROOM_ID")), Session: id}
	ready := func() *tenant {
		alice := f.device(f.user())
		alice.answer(e2ee.QueryKeys, f.keys(nil))
		alice.answer(e2ee.LookBackup, f.Get("SIGNED_BACKUP_DATA"))
		v, last, err := alice.machine.NewVault(t.Context(), "", quickly)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range last {
			alice.data[d.Type] = d.Content
		}
		f.store(alice, v)
		alice.work(func(ctx context.Context, w *e2ee.Work) error {
			_, err := w.Recover(ctx, v, alice.account)
			return err
		})
		return alice
	}
	for way, get := range map[string]func(*tenant){
		"one session": func(n *tenant) {
			n.work(func(_ context.Context, w *e2ee.Work) error { w.WantKey(name); return nil })
			n.answer(e2ee.FetchKey, f.Get("CURVE25519_KEY_BACKUP_DATA"))
		},
		"a room": func(n *tenant) {
			r, err := n.machine.FetchBackup(name.Room)
			if err != nil {
				t.Fatal(err)
			}
			keys, err := n.machine.KeysOfBackup(r, written(map[string]json.RawMessage{"sessions": json.RawMessage(f.Get("PER_ROOM_CURVE25519_KEY_BACKUP_DATA"))}))
			if err != nil {
				t.Fatal(err)
			}
			n.take(keys)
		},
	} {
		alice := ready()
		get(alice)
		var got []byte
		for _, rec := range alice.disk.Records(table.Inbound) {
			s, err := table.DecodeInboundSession(rec.Value)
			if err != nil {
				t.Fatal(err)
			}
			in, err := megolm.OpenInbound(s.Record)
			if err != nil || in.ID() != id {
				t.Fatalf("%s: %v", way, err)
			}
			got = in.Decrypt(encrypted.Path("content", "ciphertext").Text()).Text
		}
		if clear := f.Get("CLEAR_EVENT"); scan.Value(got).Path("content", "body").Text() != clear.Path("content", "body").Text() || len(got) == 0 {
			t.Errorf("%s: %s, want %s", way, got, clear)
		}
	}
}

// TestFixtureFile: the sessions of a file are those that a file of ours has. What
// the fixture calls the same session later is another (see wasm/megolm's test of
// it), and takes nothing away.
func TestFixtureFile(t *testing.T) {
	f := newFixture(t)
	alice := f.device(f.user())
	all := f.Get("MEGOLM_SESSION_DATA_ARRAY")
	if so := alice.take(e2ee.KeysOf(all)); so.Better != so.Done || so.Garbled != 0 || so.Done == 0 {
		t.Fatalf("%+v", so)
	}
	whole, later := f.Get("MEGOLM_SESSION_DATA"), f.Get("RATCHTED_MEGOLM_SESSION_DATA")
	list := func(v scan.Value) *e2ee.Keys { return e2ee.KeysOf(scan.Value("[" + string(v) + "]")) }
	for _, step := range []struct {
		v      scan.Value
		better int
	}{{whole, 1}, {later, 0}, {whole, 0}} {
		if so := alice.take(list(step.v)); so.Better != step.better {
			t.Errorf("%+v, want %d", so, step.better)
		}
	}
	file, err := alice.machine.Export(t.Context(), func(event.RoomID) bool { return true }, func(int) {}, "sesame", quickly)
	if err != nil {
		t.Fatal(err)
	}
	ours := alice.plain(file, "sesame")
	want := append(slices.Collect(all.Items()), whole)
	for _, one := range want {
		i := slices.IndexFunc(ours, func(v scan.Value) bool { return v.Get("session_id").Text() == one.Get("session_id").Text() })
		if i < 0 {
			t.Errorf("session %s is not in the file", one.Get("session_id"))
			continue
		}
		for _, member := range []string{"algorithm", "room_id", "sender_key", "session_key"} {
			if got := ours[i].Get(member).Text(); got != one.Get(member).Text() {
				t.Errorf("%s is %s, want %s", member, got, one.Get(member))
			}
		}
		if got := ours[i].Path("sender_claimed_keys", "ed25519").Text(); got != one.Path("sender_claimed_keys", "ed25519").Text() {
			t.Errorf("claimed key is %s", got)
		}
	}
	if len(ours) != len(want) {
		t.Errorf("%d sessions, want %d", len(ours), len(want))
	}
}

// TestFixtureKeys: each private key makes the public one that another client
// published as being for that use.
func TestFixtureKeys(t *testing.T) {
	f := newFixture(t)
	for i, name := range []string{"MASTER", "SELF", "USER"} {
		private, public := f.key(name+"_CROSS_SIGNING_PRIVATE_KEY_BASE64"), f.key(name+"_CROSS_SIGNING_PUBLIC_KEY_BASE64")
		key, err := curve25519.NewSigningKey(private[:])
		if err != nil || table.Key32(key.Public()) != public {
			t.Errorf("%s: %v", name, err)
		}
		id := "ed25519:" + f.text(name+"_CROSS_SIGNING_PUBLIC_KEY_BASE64")
		expect(t, name, f.Get("SIGNED_CROSS_SIGNING_KEYS_DATA").Path(saidMembers[i], f.user(), "keys", id).Text(), id[len("ed25519:"):])
	}
}

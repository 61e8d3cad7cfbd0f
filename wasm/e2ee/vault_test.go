package e2ee_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"maunium.net/go/mautrix/crypto/signatures"
	"maunium.net/go/mautrix/crypto/ssss"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/recovery"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// quickly stands for PBKDF2 with its rounds.
func quickly(ctx context.Context, phrase string, salt []byte, rounds, size int) ([]byte, error) {
	return passphrase.InGo(ctx, phrase, salt, 1+rounds%7, size)
}

// setup is all that a first device does: identity, backup, secret storage.
func (n *tenant) setup(phrase string) (recoveryKey string) {
	n.Helper()
	n.bootstrap()
	n.work(func(_ context.Context, w *e2ee.Work) error { return w.NewBackup() })
	n.settle()
	v, last, err := n.machine.NewVault(n.Context(), phrase, quickly)
	if err != nil {
		n.Fatal(err)
	}
	first, err := n.machine.Store(n.Context(), v)
	if err != nil {
		n.Fatal(err)
	}
	n.write(append(first, last...)...)
	return v.RecoveryKey()
}

func (n *tenant) recover(typed string) (e2ee.Recovered, error) {
	n.Helper()
	v, err := e2ee.OpenVault(n.Context(), n.account, typed, quickly)
	if err != nil {
		return e2ee.Recovered{}, err
	}
	var r e2ee.Recovered
	again := true
	for again {
		n.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			r, err = w.Recover(ctx, v, n.account)
			if again = errors.Is(err, e2ee.ErrNotKnown); again { // it was started again
				return nil
			}
			return err
		})
		n.settle()
	}
	return r, nil
}

// TestRecover: a second device has everything by the recovery key or the
// passphrase, others see that its user signed it, and nothing else opens it.
func TestRecover(t *testing.T) {
	h := newHouse(t, 30)
	phone, bob := h.register("alice"), h.register("bob")
	h.meet(phone, bob)
	if e2ee.HasVault(phone.account) {
		t.Error("a vault before there is one")
	}
	key := phone.setup("sesame")
	for _, typed := range []string{key, "sesame", strings.ReplaceAll(key, " ", "")} {
		laptop := h.login("alice")
		h.settle()
		if !e2ee.HasVault(laptop.account) || bob.trust(laptop) != e2ee.TrustUnsigned {
			t.Fatalf("before: %d", bob.trust(laptop))
		}
		for _, wrong := range []string{"", "sesam", key[:len(key)-1] + "z", recovery.Encode([32]byte{1})} {
			if _, err := laptop.recover(wrong); !errors.Is(err, secretstorage.ErrKey) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		r, err := laptop.recover(typed)
		if err != nil || !r.Identity || !r.Backup || r.Outdated != nil {
			t.Errorf("%+v, %v", r, err)
		}
		s := laptop.status()
		if !s.Signed || !s.Private || s.Identity != e2ee.IdentityVerified || !s.Backup.Trusted || !s.Backup.Key || s.Missing != nil {
			t.Errorf("after: %+v", s)
		}
		if bob.trust(laptop) != e2ee.TrustSigned || phone.trust(laptop) != e2ee.TrustVerified || laptop.trust(phone) != e2ee.TrustVerified {
			t.Errorf("after: %d %d %d", bob.trust(laptop), phone.trust(laptop), laptop.trust(phone))
		}
	}
}

// TestOutdatedSecrets: what is stored but not of what the server has is not used,
// nor is what was changed so that its MAC still holds.
func TestOutdatedSecrets(t *testing.T) {
	h := newHouse(t, 31)
	phone := h.register("alice")
	key := phone.setup("")
	spoil := func(kind string) {
		content := read[map[string]map[string]map[string]string](t, phone.data[kind])
		for id := range content["encrypted"] {
			iv, err := unpadded.Decode(content["encrypted"][id]["iv"])
			if err != nil {
				t.Fatal(err)
			}
			iv[15] ^= 1 // outside of what the MAC is over
			content["encrypted"][id]["iv"] = unpadded.Encode(iv)
		}
		phone.write(e2ee.Datum{Type: kind, Content: written(content)})
	}
	spoil("m.cross_signing.self_signing")
	spoil("m.megolm_backup.v1")
	laptop := h.login("alice")
	h.settle()
	r, err := laptop.recover(key)
	if err != nil || r.Identity || r.Backup || !slices.Equal(r.Outdated, []string{"m.cross_signing.self_signing", "m.megolm_backup.v1"}) {
		t.Errorf("%+v, %v", r, err)
	}
	if s := laptop.status(); s.Signed || s.Private || s.Backup.Key {
		t.Errorf("%+v", s)
	}
	phone.replaceIdentity()
	tablet := h.login("alice")
	h.settle()
	r, err = tablet.recover(key)
	if s := tablet.status(); err != nil || r.Identity || s.Identity != e2ee.IdentityPinned || len(r.Outdated) != 4 {
		t.Errorf("after a reset: %+v, %v, %+v", r, err, s)
	}
}

// TestUnprovenKey: where nothing says which key is the right one, nothing new is
// encrypted before a secret has shown it (FEATURES 2-13).
func TestUnprovenKey(t *testing.T) {
	h := newHouse(t, 32)
	phone := h.register("alice")
	key := phone.setup("sesame")
	id := phone.data["m.secret_storage.default_key"].Get("key").Text()
	said := read[map[string]json.RawMessage](t, phone.data["m.secret_storage.key."+id])
	delete(said, "mac")
	phone.write(e2ee.Datum{Type: "m.secret_storage.key." + id, Content: written(said)})
	open := func(typed string) *e2ee.Vault {
		v, err := e2ee.OpenVault(t.Context(), phone.account, typed, quickly)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	wrong, right := open("sesam"), open(key)
	for _, v := range []*e2ee.Vault{wrong, right} {
		if _, err := phone.machine.Store(t.Context(), v); !errors.Is(err, e2ee.ErrUnproven) {
			t.Errorf("%v", err)
		}
		phone.work(func(ctx context.Context, w *e2ee.Work) error {
			_, err := w.Recover(ctx, v, phone.account)
			return err
		})
	}
	if _, err := phone.machine.Store(t.Context(), wrong); !errors.Is(err, e2ee.ErrUnproven) {
		t.Errorf("the wrong key: %v", err)
	}
	if all, err := phone.machine.Store(t.Context(), right); err != nil || len(all) != 4 {
		t.Errorf("the right key: %d, %v", len(all), err)
	}
}

// TestVaultWithMautrix: each reads what the other wrote.
func TestVaultWithMautrix(t *testing.T) {
	h := newHouse(t, 33)
	phone := h.register("alice")
	typed := phone.setup("")
	id := phone.data["m.secret_storage.default_key"].Get("key").Text()
	meta := read[ssss.KeyMetadata](t, phone.data["m.secret_storage.key."+id])
	theirs, err := meta.VerifyRecoveryKey(id, typed)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string][]byte{}
	for _, name := range []string{"m.cross_signing.master", "m.cross_signing.self_signing", "m.cross_signing.user_signing", "m.megolm_backup.v1"} {
		content := read[ssss.EncryptedAccountDataEventContent](t, phone.data[name])
		if secrets[name], err = content.Decrypt(name, theirs); err != nil || len(secrets[name]) != 32 {
			t.Errorf("%s: %d, %v", name, len(secrets[name]), err)
		}
	}
	// A storage that mautrix makes of the same secrets.
	fresh, err := ssss.NewKey("")
	if err != nil {
		t.Fatal(err)
	}
	other := map[string]scan.Value{"m.secret_storage.default_key": written(map[string]string{"key": fresh.ID})}
	other["m.secret_storage.key."+fresh.ID] = written(fresh.Metadata)
	for name, secret := range secrets {
		encrypted := map[string]any{"encrypted": map[string]any{fresh.ID: fresh.Encrypt(name, secret)}}
		other[name] = written(encrypted)
	}
	laptop := h.login("alice")
	h.settle()
	laptop.data = other
	r, err := laptop.recover(fresh.RecoveryKey())
	if err != nil || !r.Identity || !r.Backup {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestSignaturesWithMautrix: it finds genuine what we upload.
func TestSignaturesWithMautrix(t *testing.T) {
	h := newHouse(t, 34)
	alice := h.register("alice")
	h.settle()
	alice.work(func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, false) })
	body := alice.machine.UploadIdentity(nil).Body
	var master id.Ed25519
	for _, key := range body.Path("master_key", "keys").Members() {
		master = id.Ed25519(key.Text())
	}
	device := alice.ed25519()
	for member, by := range map[string]struct {
		name string
		key  id.Ed25519
	}{
		"master_key":       {string(alice.device), id.Ed25519(unpadded.Encode(device[:]))},
		"self_signing_key": {master.String(), master},
		"user_signing_key": {master.String(), master},
	} {
		ok, err := signatures.VerifySignatureJSON(json.RawMessage(body.Get(member)), id.UserID(alice.user), by.name, by.key)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", member, ok, err)
		}
	}
}

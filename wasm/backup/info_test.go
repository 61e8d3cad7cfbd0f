package backup_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"maunium.net/go/mautrix/crypto/signatures"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const alice = "@alice:localhost"

func verifier(t testing.TB, public []byte) *curve25519.Verifier {
	t.Helper()
	v, err := curve25519.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFixtureSignature(t *testing.T) {
	fixture := scan.Value(conformance.Read(t, "e2ee-fixture.json"))
	info, err := backup.ParseInfo(fixture.Get("SIGNED_BACKUP_DATA"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := unpadded.Decode(fixture.Get("TEST_DEVICE_PUBLIC_ED25519_KEY_BASE64").Text())
	if err != nil {
		t.Fatal(err)
	}
	if err := info.Check(alice, "ed25519:test_device", verifier(t, public)); err != nil {
		t.Error(err)
	}
	if err := info.Check(alice, "ed25519:other", verifier(t, public)); !errors.Is(err, signature.ErrMissing) {
		t.Error(err)
	}
}

// TestSign: a device and the master key sign one after the other, and each
// signature holds for what the server gives back, for us and for mautrix, but
// not for another public key.
func TestSign(t *testing.T) {
	random := source(6)
	key := newKey(t, random)
	info := backup.NewInfo(key.Public())
	signers := map[string]*curve25519.SigningKey{}
	for range 2 {
		signer, _, err := curve25519.GenerateSigningKey(random)
		if err != nil {
			t.Fatal(err)
		}
		keyID := "ed25519:" + unpadded.Encode(signer.Public())
		signers[keyID] = signer
		if info, err = info.Sign(alice, keyID, signer); err != nil {
			t.Fatal(err)
		}
	}
	version := `{"version":"1","count":0,"etag":"","algorithm":` + strings.TrimPrefix(string(info.Content()), `{"algorithm":`)
	if !strings.Contains(version, `"m.megolm_backup.v1`) || !scan.Valid([]byte(version)) {
		t.Fatal(version)
	}
	answer := []byte(version)
	said, err := backup.ParseInfo(answer)
	if err != nil || !key.Opens(said) {
		t.Fatalf("%s: %v", version, err)
	}
	clear(answer) // whoever fetched it may use the bytes again
	public := key.Public()
	other := newKey(t, random).Public()
	forged, err := backup.ParseInfo(scan.Value(strings.Replace(version, unpadded.Encode(public[:]), unpadded.Encode(other[:]), 1)))
	if err != nil || key.Opens(forged) {
		t.Fatal(err)
	}
	for keyID, signer := range signers {
		v := verifier(t, signer.Public())
		if err := said.Check(alice, keyID, v); err != nil {
			t.Error(err)
		}
		if err := forged.Check(alice, keyID, v); !errors.Is(err, signature.ErrForged) {
			t.Errorf("forged: %v", err)
		}
		if err := said.Check("@bob:localhost", keyID, v); !errors.Is(err, signature.ErrMissing) {
			t.Errorf("of another: %v", err)
		}
		name := strings.TrimPrefix(keyID, "ed25519:")
		authData := json.RawMessage(said.Content().Get("auth_data"))
		if ok, err := signatures.VerifySignatureJSON(authData, alice, name, id.Ed25519(name)); !ok {
			t.Errorf("mautrix says %v", err)
		}
	}
}

func TestGarbledInfo(t *testing.T) {
	good := newKey(t, source(7)).Public()
	content := string(backup.NewInfo(good).Content())
	public := unpadded.Encode(good[:])
	for change, want := range map[[2]string]error{
		{public, public + "="}:                nil,
		{backup.Algorithm, "x"}:               backup.ErrAlgorithm,
		{`"algorithm"`, `"x"`}:                backup.ErrAlgorithm,
		{`"auth_data"`, `"x"`}:                backup.ErrKey,
		{`"public_key"`, `"x"`}:               backup.ErrKey,
		{`"public_key":"`, `"public_key":"*`}: backup.ErrKey,
		{public, public[:42]}:                 backup.ErrKey,
		{public, public + "AA"}:               backup.ErrKey,
		{`"` + public + `"`, `[]`}:            backup.ErrKey,
	} {
		changed := strings.Replace(content, change[0], change[1], 1)
		if changed == content {
			t.Fatalf("no %s", change[0])
		}
		if info, err := backup.ParseInfo(scan.Value(changed)); !errors.Is(err, want) || err != nil && info.Public != (backup.PublicKey{}) {
			t.Errorf("%s: %v, want %v", changed, err, want)
		}
	}
}

// FuzzInfo: what is read of a backup is read again of what we say of it.
func FuzzInfo(f *testing.F) {
	f.Add([]byte(`{"algorithm":"m.megolm_backup.v1.curve25519-aes-sha2","auth_data":{"public_key":"hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo","signatures":{}}}`))
	f.Fuzz(func(t *testing.T, version []byte) {
		info, err := backup.ParseInfo(version)
		if err != nil || !scan.Valid(version) {
			return
		}
		if again, err := backup.ParseInfo(info.Content()); err != nil || again.Public != info.Public || !scan.Valid(info.Content()) {
			t.Fatalf("%s: %v", info.Content(), err)
		}
	})
}

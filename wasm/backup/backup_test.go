package backup_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	peer "maunium.net/go/mautrix/crypto/backup"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/recovery"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// known is a session that libolm encrypted, from mautrix's tests.
const (
	knownKey    = "ReSMMZeRtDSdrwXzu2OvN0B73KUXkYPt3kaYfFIkw10"
	known       = `{"ciphertext":"hDCjEbyi2uMXt3RBWe9mRdeqhcoraPR84/cq5ll16LIIIICJ8ZLmiWG5IwmGqDFmd3Jw20cNo49b38LH3oBJUl5DG44VdjoI4nlgAzaMSLwMZ7JFGt0Enu1Csfgpvgt1qksTP6QB7YDwITD33iL7ucco1iOl7ABGzhyjCi2iZ3A6Xmx3RsAmHhmU5gJWE6/lIoI6/lh7dZFSfp4RTGfxQ8ToCCIsrgdx1weViv4I4ArXfcrdnaprPzP4cH77Ej1Wg1/bUHtB4C8nOiX+cYnOG29NbTHbtQF14zJpA+2XM2JngiLkss+NQj96PQzgPNhAMEFOLLy5ckY1WvS4sMMeCVzAyt5dwEGDcyxLTC4oJ/RrvLcHCHW0aOygPSlNoMRyDgC0f92+mPQGAmFv4GhfDFXfaauBxBdRAPjXj7Onn2B4UdfwQXGLT3RAihba8i9usOX5hLxqQqvtA3SUuV8hPrzHhpPEeRvx+PgZsXwV+gM7Aw3Mza6hwmILdngJh7NNQTINsCRqff9Ck3Kh7aSOoHsHvz7Ot+T514ObDwWYYCBMmS/6EG4XjSya6R98ggRWGrO9l21YYUvzBTv7OLtMck0Za3151Zqi/5LRKP95QIU","ephemeral":"o43y/Mck1DExWdHr0+qbPJbjzO97+RH1mw6phLhYQj0","mac":"Mnt8eXwFfjw"}`
	knownSender = "JUUfV6vErSATm3rIOU9DML+IX1SlYxnAAS824xhbhC4"
)

func source(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func newKey(t testing.TB, random *rand.ChaCha8) *backup.Key {
	t.Helper()
	key, err := backup.NewKey(random)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func keyOf(t testing.TB, private string) *backup.Key {
	t.Helper()
	b, err := unpadded.Decode(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := backup.KeyOf(b)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestVector(t *testing.T) {
	session, err := keyOf(t, knownKey).Decrypt(scan.Value(known))
	if err != nil || !scan.Valid(session) || scan.Value(session).Get("sender_key").Text() != knownSender {
		t.Errorf("%v", err)
	}
}

// TestFixture restores a backup that another client wrote, by the recovery key.
func TestFixture(t *testing.T) {
	fixture := scan.Value(conformance.Read(t, "e2ee-fixture.json"))
	private, err := recovery.Decode(fixture.Get("BACKUP_DECRYPTION_KEY_BASE58").Text())
	if err != nil {
		t.Fatal(err)
	}
	key, err := backup.KeyOf(private[:])
	if err != nil {
		t.Fatal(err)
	}
	info, err := backup.ParseInfo(fixture.Get("SIGNED_BACKUP_DATA"))
	if err != nil || !key.Opens(info) || key.Private() != private || key.Public() != info.Public {
		t.Errorf("%+v, %v", info, err)
	}
	if keyOf(t, fixture.Get("BACKUP_DECRYPTION_KEY_BASE64_ALT").Text()).Opens(info) {
		t.Error("another key opens it")
	}
	session, err := key.Decrypt(fixture.Path("CURVE25519_KEY_BACKUP_DATA", "session_data"))
	want := fixture.Get("MEGOLM_SESSION_DATA")
	if err != nil || scan.Value(session).Get("session_key").Text() != want.Get("session_key").Text() {
		t.Error(err)
	}
}

// TestRoundTrip: what is encrypted for a key opens with it alone, and no two
// times in the same form.
func TestRoundTrip(t *testing.T) {
	random := source(1)
	key, other := newKey(t, random), newKey(t, random)
	for n := range 50 {
		session := bytes.Repeat([]byte{'x'}, n)
		data, err := key.Public().Encrypt(session, random)
		if err != nil || !scan.Valid(data) {
			t.Fatalf("%s, %v", data, err)
		}
		if got, err := key.Decrypt(data); err != nil || !bytes.Equal(got, session) {
			t.Errorf("%d bytes: %q, %v", n, got, err)
		}
		if got, err := other.Decrypt(data); !errors.Is(err, backup.ErrOtherKey) || got != nil {
			t.Errorf("another key: %q, %v", got, err)
		}
		if again, err := key.Public().Encrypt(session, random); err != nil || again.Get("ciphertext").Text() == data.Get("ciphertext").Text() {
			t.Errorf("twice the same: %s, %v", again, err)
		}
	}
}

// TestChanged is P-1: each bit of the ephemeral key and the MAC counts. One of the
// ciphertext does not, as the spec has it, but is never the session.
func TestChanged(t *testing.T) {
	random := source(2)
	key := newKey(t, random)
	session := []byte(`{"session_key":"some key of a session"}`)
	data, err := key.Public().Encrypt(session, random)
	if err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{"ephemeral", "ciphertext", "mac"} {
		text := data.Get(member).Text()
		whole, err := unpadded.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		with := func(changed []byte) scan.Value {
			return scan.Value(strings.Replace(string(data), text, unpadded.Encode(changed), 1))
		}
		for bit := range 8 * len(whole) {
			if member == "ephemeral" && bit == 255 {
				continue // X25519 ignores it (RFC 7748, section 5)
			}
			changed := bytes.Clone(whole)
			changed[bit/8] ^= 1 << (bit % 8)
			got, err := key.Decrypt(with(changed))
			if bytes.Equal(got, session) || err != nil && got != nil || member != "ciphertext" && !errors.Is(err, backup.ErrOtherKey) {
				t.Errorf("%s, bit %d: %q, %v", member, bit, got, err)
			}
		}
		for n := range len(whole) {
			if got, err := key.Decrypt(with(whole[:n])); bytes.Equal(got, session) || err == nil && (member != "ciphertext" || n%16 != 0) {
				t.Errorf("%d bytes of %s: %q, %v", n, member, got, err)
			}
		}
	}
}

// TestGarbled: also a public key whose secrets everybody knows is none.
func TestGarbled(t *testing.T) {
	zero := strings.Repeat("A", 43)
	key := keyOf(t, knownKey)
	for change, want := range map[[2]string]error{
		{`"ciphertext"`, `"x"`}:                               backup.ErrGarbled,
		{`"ephemeral"`, `"x"`}:                                backup.ErrGarbled,
		{`"mac"`, `"x"`}:                                      backup.ErrOtherKey,
		{`"mac":"`, `"mac":"**`}:                              backup.ErrGarbled,
		{`"ciphertext":"`, `"mac":"*`}:                        backup.ErrGarbled,
		{`"ciphertext":"hDCj`, `"ciphertext":"`}:              backup.ErrGarbled,
		{`o43y/Mck1DExWdHr0+qbPJbjzO97+RH1mw6phLhYQj0`, zero}: backup.ErrGarbled,
		{`Mnt8eXwFfjw`, `Mnt8eXwFfjwA`}:                       backup.ErrOtherKey,
		{`Mnt8eXwFfjw`, `Mnt8eXwFfjw=`}:                       nil,
		{`{`, `[`}:                                            backup.ErrGarbled,
	} {
		changed := strings.Replace(known, change[0], change[1], 1)
		if changed == known {
			t.Fatalf("no %s", change[0])
		}
		if got, err := key.Decrypt(scan.Value(changed)); !errors.Is(err, want) || err != nil && got != nil {
			t.Errorf("%s instead of %s: %q, %v; want %v", change[1], change[0], got, err, want)
		}
	}
	if data, err := (backup.PublicKey{}).Encrypt([]byte("x"), source(1)); !errors.Is(err, backup.ErrKey) || data != nil {
		t.Errorf("encrypted for 0: %s, %v", data, err)
	}
	if data, err := key.Public().Encrypt([]byte("x"), bytes.NewReader(make([]byte, 31))); err == nil || data != nil {
		t.Errorf("encrypted without randomness: %s", data)
	}
	for _, n := range []int{0, 31, 33} {
		if key, err := backup.KeyOf(make([]byte, n)); !errors.Is(err, backup.ErrKey) || key != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// TestPeer: mautrix reads what we write, and we what mautrix writes.
func TestPeer(t *testing.T) {
	key := newKey(t, source(3))
	private := key.Private()
	theirs, err := peer.MegolmBackupKeyFromBytes(private[:])
	if err != nil {
		t.Fatal(err)
	}
	if public := key.Public(); !bytes.Equal(theirs.PublicKey().Bytes(), public[:]) {
		t.Errorf("mautrix has the public key %x", theirs.PublicKey().Bytes())
	}
	const session = `{"session_key":"a key"}`
	ours, err := key.Public().Encrypt([]byte(session), source(4))
	if err != nil {
		t.Fatal(err)
	}
	var read peer.EncryptedSessionData[map[string]string]
	if err := json.Unmarshal(ours, &read); err != nil {
		t.Fatal(err)
	}
	if got, err := read.Decrypt(theirs); err != nil || (*got)["session_key"] != "a key" {
		t.Errorf("mautrix reads %v, %v", got, err)
	}
	written, err := peer.EncryptSessionData(theirs, map[string]string{"session_key": "a key"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := key.Decrypt(data); err != nil || string(got) != session {
		t.Errorf("%q, %v", got, err)
	}
}

// FuzzDecrypt: we and mautrix read the same, whatever the server says.
func FuzzDecrypt(f *testing.F) {
	f.Add([]byte(known))
	f.Add([]byte(`{"ciphertext":"","ephemeral":"AQ","mac":"=="}`))
	key := keyOf(f, knownKey)
	private := key.Private()
	theirs, err := peer.MegolmBackupKeyFromBytes(private[:])
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := key.Decrypt(data)
		var read peer.EncryptedSessionData[json.RawMessage]
		if !scan.Valid(data) || json.Unmarshal(data, &read) != nil || read.Ephemeral.PublicKey == nil {
			return // mautrix wants valid JSON without padding
		}
		want, peerErr := read.Decrypt(theirs)
		if peerErr == nil && (err != nil || !bytes.Equal(got, *want)) || err == nil && scan.Valid(got) && peerErr != nil {
			t.Fatalf("%s: %q, %v; mautrix says %v", data, got, err, peerErr)
		}
	})
}

package secretstorage_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/recovery"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// What mautrix and matrix-js-sdk wrote: two keys with their descriptions, and a
// secret for the first.
const (
	key1     = "EsTE s92N EtaX s2h6 VQYF 9Kao tHYL mkyL GKMh isZb KJ4E tvoC"
	key1Said = `{"algorithm":"m.secret_storage.v1.aes-hmac-sha2","passphrase":{"algorithm":"m.pbkdf2","iterations":500000,
		"salt":"y863BOoqOadgDp8S3FtHXikDJEalsQ7d"},"iv":"xxkTK0L4UzxgAFkQ6XPwsw","mac":"MEhooO0ZhFJNxUhvRMSxBnJfL20wkLgle3ocY0ee/eA"}`
	key1ID     = "gEJqbfSEMnP5JXXcukpXEX1l0aI3MDs0"
	key1Phrase = "correct horse battery staple"
	key2       = "EsUC xSxt XJgQ dz19 8WBZ rHdE GZo7 ybsn EFmG Y5HY MDAG GNWe"
	key2Said   = `{"algorithm":"m.secret_storage.v1.aes-hmac-sha2","iv":"O0BOvTqiIAYjC+RMcyHfWw==","mac":"7k6OruQlWg0UmQjxGZ0ad4Q6DdwkgnoI7G6X3IjBYtI="}`
	master     = "m.cross_signing.master"
	masterSaid = `{"encrypted":{"gEJqbfSEMnP5JXXcukpXEX1l0aI3MDs0":{"iv":"BpKP9nQJTE9jrsAssoxPqQ==",
		"ciphertext":"fNRiiiidezjerTgV+G6pUtmeF3izzj5re/mVvY0hO2kM6kYGrxLuIu2ej80=","mac":"/gWGDGMyOLmbJp+aoSLh5JxCs0AdS6nAhjzpe+9G2Q0="}}}`
)

func source(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

func recovered(t testing.TB, text string) secretstorage.Key {
	t.Helper()
	key, err := recovery.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestVector(t *testing.T) {
	secret, err := secretstorage.Decrypt(master, scan.Value(masterSaid), key1ID, recovered(t, key1))
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{
		0x68, 0xf9, 0x7f, 0xd1, 0x92, 0x2e, 0xec, 0xf6, 0xb8, 0x2b, 0xb8, 0x90, 0xd2, 0x4d, 0x06, 0x52,
		0x98, 0x4e, 0x7a, 0x1d, 0x70, 0x3b, 0x9e, 0x86, 0x7b, 0x7e, 0xba, 0xf7, 0xfe, 0xb9, 0x5b, 0x6f,
	}
	if got, err := unpadded.Decode(secret); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x, %v", got, err)
	}
}

// TestRoundTrip: what was encrypted for a key, with a name, opens so and in no
// other way.
func TestRoundTrip(t *testing.T) {
	random := source(1)
	key, other := newKey(t, random), newKey(t, random)
	for _, secret := range []string{"", "x", strings.Repeat("secret ", 1000), "\x00\xff"} {
		for _, name := range []string{master, "", "é \"\\"} {
			content, err := secretstorage.Encrypt(name, secret, "a/+\"id", key, random)
			if err != nil || !scan.Valid(content) || secret == "x" && strings.Contains(string(content), "=") {
				t.Fatalf("%s, %v", content, err)
			}
			if got, err := secretstorage.Decrypt(name, content, "a/+\"id", key); err != nil || got != secret {
				t.Errorf("%q is decrypted to %q, %v", secret, got, err)
			}
			for _, c := range []struct {
				name, id string
				key      secretstorage.Key
				want     error
			}{
				{name, "a/+\"id", other, secretstorage.ErrForged},
				{name + "2", "a/+\"id", key, secretstorage.ErrForged},
				{name, "id", key, secretstorage.ErrMissing},
			} {
				if got, err := secretstorage.Decrypt(c.name, content, c.id, c.key); !errors.Is(err, c.want) || got != "" {
					t.Errorf("%q, %v; want %v", got, err, c.want)
				}
			}
		}
	}
}

// TestChanged is P-1: every bit of the ciphertext and the MAC counts, as does their
// length. The IV is not authentic, but changed it gives no secret.
func TestChanged(t *testing.T) {
	random := source(2)
	key := newKey(t, random)
	const secret = "some secret of 32 bytes, in text"
	content, err := secretstorage.Encrypt(master, secret, "id", key, random)
	if err != nil {
		t.Fatal(err)
	}
	for member, wants := range map[string][2]error{ // changed, cut
		"iv":         {nil, secretstorage.ErrGarbled},
		"ciphertext": {secretstorage.ErrForged, secretstorage.ErrForged},
		"mac":        {secretstorage.ErrForged, secretstorage.ErrGarbled},
	} {
		text := content.Path("encrypted", "id", member).Text()
		whole, err := unpadded.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		try := func(changed []byte, want error) {
			t.Helper()
			forged := scan.Value(strings.Replace(string(content), text, unpadded.Encode(changed), 1))
			if got, err := secretstorage.Decrypt(master, forged, "id", key); !errors.Is(err, want) || got == secret || err != nil && got != "" {
				t.Errorf("%s %x: %q, %v", member, changed, got, err)
			}
		}
		for bit := range 8 * len(whole) {
			changed := bytes.Clone(whole)
			changed[bit/8] ^= 1 << (bit % 8)
			try(changed, wants[0])
		}
		for n := range len(whole) {
			try(whole[:n], wants[1])
		}
	}
}

func TestGarbled(t *testing.T) {
	key := recovered(t, key1)
	for change, want := range map[[2]string]error{
		{`==`, ``}:                       nil,
		{`"iv"`, `"x":[],"iv"`}:          nil,
		{`"iv"`, `"iv2"`}:                secretstorage.ErrGarbled,
		{`"mac"`, `"mac2"`}:              secretstorage.ErrGarbled,
		{`"mac":`, `"mac":4,"x":`}:       secretstorage.ErrGarbled,
		{`"ciphertext"`, `"x"`}:          secretstorage.ErrGarbled,
		{`fNRi`, `****`}:                 secretstorage.ErrGarbled,
		{`fNRi`, `fNRj`}:                 secretstorage.ErrForged,
		{`"encrypted"`, `"x"`}:           secretstorage.ErrMissing,
		{key1ID + `":{`, `x":{`}:         secretstorage.ErrMissing,
		{key1ID + `":{`, key1ID + `":`}:  secretstorage.ErrMissing,
		{`{"encrypted"`, `["encrypted"`}: secretstorage.ErrMissing,
	} {
		changed := strings.Replace(masterSaid, change[0], change[1], 1)
		if changed == masterSaid {
			t.Fatalf("no %s", change[0])
		}
		if got, err := secretstorage.Decrypt(master, scan.Value(changed), key1ID, key); !errors.Is(err, want) || err != nil && got != "" {
			t.Errorf("%s: %v, want %v", changed, err, want)
		}
	}
}

func TestNoRandomness(t *testing.T) {
	short := func(n int) *bytes.Reader { return bytes.NewReader(make([]byte, n)) }
	if key, err := secretstorage.NewKey(short(31)); err == nil || key != (secretstorage.Key{}) {
		t.Error(err)
	}
	if id, err := secretstorage.NewID(short(23)); err == nil || id != "" {
		t.Error(id, err)
	}
	if _, err := secretstorage.NewPassphrase(short(23)); err == nil {
		t.Error("a passphrase without salt")
	}
	if content, err := secretstorage.Encrypt(master, "s", "id", secretstorage.Key{}, short(15)); err == nil || content != nil {
		t.Error(content, err)
	}
	if _, err := secretstorage.Describe(secretstorage.Key{}, "", nil, short(15)); err == nil {
		t.Error("a description without IV")
	}
}

// FuzzDecrypt: whatever the server says, only the secret comes out, and no
// error holds any of it.
func FuzzDecrypt(f *testing.F) {
	f.Add([]byte(masterSaid), master)
	f.Add([]byte(`{"encrypted":{"gEJqbfSEMnP5JXXcukpXEX1l0aI3MDs0":{"iv":"","ciphertext":"","mac":""}}}`), "")
	key := recovered(f, key1)
	ciphertext := scan.Value(masterSaid).Path("encrypted", key1ID, "ciphertext").Text()
	f.Fuzz(func(t *testing.T, content []byte, name string) {
		secret, err := secretstorage.Decrypt(name, content, key1ID, key)
		if err != nil && secret != "" {
			t.Fatalf("%q with %v", secret, err)
		}
		known, _ := unpadded.Decode(ciphertext)
		got, _ := unpadded.Decode(scan.Value(content).Path("encrypted", key1ID, "ciphertext").Text())
		if err == nil && (name != master || !bytes.Equal(got, known)) {
			t.Fatalf("%s: a forgery passes", content)
		}
	})
}

func newKey(t testing.TB, random *rand.ChaCha8) secretstorage.Key {
	t.Helper()
	key, err := secretstorage.NewKey(random)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

package secretstorage_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/secretstorage"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// quick stands for a deriver: it gives the rounds and the salt in the key.
func quick(_ context.Context, phrase string, salt []byte, rounds, size int) ([]byte, error) {
	key := make([]byte, size)
	key[0] = byte(rounds)
	copy(key[1:], phrase+string(salt))
	return key, nil
}

func parse(t testing.TB, content string) secretstorage.Description {
	t.Helper()
	d, err := secretstorage.ParseDescription(scan.Value(content))
	if err != nil {
		t.Fatalf("%s: %v", content, err)
	}
	return d
}

// TestKnownKeys: descriptions that others wrote, of which one is padded, one
// has an IV of 32 bytes and some have nothing to check.
func TestKnownKeys(t *testing.T) {
	long := strings.Replace(key2Said, "O0BOvTqiIAYjC+RMcyHfWw==", "O0BOvTqiIAYjC+RMcyHfW2f/gdxjceTxoYtNlpPduJ8=", 1)
	first, second := recovered(t, key1), recovered(t, key2)
	for _, c := range []struct {
		said         string
		right, wrong secretstorage.Key
	}{{key1Said, first, second}, {key2Said, second, first}, {long, second, first}} {
		d := parse(t, c.said)
		if err := d.Check(c.right); err != nil || !d.Checkable() {
			t.Errorf("%s: %v", c.said, err)
		}
		if err := d.Check(c.wrong); !errors.Is(err, secretstorage.ErrKey) {
			t.Errorf("%s, another key: %v", c.said, err)
		}
	}
}

// TestNothingToCheck: what has no IV or no MAC passes, as the spec says.
func TestNothingToCheck(t *testing.T) {
	for _, check := range []string{``, `,"iv":"xxkTK0L4UzxgAFkQ6XPwsw"`, `,"mac":"AAAA"`, `,"iv":"","mac":""`, `,"iv":null,"mac":null`, `,"iv":"****","mac":""`} {
		d := parse(t, `{"algorithm":"m.secret_storage.v1.aes-hmac-sha2"`+check+`}`)
		if err := d.Check(secretstorage.Key{}); err != nil || d.Checkable() {
			t.Errorf("%s: %v", check, err)
		}
	}
}

func TestGarbledDescriptions(t *testing.T) {
	for change, want := range map[[2]string]error{
		{`m.secret_storage.v1.aes-hmac-sha2`, `m.secret_storage.v1.curve25519-aes-sha2`}: secretstorage.ErrAlgorithm,
		{`"algorithm"`, `"x"`}:                       secretstorage.ErrAlgorithm,
		{`{"algorithm"`, `["algorithm"`}:             secretstorage.ErrAlgorithm,
		{`"O0BOvTqiIAYjC+RMcyHfWw=="`, `"MeowMeow"`}: secretstorage.ErrGarbled,
		{`"O0BOvTqiIAYjC+RMcyHfWw=="`, `7`}:          secretstorage.ErrGarbled,
		{`O0BO`, `O0B*`}:                             secretstorage.ErrGarbled,
		{`YtI=`, `YtIA`}:                             secretstorage.ErrGarbled,
		{`YtI=`, ``}:                                 secretstorage.ErrGarbled,
	} {
		changed := strings.Replace(key2Said, change[0], change[1], 1)
		if changed == key2Said {
			t.Fatalf("no %s", change[0])
		}
		if _, err := secretstorage.ParseDescription(scan.Value(changed)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", changed, err, want)
		}
	}
}

// TestOverflow: an IV that clients go on from differently opens nothing.
func TestOverflow(t *testing.T) {
	ones := unpadded.Encode(bytes.Repeat([]byte{0xff}, 16))
	d := parse(t, strings.Replace(key1Said, "xxkTK0L4UzxgAFkQ6XPwsw", ones, 1))
	if err := d.Check(recovered(t, key1)); !errors.Is(err, secretstorage.ErrGarbled) {
		t.Error(err)
	}
	content := strings.Replace(masterSaid, "BpKP9nQJTE9jrsAssoxPqQ==", ones, 1)
	if secret, err := secretstorage.Decrypt(master, scan.Value(content), key1ID, recovered(t, key1)); !errors.Is(err, secretstorage.ErrGarbled) || secret != "" {
		t.Errorf("%q, %v", secret, err)
	}
}

// TestDescribe: a new key's description is read as it was made, and only that
// key passes.
func TestDescribe(t *testing.T) {
	random := source(3)
	p, err := secretstorage.NewPassphrase(random)
	if err != nil {
		t.Fatal(err)
	}
	fromPhrase, err := p.Key(t.Context(), "phrase", quick)
	if err != nil {
		t.Fatal(err)
	}
	id, err := secretstorage.NewID(random)
	if err != nil || len(id) != 32 {
		t.Error(id, err)
	}
	for _, c := range []struct {
		name string
		key  secretstorage.Key
		p    *secretstorage.Passphrase
	}{{"", newKey(t, random), nil}, {"my \"key\"", fromPhrase, p}} {
		made, err := secretstorage.Describe(c.key, c.name, c.p, random)
		if err != nil {
			t.Fatal(err)
		}
		d := parse(t, string(made.Content()))
		if d.Name != c.name || (d.Passphrase == nil) != (c.p == nil) || c.p != nil && *d.Passphrase != *c.p || string(d.Content()) != string(made.Content()) {
			t.Errorf("%s is read %+v", made.Content(), d)
		}
		if err := d.Check(c.key); err != nil || !d.Checkable() {
			t.Error(err)
		}
		for bit := range 8 * secretstorage.KeySize {
			wrong := c.key
			wrong[bit/8] ^= 1 << (bit % 8)
			if err := d.Check(wrong); !errors.Is(err, secretstorage.ErrKey) {
				t.Errorf("bit %d: %v", bit, err)
			}
		}
		got, err := d.Open(t.Context(), "phrase", quick)
		if c.p != nil && (err != nil || got != c.key) || c.p == nil && !errors.Is(err, secretstorage.ErrMissing) {
			t.Errorf("%x, %v", got, err)
		}
		if got, err := d.Open(t.Context(), "phrase2", quick); err == nil || got != (secretstorage.Key{}) {
			t.Errorf("another phrase: %x, %v", got, err)
		}
	}
}

// TestHostilePassphrases is P-2: what asks for too much, or for what we do not do, is
// an error at once, and the key itself is good all the same.
func TestHostilePassphrases(t *testing.T) {
	for p, want := range map[string]error{
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":1}`:              nil,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":1e3,"bits":256}`: nil,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":10000001}`:       passphrase.ErrRounds,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":4294967297}`:     passphrase.ErrRounds,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":1e300}`:          passphrase.ErrRounds,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":-1}`:             passphrase.ErrRounds,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":0.5}`:            passphrase.ErrRounds,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":"1"}`:            passphrase.ErrRounds,
		`{"algorithm":"m.pbkdf2","salt":"s"}`:                             passphrase.ErrRounds,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":1,"bits":512}`:   secretstorage.ErrAlgorithm,
		`{"algorithm":"m.pbkdf2","salt":"s","iterations":1,"bits":8}`:     secretstorage.ErrAlgorithm,
		`{"algorithm":"m.argon2","salt":"s","iterations":1}`:              secretstorage.ErrAlgorithm,
		`{}`:  secretstorage.ErrAlgorithm,
		`[]`:  secretstorage.ErrMissing,
		`"m"`: secretstorage.ErrMissing,
	} {
		d := parse(t, `{"algorithm":"m.secret_storage.v1.aes-hmac-sha2","passphrase":`+p+`}`)
		if _, err := d.Open(t.Context(), "p", quick); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", p, err, want)
		}
		if err := d.Check(secretstorage.Key{}); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// FuzzDescription: what is read is read the same after it was written, and the
// rounds that are asked for stay in bounds.
func FuzzDescription(f *testing.F) {
	f.Add([]byte(key1Said))
	f.Add([]byte(key2Said))
	f.Add([]byte(strings.Replace(key1Said, "500000", "4294967297", 1)))
	f.Fuzz(func(t *testing.T, content []byte) {
		d, err := secretstorage.ParseDescription(content)
		if err != nil {
			return
		}
		again := parse(t, string(d.Content()))
		if string(again.Content()) != string(d.Content()) || !scan.Valid(d.Content()) || again.Checkable() != d.Checkable() {
			t.Fatalf("%s is read %s, then %s", content, d.Content(), again.Content())
		}
		if d.Passphrase != nil && (d.Passphrase.Rounds < 0 || d.Passphrase.Rounds > passphrase.MaxRounds) {
			t.Fatalf("%d rounds", d.Passphrase.Rounds)
		}
	})
}

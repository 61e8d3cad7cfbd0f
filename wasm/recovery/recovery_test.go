package recovery_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"maunium.net/go/mautrix/crypto/utils"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/recovery"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestFixture has a key that another client wrote both ways.
func TestFixture(t *testing.T) {
	fixture := scan.Value(conformance.Read(t, "e2ee-fixture.json"))
	text := fixture.Get("BACKUP_DECRYPTION_KEY_BASE58").Text()
	want, err := base64.StdEncoding.DecodeString(fixture.Get("BACKUP_DECRYPTION_KEY_BASE64").Text())
	if err != nil {
		t.Fatal(err)
	}
	key, err := recovery.Decode(text)
	if err != nil || string(key[:]) != string(want) {
		t.Errorf("%x, %v", key, err)
	}
	if got := recovery.Encode(key); got != text {
		t.Error(got)
	}
}

// TestSpecForm follows the steps of the spec for keys at the ends, and compares
// with mautrix.
func TestSpecForm(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	for i := range 1000 {
		var key [recovery.KeySize]byte
		switch i {
		case 0:
		case 1:
			for j := range key {
				key[j] = 0xff
			}
		default:
			source.Read(key[:])
		}
		text := recovery.Encode(key)
		if text != utils.EncodeBase58RecoveryKey(key[:]) {
			t.Fatalf("%x is written %s", key, text)
		}
		if got, err := recovery.Decode(text); err != nil || got != key {
			t.Fatalf("%s is read %x, %v", text, got, err)
		}
	}
}

func TestWhitespace(t *testing.T) {
	var key [recovery.KeySize]byte
	copy(key[:], "some key of thirty-two bytes....")
	text := recovery.Encode(key)
	for _, typed := range []string{
		strings.ReplaceAll(text, " ", ""), "\t" + strings.ReplaceAll(text, " ", "\r\n") + "\n", strings.ReplaceAll(text, " ", "\u00a0\u2003"),
		strings.Join(strings.Split(text, ""), " "),
	} {
		if got, err := recovery.Decode(typed); err != nil || got != key {
			t.Errorf("%q: %x, %v", typed, got, err)
		}
	}
}

// TestTypos: a letter that is wrong, missing, or one too many.
func TestTypos(t *testing.T) {
	var key [recovery.KeySize]byte
	copy(key[:], "another key of thirty-two bytes.")
	text := strings.ReplaceAll(recovery.Encode(key), " ", "")
	passed, tried := 0, 0
	for i := range text {
		for _, letter := range "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz" {
			if byte(letter) == text[i] {
				continue
			}
			tried++
			if _, err := recovery.Decode(text[:i] + string(letter) + text[i+1:]); err == nil {
				passed++
			}
		}
		for _, letter := range "0OIl+-_\x00é٣\xff" {
			if _, err := recovery.Decode(text[:i] + string(letter) + text[i+1:]); !errors.Is(err, recovery.ErrKey) {
				t.Errorf("%q is no letter", letter)
			}
		}
		if _, err := recovery.Decode(text[:i] + text[i+1:]); !errors.Is(err, recovery.ErrKey) {
			t.Errorf("without letter %d: %v", i, err)
		}
		if _, err := recovery.Decode(text[:i] + "1" + text[i:]); !errors.Is(err, recovery.ErrKey) {
			t.Errorf("with another letter %d: %v", i, err)
		}
	}
	if passed > tried/100 {
		t.Errorf("%d of %d typing errors pass", passed, tried)
	}
}

// TestOtherForms have 35 bytes too, but another beginning or parity; or
// another length.
func TestOtherForms(t *testing.T) {
	for _, text := range []string{
		"", " ", "1", strings.Repeat("1", 48), strings.Repeat("z", 48), strings.Repeat("z", 100_000),
		"1" + strings.ReplaceAll(recovery.Encode([recovery.KeySize]byte{}), " ", ""),
	} {
		if key, err := recovery.Decode(text); !errors.Is(err, recovery.ErrKey) || key != [recovery.KeySize]byte{} {
			t.Errorf("%.50s: %x, %v", text, key, err)
		}
	}
}

// FuzzDecode: what is read is written as it was typed, but for whitespace, and
// mautrix reads the same.
func FuzzDecode(f *testing.F) {
	f.Add("EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d")
	f.Add(strings.Repeat("z", 48))
	f.Fuzz(func(t *testing.T, text string) {
		key, err := recovery.Decode(text)
		bare := strings.Join(strings.Fields(text), "")
		peer := utils.DecodeBase58RecoveryKey(bare)
		if (err == nil) != (peer != nil) || peer != nil && hex.EncodeToString(peer) != hex.EncodeToString(key[:]) {
			t.Fatalf("%q: %x, %v; mautrix reads %x", text, key, err, peer)
		}
		if err == nil && strings.ReplaceAll(recovery.Encode(key), " ", "") != bare {
			t.Fatalf("%q is written %s", text, recovery.Encode(key))
		}
	})
}

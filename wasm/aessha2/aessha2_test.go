package aessha2_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	goolm "maunium.net/go/mautrix/crypto/goolm/aessha2"

	"github.com/alcove-chat/alcove/wasm/aessha2"
)

func TestHMAC(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for n := range 600 {
		key, message := make([]byte, n%65), make([]byte, n)
		random.Read(key)
		random.Read(message)
		std := hmac.New(sha256.New, key)
		std.Write(message)
		if got := aessha2.HMAC(key, message); !bytes.Equal(got[:], std.Sum(nil)) {
			t.Fatalf("%d bytes, key of %d", n, len(key))
		}
	}
}

func TestHKDF(t *testing.T) {
	random := rand.NewChaCha8([32]byte{2})
	for n := range 300 {
		secret, salt, info := make([]byte, n), make([]byte, n%65), strings.Repeat("i", n%80)
		random.Read(secret)
		random.Read(salt)
		want, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, n)
		if aessha2.HKDF(got, salt, secret, info); !bytes.Equal(got, want) {
			t.Fatalf("%d bytes: %x, want %x", n, got, want)
		}
	}
}

// TestPeer: goolm encrypts and authenticates alike, and reads alike.
func TestPeer(t *testing.T) {
	random := rand.NewChaCha8([32]byte{3})
	for n := range 200 {
		secret, text := make([]byte, 1+n%140), make([]byte, n)
		random.Read(secret)
		random.Read(text)
		k := aessha2.Derive(secret, "INFO")
		peer, err := goolm.NewAESSHA2(secret, []byte("INFO"))
		if err != nil {
			t.Fatal(err)
		}
		got := k.Encrypt([]byte("head"), text)
		want, err := peer.Encrypt(text)
		if err != nil || string(got) != "head"+string(want) || len(got) != 4+aessha2.PaddedSize(n) {
			t.Fatalf("%d bytes: %x, goolm: %x, %v", n, got, want, err)
		}
		mac := k.MAC(got)
		if whole, err := peer.MAC(got); err != nil || !bytes.Equal(mac[:], whole[:aessha2.MACSize]) {
			t.Fatalf("%d bytes: MAC %x, goolm: %x, %v", n, mac, whole, err)
		}
		if plain, err := k.Decrypt(got[4:]); err != nil || !bytes.Equal(plain, text) {
			t.Fatalf("%d bytes: %x, %v", n, plain, err)
		}
	}
}

func TestAuthentic(t *testing.T) {
	k := aessha2.Derive([]byte("secret"), "INFO")
	mac := k.MAC([]byte("message"))
	if !k.Authentic([]byte("message"), mac[:]) || k.Authentic([]byte("massage"), mac[:]) {
		t.Error("it does not tell messages apart")
	}
	for bit := range 8 * len(mac) {
		forged := mac
		forged[bit/8] ^= 1 << (bit % 8)
		if k.Authentic([]byte("message"), forged[:]) {
			t.Errorf("%x passes", forged)
		}
	}
	for n := range mac {
		if k.Authentic([]byte("message"), mac[:n]) {
			t.Errorf("%d bytes pass", n)
		}
	}
	if k.Authentic([]byte("message"), append(mac[:], 0)) {
		t.Error("more bytes pass")
	}
}

// unpadded returns a ciphertext of whole blocks as they are.
func unpadded(k *aessha2.Keys, blocks []byte) []byte {
	return k.Encrypt(nil, blocks)[:len(blocks)]
}

// TestPadding: it is whole, of one block at most, and never missing.
func TestPadding(t *testing.T) {
	of := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
	k := aessha2.Derive([]byte("secret"), "INFO")
	for name, c := range map[string]struct {
		text []byte
		left int
		want error
	}{
		"one byte":       {append(of(15, 'x'), 1), 15, nil},
		"a block":        {append(of(16, 'x'), of(16, 16)...), 16, nil},
		"nothing left":   {of(16, 16), 0, nil},
		"no text":        {nil, 0, aessha2.ErrPadding},
		"none":           {of(16, 0), 0, aessha2.ErrPadding},
		"over a block":   {of(32, 17), 0, aessha2.ErrPadding},
		"over all":       {of(16, 200), 0, aessha2.ErrPadding},
		"another inside": {append(of(14, 'x'), 3, 2), 0, aessha2.ErrPadding},
	} {
		got, err := k.Decrypt(unpadded(&k, c.text))
		if !errors.Is(err, c.want) || !bytes.Equal(got, c.text[:c.left]) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := k.Decrypt(make([]byte, 15)); !errors.Is(err, aessha2.ErrPadding) {
		t.Errorf("half a block: %v", err)
	}
}

// FuzzDecrypt: what is no ciphertext is refused as goolm does, which however
// takes padding of more than a block.
func FuzzDecrypt(f *testing.F) {
	f.Add([]byte{}, byte(0))
	f.Add(make([]byte, 15), byte(1))
	f.Add(bytes.Repeat([]byte{16}, 16), byte(2))
	f.Add(bytes.Repeat([]byte{17}, 32), byte(3))
	f.Fuzz(func(t *testing.T, ciphertext []byte, tail byte) {
		k := aessha2.Derive([]byte("secret"), "INFO")
		peer, err := goolm.NewAESSHA2([]byte("secret"), []byte("INFO"))
		if err != nil {
			t.Fatal(err)
		}
		padded := append(ciphertext, bytes.Repeat([]byte{tail % 18}, int(tail%18))...)
		chosen := unpadded(&k, padded[:len(padded)/16*16])
		for _, c := range [][]byte{bytes.Clone(ciphertext), chosen} {
			want, peerErr := peer.Decrypt(bytes.Clone(c))
			if len(c)-len(want) > 16 {
				peerErr = aessha2.ErrPadding
			}
			got, err := k.Decrypt(c)
			if (err == nil) != (peerErr == nil) || !bytes.Equal(got, want) && err == nil || err != nil && !errors.Is(err, aessha2.ErrPadding) {
				t.Fatalf("%x, %v; goolm: %x, %v", got, err, want, peerErr)
			}
		}
	})
}

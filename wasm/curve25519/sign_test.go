package curve25519_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	goolm "maunium.net/go/mautrix/crypto/ed25519"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// seeded is a source of bytes that come again.
type seeded struct{ *rand.ChaCha8 }

func random(seed byte) seeded { return seeded{rand.NewChaCha8([32]byte{seed})} }

func (s seeded) bytes(n int) []byte {
	b := make([]byte, n)
	s.Read(b)
	return b
}

// TestSignLikeStd compares keys and signatures with crypto/ed25519, and with
// the keys that goolm expands.
func TestSignLikeStd(t *testing.T) {
	source := random(1)
	for i := range 1000 {
		key, seed, err := curve25519.GenerateSigningKey(source)
		if err != nil {
			t.Fatal(err)
		}
		message := source.bytes(i % 300)
		std := ed25519.NewKeyFromSeed(seed)
		if !bytes.Equal(key.Public(), std.Public().(ed25519.PublicKey)) {
			t.Fatalf("seed %x: public key %x", seed, key.Public())
		}
		want := ed25519.Sign(std, message)
		if !bytes.Equal(key.Sign(message), want) {
			t.Fatalf("seed %x, message %x: another signature", seed, message)
		}
		pickled := goolm.NewKeyFromSeed(seed)
		if !bytes.Equal(key.Expanded(), pickled) {
			t.Fatalf("seed %x: goolm expands it to other bytes", seed)
		}
		again, err := curve25519.ExpandedSigningKey(pickled)
		if err != nil || !bytes.Equal(again.Public(), key.Public()) || !bytes.Equal(again.Sign(message), want) {
			t.Fatalf("seed %x: the expanded key signs otherwise", seed)
		}
	}
}

// TestExpandedUnclamped: any 64 bytes are a key, the one that goolm takes them
// for.
func TestExpandedUnclamped(t *testing.T) {
	source := random(2)
	for _, expanded := range [][]byte{make([]byte, 64), bytes.Repeat([]byte{0xff}, 64), source.bytes(64), source.bytes(64)} {
		key, err := curve25519.ExpandedSigningKey(expanded)
		if err != nil {
			t.Fatal(err)
		}
		peer := goolm.PrivateKey(bytes.Clone(expanded))
		if !bytes.Equal(key.Public(), peer.Public().([]byte)) || !bytes.Equal(key.Sign(nil), goolm.Sign(peer, nil)) {
			t.Errorf("%x is another key to goolm", expanded)
		}
		if !curve25519.Verify(key.Public(), nil, key.Sign(nil)) {
			t.Errorf("%x signs what does not verify", expanded)
		}
	}
}

func TestKeysOfWrongLength(t *testing.T) {
	for n := range 70 {
		b := bytes.Repeat([]byte{9}, n)
		_, ofSeed := curve25519.NewSigningKey(b)
		_, ofExpanded := curve25519.ExpandedSigningKey(b)
		_, public := curve25519.X25519Public(b)
		_, private := curve25519.X25519(b, bytes.Repeat([]byte{9}, 32))
		_, peer := curve25519.X25519(bytes.Repeat([]byte{9}, 32), b)
		for i, err := range []error{ofSeed, public, private, peer, ofExpanded} {
			want := 32
			if i == 4 {
				want = 64
			}
			if n == want && err != nil || n != want && !errors.Is(err, curve25519.ErrKey) {
				t.Errorf("%d, %d bytes: %v", i, n, err)
			}
		}
	}
	if _, _, err := curve25519.GenerateSigningKey(bytes.NewReader(make([]byte, 31))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("a key of 31 random bytes:", err)
	}
}

// TestX25519LikeStd compares with crypto/ecdh: any 32 bytes are a public key.
func TestX25519LikeStd(t *testing.T) {
	source := random(3)
	for range 1000 {
		compareX25519(t, source.bytes(32), source.bytes(32))
	}
}

func compareX25519(t *testing.T, private, public []byte) {
	t.Helper()
	std, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	own, err := curve25519.X25519Public(private)
	if err != nil || !bytes.Equal(own, std.PublicKey().Bytes()) {
		t.Fatalf("private %x: public %x, %v", private, own, err)
	}
	peer, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	want, refused := std.ECDH(peer)
	got, err := curve25519.X25519(private, public)
	if (err != nil) != (refused != nil) || !bytes.Equal(got, want) {
		t.Fatalf("private %x, public %x: %x, %v; crypto/ecdh says %x, %v", private, public, got, err, want, refused)
	}
}

package curve25519_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// FuzzVerify: whatever the bytes, the answer is that of crypto/ed25519, once,
// again and in a batch. To get past the check of S, the message is signed for
// a seed too, and what is fuzzed is laid over key and signature bit by bit.
func FuzzVerify(f *testing.F) {
	f.Add(make([]byte, 32), make([]byte, 32), []byte("message"), make([]byte, 64))
	f.Fuzz(func(t *testing.T, seed, keyBits, message, signatureBits []byte) {
		if len(seed) != ed25519.SeedSize {
			return
		}
		private := ed25519.NewKeyFromSeed(seed)
		key := bytes.Clone(private.Public().(ed25519.PublicKey))
		signature := ed25519.Sign(private, message)
		lay(key, keyBits)
		lay(signature, signatureBits)
		want := ed25519.Verify(key, message, signature)
		if got := curve25519.Verify(key, message, signature); got != want {
			t.Fatalf("once: %v", got)
		}
		v, err := curve25519.NewVerifier(key)
		if err != nil {
			if want {
				t.Fatal(err)
			}
			return
		}
		// Ten of them make the larger table, the eleventh uses it alone.
		messages, signatures := make([][]byte, 10), make([][]byte, 10)
		for i := range messages {
			messages[i], signatures[i] = message, signature
		}
		for i, got := range append(v.VerifyAll(messages, signatures), v.Verify(message, signature)) {
			if got != want {
				t.Fatalf("signature %d of a batch: %v", i, got)
			}
		}
	})
}

func lay(b, bits []byte) {
	for i := range min(len(b), len(bits)) {
		b[i] ^= bits[i]
	}
}

// FuzzRawVerify is FuzzVerify with key and signature that are fuzzed whole, so
// that keys and R of small order can be found.
func FuzzRawVerify(f *testing.F) {
	f.Add(append([]byte{1}, make([]byte, 31)...), []byte("message"), append([]byte{1}, make([]byte, 63)...))
	f.Fuzz(func(t *testing.T, key, message, signature []byte) {
		if len(key) != ed25519.PublicKeySize {
			return
		}
		want := ed25519.Verify(key, message, signature)
		if got := curve25519.Verify(key, message, signature); got != want {
			t.Fatalf("once: %v", got)
		}
		if v, err := curve25519.NewVerifier(key); err == nil {
			for _, got := range v.VerifyAll([][]byte{message, message}, [][]byte{signature, signature}) {
				if got != want {
					t.Fatalf("in a batch: %v", got)
				}
			}
		}
	})
}

// FuzzSign: keys of any seed sign like crypto/ed25519.
func FuzzSign(f *testing.F) {
	f.Add(make([]byte, 32), []byte("message"))
	f.Fuzz(func(t *testing.T, seed, message []byte) {
		key, err := curve25519.NewSigningKey(seed)
		if err != nil {
			if len(seed) == curve25519.SeedSize {
				t.Fatal(err)
			}
			return
		}
		std := ed25519.NewKeyFromSeed(seed)
		if !bytes.Equal(key.Public(), std.Public().(ed25519.PublicKey)) || !bytes.Equal(key.Sign(message), ed25519.Sign(std, message)) {
			t.Fatal("another key or signature")
		}
	})
}

// FuzzX25519: any private key with any public key gives what crypto/ecdh gives.
func FuzzX25519(f *testing.F) {
	f.Add(make([]byte, 32), make([]byte, 32))
	f.Add(bytes.Repeat([]byte{0xff}, 32), append([]byte{9}, make([]byte, 31)...))
	f.Fuzz(func(t *testing.T, private, public []byte) {
		if len(private) == curve25519.KeySize && len(public) == curve25519.KeySize {
			compareX25519(t, private, public)
		}
	})
}

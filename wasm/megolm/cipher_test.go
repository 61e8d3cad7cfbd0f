package megolm

import (
	"bytes"
	"crypto/hkdf"
	stdhmac "crypto/hmac"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

func TestHMAC(t *testing.T) {
	random := rand.NewChaCha8([32]byte{24})
	for n := range 600 {
		key, message := make([]byte, n%(hashBlock+1)), make([]byte, n)
		random.Read(key)
		random.Read(message)
		std := stdhmac.New(sha256.New, key)
		std.Write(message)
		if got := hmac(key, message); !bytes.Equal(got[:], std.Sum(nil)) {
			t.Fatalf("%d bytes, key of %d", n, len(key))
		}
	}
}

func TestKeysOfARatchet(t *testing.T) {
	r := startRatchet()
	for index := range uint32(20) {
		r.advanceTo(index)
		want, err := hkdf.Key(sha256.New, r.append(nil)[4:], nil, info, 80)
		if err != nil {
			t.Fatal(err)
		}
		k := r.keys()
		if got := bytes.Join([][]byte{k.aes[:], k.mac[:], k.iv[:]}, nil); !bytes.Equal(got, want) {
			t.Fatalf("%d: %x, want %x", index, got, want)
		}
	}
}

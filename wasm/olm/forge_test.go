package olm_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// forger has the keys of the message that a session would send next, so it can
// send what the other side would.
type forger struct {
	ratchet      []byte
	aes, mac, iv []byte
}

func newForger(t testing.TB, sender olm.Session) forger {
	t.Helper()
	record := sender.Record()
	if record[0] != 3 {
		t.Fatal("it does not send yet")
	}
	b := record[1+32:]
	l := cutLink(&b)
	secret := hmac.New(sha256.New, l.secret)
	secret.Write([]byte{1})
	keys, err := hkdf.Key(sha256.New, secret.Sum(nil), nil, "OLM_KEYS", 80)
	if err != nil {
		t.Fatal(err)
	}
	return forger{l.ratchet, keys[:32], keys[32:64], keys[64:]}
}

// seal puts the MAC after what goes before it.
func (f *forger) seal(payload []byte) []byte {
	mac := hmac.New(sha256.New, f.mac)
	mac.Write(payload)
	return append(bytes.Clone(payload), mac.Sum(nil)[:8]...)
}

// cbc encrypts whole blocks as they are.
func (f *forger) cbc(t testing.TB, blocks string) string {
	t.Helper()
	c, err := aes.NewCipher(f.aes)
	if err != nil {
		t.Fatal(err)
	}
	out := []byte(blocks)
	cipher.NewCBCEncrypter(c, f.iv).CryptBlocks(out, out)
	return string(out)
}

// mutations of bytes: every bit flipped, every length, something appended.
func mutations(b []byte) (all [][]byte) {
	for bit := range 8 * len(b) {
		m := slices.Clone(b)
		m[bit/8] ^= 1 << (bit % 8)
		all = append(all, m)
	}
	for n := range b {
		all = append(all, b[:n], b[n+1:])
	}
	for _, more := range []string{"\x00", "\x22\x00", "\x10\x00", "abc"} {
		all = append(all, append(slices.Clone(b), more...), append([]byte(more), b...))
	}
	return all
}

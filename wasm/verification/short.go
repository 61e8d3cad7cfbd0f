package verification

import (
	"crypto/hmac"
	"crypto/sha256"
)

const (
	shortSize = 6
	emojis    = 7
)

// authenticator is what both users compare (spec: SAS HKDF calculation).
type authenticator [shortSize]byte

// emoji returns the numbers of seven emoji: of the first 42 bits, six each.
func (a authenticator) emoji() []int {
	var bits uint64
	for _, b := range a {
		bits = bits<<8 | uint64(b)
	}
	all := make([]int, emojis)
	for i := range all {
		all[i] = int(bits >> (42 - 6*i) & 0x3f)
	}
	return all
}

// decimals returns three numbers of four digits: of the first 39 bits, 13 each.
func (a authenticator) decimals() []int {
	var bits uint64
	for _, b := range a {
		bits = bits<<8 | uint64(b)
	}
	all := make([]int, 3)
	for i := range all {
		all[i] = int(bits>>(35-13*i)&0x1fff) + 1000
	}
	return all
}

// derive is HKDF-SHA-256 (RFC 5869) without salt, of up to 32 bytes: one block.
func derive(secret []byte, info string, size int) []byte {
	key := sum(make([]byte, sha256.Size), secret)
	return sum(key, append([]byte(info), 1))[:size]
}

func sum(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}

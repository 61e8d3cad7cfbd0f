package aessha2

import (
	"crypto/sha256"
	"crypto/subtle"
)

// hashBlock is how many bytes SHA-256 takes at a time.
const hashBlock = 64

// HMAC is HMAC-SHA-256 (RFC 2104) with a key of up to 64 bytes. crypto/hmac
// costs a quarter more where the message is short, and allocates.
func HMAC(key, message []byte) [sha256.Size]byte {
	var room [4 * hashBlock]byte // enough for all but long messages
	copy(room[:], innerPad)
	subtle.XORBytes(room[:], room[:], key)
	sum := sha256.Sum256(append(room[:hashBlock], message...))
	var outer [hashBlock + sha256.Size]byte
	copy(outer[:], outerPad)
	subtle.XORBytes(outer[:], outer[:], key)
	copy(outer[hashBlock:], sum[:])
	return sha256.Sum256(outer[:])
}

const (
	innerPad = "6666666666666666666666666666666666666666666666666666666666666666" // 0x36
	outerPad = `\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\` // 0x5c
)

// HKDF fills out, of up to 255 · 32 bytes, with HKDF-SHA-256 (RFC 5869). A salt
// has up to 64 bytes, and nil is none.
func HKDF(out, salt, secret []byte, info string) {
	key := HMAC(salt, secret)
	var room [hashBlock]byte // enough for a block, an info of up to 31 and the count
	message := room[:0]
	for n := byte(1); len(out) > 0; n++ {
		message = append(append(message, info...), n)
		block := HMAC(key[:], message)
		out = out[copy(out, block[:]):]
		message = append(message[:0], block[:]...)
	}
}

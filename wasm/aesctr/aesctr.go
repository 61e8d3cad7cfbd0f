// Package aesctr is AES-256 in counter mode, with which Matrix encrypts
// secrets, key exports and attachments.
//
// Its law: an IV of its making never makes the lower half of the counter
// overflow, where implementations differ (spec: client-server API, secret
// storage). The mode hides and does not protect: whoever decrypts must have
// checked a MAC or hash before.
package aesctr

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"
)

// Lengths in bytes.
const (
	KeySize = 32
	IVSize  = aes.BlockSize
)

// IV is the counter's first value.
type IV [IVSize]byte

// NewIV returns an IV with bit 63 cleared, read from random.
func NewIV(random io.Reader) (iv IV, err error) {
	if _, err := io.ReadFull(random, iv[:]); err != nil {
		return IV{}, fmt.Errorf("aesctr: no randomness: %w", err)
	}
	iv[8] &= 0x7f
	return iv, nil
}

// XOR encrypts or decrypts text in its place.
func XOR(key [KeySize]byte, iv IV, text []byte) {
	block, _ := aes.NewCipher(key[:]) // no error: AES has keys of this size
	cipher.NewCTR(block, iv[:]).XORKeyStream(text, text)
}

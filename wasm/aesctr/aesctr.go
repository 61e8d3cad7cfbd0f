// Package aesctr is AES-256 in counter mode, with which Matrix encrypts
// secrets, key exports and attachments.
//
// Its law: what it decrypts, every client decrypts so. Where the lower half of
// the counter overflows some carry to the upper half and some do not (spec:
// client-server API, secret storage), so this is refused, and never happens
// with an IV that it made.
//
// The mode hides and does not protect: whoever decrypts must have checked a MAC
// or hash before.
package aesctr

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Lengths in bytes.
const (
	KeySize = 32
	IVSize  = aes.BlockSize
)

// ErrOverflow says that clients would read a text differently.
var ErrOverflow = errors.New("aesctr: counter overflows")

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

// XOR encrypts or decrypts text in its place. With an error, ErrOverflow, text
// stays as it was.
func XOR(key [KeySize]byte, iv IV, text []byte) error {
	if iv.overflows(len(text)) {
		return ErrOverflow
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return fmt.Errorf("aesctr: %w", err)
	}
	cipher.NewCTR(block, iv[:]).XORKeyStream(text, text)
	return nil
}

func (iv IV) overflows(size int) bool {
	first := binary.BigEndian.Uint64(iv[8:])
	return size > 0 && first+uint64(size-1)/IVSize < first
}

// Package recovery writes keys so that people can keep them on paper, and reads
// what they type: the recovery key of secret storage and of backups (spec:
// appendices, cryptographic key representation).
//
// Its law: one key has one form, and whatever whitespace is in it, it is read
// back. An error holds nothing of what was typed.
//
// It does not know what a key opens. The check for typing errors lets one in
// 256 pass, so whoever uses a key must have something to try it on.
package recovery

import (
	"errors"
	"strings"
	"unicode"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// ErrKey says that a text is no recovery key.
var ErrKey = errors.New("recovery: not a recovery key")

const (
	alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	// length is how many letters a key has: the first byte is never small, so
	// that their number is always the same.
	length = 48
	group  = 4
)

// form is 0x8B 0x01 ‖ key ‖ parity, a number with the first byte the highest.
type form [2 + KeySize + 1]byte

var prefix = [2]byte{0x8B, 0x01}

// Encode returns the key as groups of four letters.
func Encode(key [KeySize]byte) string {
	var f form
	copy(f[:], prefix[:])
	copy(f[2:], key[:])
	f[len(f)-1] = f.parity()
	var text [length + length/group - 1]byte
	for i := len(text) - 1; i >= 0; i-- {
		if i%(group+1) == group {
			text[i] = ' '
		} else {
			text[i] = alphabet[f.divide()]
		}
	}
	return string(text[:])
}

// Decode returns the key that Encode made text of, or ErrKey.
func Decode(text string) (key [KeySize]byte, err error) {
	var f form
	letters := 0
	for _, r := range text {
		if unicode.IsSpace(r) {
			continue
		}
		digit := strings.IndexRune(alphabet, r)
		if letters++; letters > length || digit < 0 || f.multiplyAdd(digit) != 0 {
			return key, ErrKey
		}
	}
	if [2]byte(f[:2]) != prefix || f.parity() != f[len(f)-1] {
		return key, ErrKey
	}
	return [KeySize]byte(f[2:]), nil
}

// parity is what makes the exclusive or of all bytes 0.
func (f *form) parity() (parity byte) {
	for _, b := range f[:len(f)-1] {
		parity ^= b
	}
	return parity
}

// divide divides f by 58 and returns the rest.
func (f *form) divide() (rest int) {
	for i, b := range f {
		n := rest<<8 | int(b)
		f[i], rest = byte(n/len(alphabet)), n%len(alphabet)
	}
	return rest
}

// multiplyAdd multiplies f by 58, adds digit, and returns what f has no room
// for.
func (f *form) multiplyAdd(digit int) (carry int) {
	carry = digit
	for i := len(f) - 1; i >= 0; i-- {
		carry += int(f[i]) * len(alphabet)
		f[i] = byte(carry)
		carry >>= 8
	}
	return carry
}

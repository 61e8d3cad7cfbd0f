// Package aessha2 encrypts one message with keys for that message alone:
// AES-256-CBC with PKCS#7, and HMAC-SHA-256 cut to 8 bytes. It is what Olm,
// Megolm and the backup have in common (Matrix spec, "aes-sha2" in the names of
// their algorithms), and all of it that costs time.
//
// Its law: a MAC is compared in constant time. A caller compares it before he
// decrypts, so that what the padding gives away is no use to anybody; where the
// MAC is not of the ciphertext, as in the backup, he tells nobody.
package aessha2

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"errors"
)

// MACSize is how many bytes of a MAC are sent.
const MACSize = 8

// ErrPadding says that a ciphertext is none, or its text not padded.
var ErrPadding = errors.New("aessha2: wrong padding")

// Keys are what one message is encrypted with.
type Keys struct {
	aes, mac [32]byte
	iv       [aes.BlockSize]byte
}

// Derive makes them of a secret, for the purpose that info names.
func Derive(secret []byte, info string) (k Keys) {
	var b [len(k.aes) + len(k.mac) + len(k.iv)]byte
	HKDF(b[:], nil, secret, info)
	n := copy(k.aes[:], b[:])
	n += copy(k.mac[:], b[n:])
	copy(k.iv[:], b[n:])
	return k
}

func (k *Keys) block() cipher.Block {
	block, err := aes.NewCipher(k.aes[:])
	if err != nil {
		panic("aessha2: " + err.Error()) // 32 bytes are a key
	}
	return block
}

// PaddedSize returns how long n bytes are in PKCS#7 (RFC 5652, section 6.3).
func PaddedSize(n int) int { return n + aes.BlockSize - n%aes.BlockSize }

// Encrypt appends plaintext to b, encrypted.
func (k *Keys) Encrypt(b, plaintext []byte) []byte {
	start := len(b)
	b = append(b, plaintext...)
	padding := PaddedSize(len(plaintext)) - len(plaintext)
	for range padding {
		b = append(b, byte(padding))
	}
	cipher.NewCBCEncrypter(k.block(), k.iv[:]).CryptBlocks(b[start:], b[start:])
	return b
}

// Decrypt returns the plaintext, in place of the ciphertext; or ErrPadding.
func (k *Keys) Decrypt(ciphertext []byte) ([]byte, error) {
	n := len(ciphertext)
	if n == 0 || n%aes.BlockSize != 0 {
		return nil, ErrPadding
	}
	cipher.NewCBCDecrypter(k.block(), k.iv[:]).CryptBlocks(ciphertext, ciphertext)
	padding := int(ciphertext[n-1])
	if padding == 0 || padding > aes.BlockSize {
		return nil, ErrPadding
	}
	for _, b := range ciphertext[n-padding:] {
		if int(b) != padding {
			return nil, ErrPadding
		}
	}
	return ciphertext[: n-padding : n-padding], nil
}

// MAC returns the MAC of a message.
func (k *Keys) MAC(message []byte) [MACSize]byte {
	sum := HMAC(k.mac[:], message)
	return [MACSize]byte(sum[:])
}

// Authentic reports whether mac is that of a message.
func (k *Keys) Authentic(message, mac []byte) bool {
	want := k.MAC(message)
	return subtle.ConstantTimeCompare(want[:], mac) == 1
}

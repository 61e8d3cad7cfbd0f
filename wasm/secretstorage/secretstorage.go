// Package secretstorage keeps an account's secrets on its server, for who has
// the secret storage key to read (spec: client-server API, secrets, storage;
// m.secret_storage.v1.aes-hmac-sha2).
//
// Its laws: nothing of a secret is given out before its MAC was checked, and a
// secret of one name does not pass for another's. Keys, secrets and
// passphrases are in no error.
//
// It does not say whether a secret is the right one: the MAC is not over the
// IV, so a server can turn a secret into noise, and bring back an old one.
// Callers compare with the public half. Nor does it store anything, or know
// which key is the default.
package secretstorage

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/wasm/aesctr"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const (
	// Algorithm is the only one there is.
	Algorithm = "m.secret_storage.v1.aes-hmac-sha2"
	// KeySize is the length of a key in bytes.
	KeySize = 32
)

// What may be wrong with a secret or the description of a key.
var (
	ErrMissing   = errors.New("secretstorage: not stored for this key")
	ErrAlgorithm = errors.New("secretstorage: another algorithm")
	ErrGarbled   = errors.New("secretstorage: not what the spec has")
	ErrForged    = errors.New("secretstorage: made with another key or name, or changed")
	ErrKey       = errors.New("secretstorage: not the key that is described")
)

// Key is the secret storage key. Package recovery writes it for people.
type Key [KeySize]byte

// NewKey returns a key read from random.
func NewKey(random io.Reader) (key Key, err error) {
	if _, err := io.ReadFull(random, key[:]); err != nil {
		return Key{}, fmt.Errorf("secretstorage: no randomness: %w", err)
	}
	return key, nil
}

// NewID returns an id for a key, read from random.
func NewID(random io.Reader) (string, error) {
	var id [24]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return "", fmt.Errorf("secretstorage: no randomness: %w", err)
	}
	return unpadded.EncodeURL(id[:]), nil
}

// Encrypt returns the account data of the secret of that name, for the key of
// that id alone: what other keys could read is not in it.
func Encrypt(name, secret, id string, key Key, random io.Reader) (scan.Value, error) {
	iv, err := aesctr.NewIV(random)
	if err != nil {
		return nil, err
	}
	k, err := key.derive(name)
	if err != nil {
		return nil, err
	}
	text := []byte(secret)
	if err := aesctr.XOR(k.aes, iv, text); err != nil {
		return nil, err
	}
	var sealed, encrypted, content scan.Builder
	sealed.Text("iv", unpadded.Encode(iv[:])).Text("ciphertext", unpadded.Encode(text)).Text("mac", unpadded.Encode(k.sum(text)))
	return content.Raw("encrypted", encrypted.Raw(id, sealed.Done()).Done()).Done(), nil
}

// Decrypt returns what Encrypt made account data of; ErrMissing where it was
// made for other keys only, ErrGarbled or ErrForged.
func Decrypt(name string, content scan.Value, id string, key Key) (secret string, err error) {
	sealed := content.Path("encrypted", id)
	if sealed.Kind() != scan.Object {
		return "", ErrMissing
	}
	iv, err := decodeIV(sealed.Get("iv"))
	if err != nil {
		return "", err
	}
	text, ok := sealed.Get("ciphertext").AsText()
	ciphertext, err := unpadded.Decode(text)
	if err != nil || !ok {
		return "", ErrGarbled
	}
	mac, err := unpadded.Decode(sealed.Get("mac").Text())
	if err != nil || len(mac) != sha256.Size {
		return "", ErrGarbled
	}
	k, err := key.derive(name)
	if err != nil {
		return "", err
	}
	if !hmac.Equal(k.sum(ciphertext), mac) {
		return "", ErrForged
	}
	if err := aesctr.XOR(k.aes, iv, ciphertext); err != nil {
		return "", ErrGarbled
	}
	return string(ciphertext), nil
}

// decodeIV reads an IV. Of a longer one, which nheko wrote, the first bytes
// count.
func decodeIV(v scan.Value) (aesctr.IV, error) {
	b, err := unpadded.Decode(v.Text())
	if err != nil || len(b) < aesctr.IVSize {
		return aesctr.IV{}, ErrGarbled
	}
	return aesctr.IV(b[:aesctr.IVSize]), nil
}

// keys are what is made of a Key for one name.
type keys struct{ aes, mac [32]byte }

func (k Key) derive(name string) (keys, error) {
	b, err := hkdf.Key(sha256.New, k[:], make([]byte, sha256.Size), name, 64)
	if err != nil {
		return keys{}, fmt.Errorf("secretstorage: %w", err)
	}
	return keys{aes: [32]byte(b[:32]), mac: [32]byte(b[32:])}, nil
}

func (k keys) sum(ciphertext []byte) []byte {
	h := hmac.New(sha256.New, k.mac[:])
	h.Write(ciphertext)
	return h.Sum(nil)
}

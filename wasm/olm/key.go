package olm

import (
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const keySize = curve25519.KeySize

// PublicKey is that of a KeyPair, of this device or another.
type PublicKey [keySize]byte

// ParsePublicKey reads a key as Matrix writes it; or ErrKey.
func ParsePublicKey(text string) (PublicKey, error) {
	b, err := unpadded.Decode(text)
	if err != nil || len(b) != keySize {
		return PublicKey{}, ErrKey
	}
	return PublicKey(b), nil
}

// String returns the key as Matrix writes it.
func (k PublicKey) String() string { return unpadded.Encode(k[:]) }

// KeyPair is a device's identity key, a one-time or fallback key, or one of a
// session's.
type KeyPair struct {
	private [keySize]byte
	public  PublicKey
}

// NewKeyPair returns a pair made of 32 bytes read from random.
func NewKeyPair(random io.Reader) (k KeyPair, err error) {
	if _, err := io.ReadFull(random, k.private[:]); err != nil {
		return KeyPair{}, fmt.Errorf("olm: no randomness: %w", err)
	}
	public, err := curve25519.X25519Public(k.private[:])
	if err != nil {
		return KeyPair{}, err
	}
	k.public = PublicKey(public)
	return k, nil
}

// Public returns the public half.
func (k KeyPair) Public() PublicKey { return k.public }

// Format prints the public half, whatever the verb.
func (k KeyPair) Format(f fmt.State, _ rune) { io.WriteString(f, k.public.String()) }

// agreement is what a secret comes of: a pair of one side, the public half of the
// other's.
type agreement struct {
	own    KeyPair
	theirs PublicKey
}

// agree returns the secrets of all agreements, one after the other; or ErrKey.
func agree(all ...agreement) (secret []byte, err error) {
	for _, a := range all {
		b, err := curve25519.X25519(a.own.private[:], a.theirs[:])
		if err != nil {
			return nil, ErrKey
		}
		secret = append(secret, b...)
	}
	return secret, nil
}

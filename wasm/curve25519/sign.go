package curve25519

import (
	"crypto/sha512"
	"fmt"
	"io"

	"filippo.io/edwards25519"
)

// SigningKey is an Ed25519 private key.
type SigningKey struct {
	// expanded is what RFC 8032, section 5.1.5, makes of a seed: the scalar s,
	// clamped, and the prefix of what is hashed for each signature.
	expanded [ExpandedKeySize]byte
	scalar   *edwards25519.Scalar
	public   [KeySize]byte
}

// NewSigningKey returns the key of a seed, which is what other places call the
// private key and what Matrix shares as a secret; or ErrKey.
func NewSigningKey(seed []byte) (*SigningKey, error) {
	if len(seed) != SeedSize {
		return nil, ErrKey
	}
	expanded := sha512.Sum512(seed)
	return ExpandedSigningKey(expanded[:])
}

// GenerateSigningKey returns a key with a seed read from random, and the seed.
func GenerateSigningKey(random io.Reader) (key *SigningKey, seed []byte, err error) {
	seed = make([]byte, SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, nil, fmt.Errorf("curve25519: no randomness: %w", err)
	}
	key, err = NewSigningKey(seed)
	return key, seed, err
}

// ExpandedSigningKey returns the key of 64 bytes, scalar ‖ prefix, as Olm's
// accounts and sessions pickle it; or ErrKey. The seed cannot be had from them.
func ExpandedSigningKey(expanded []byte) (*SigningKey, error) {
	if len(expanded) != ExpandedKeySize {
		return nil, ErrKey
	}
	scalar, err := edwards25519.NewScalar().SetBytesWithClamping(expanded[:32])
	if err != nil {
		return nil, ErrKey
	}
	k := &SigningKey{scalar: scalar}
	copy(k.expanded[:], expanded)
	clamp(k.expanded[:32])
	a := multiplyBase(scalar.Bytes())
	k.public = a.bytes()
	return k, nil
}

// Expanded returns what ExpandedSigningKey makes the same key of.
func (k *SigningKey) Expanded() []byte { return append([]byte(nil), k.expanded[:]...) }

// Public returns the public key.
func (k *SigningKey) Public() []byte { return append([]byte(nil), k.public[:]...) }

// Sign returns the signature of message (RFC 8032, section 5.1.6).
func (k *SigningKey) Sign(message []byte) []byte {
	r := hash(k.expanded[32:], message)
	commitment := multiplyBase(r.Bytes())
	encoded := commitment.bytes()
	h := hash(encoded[:], k.public[:], message)
	s := edwards25519.NewScalar().MultiplyAdd(h, k.scalar, r)
	return append(append(make([]byte, 0, SignatureSize), encoded[:]...), s.Bytes()...)
}

// clamp is what X25519 and Ed25519 both do to 32 bytes of a private key: a
// multiple of 8, from 2^254 to 2^255.
func clamp(k []byte) {
	k[0] &= 248
	k[31] = k[31]&127 | 64
}

package megolm

import (
	"fmt"
	"io"
	"math"

	"github.com/alcove-chat/alcove/wasm/aessha2"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Outbound is a session that this device encrypts with, at one index. It is a
// value: to copy it is to clone it, and nothing changes it. The zero Outbound is
// no session.
type Outbound struct {
	seed    [curve25519.SeedSize]byte
	key     *curve25519.SigningKey // of seed
	ratchet ratchet
}

// NewOutbound returns a session at index 0, of 160 bytes read from random.
func NewOutbound(random io.Reader) (Outbound, error) {
	var b [curve25519.SeedSize + parts*partSize]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return Outbound{}, fmt.Errorf("megolm: no randomness: %w", err)
	}
	s := Outbound{seed: [curve25519.SeedSize]byte(b[:])}
	for j := range s.ratchet.parts {
		copy(s.ratchet.parts[j][:], b[len(s.seed)+j*partSize:])
	}
	return s.withKey()
}

func (s Outbound) withKey() (_ Outbound, err error) {
	s.key, err = curve25519.NewSigningKey(s.seed[:])
	return s, err
}

// ID returns the session's id.
func (s Outbound) ID() string { return unpadded.Encode(s.key.Public()) }

// Index returns the index of the message that is encrypted next.
func (s Outbound) Index() uint32 { return s.ratchet.index }

// Skip returns the session n indices on, which are for nobody then.
func (s Outbound) Skip(n uint32) Outbound {
	s.ratchet.advanceTo(s.ratchet.index + min(n, math.MaxUint32-s.ratchet.index))
	return s
}

// Encrypt returns plaintext as a message, and the session that encrypts the one
// after it. The caller must store next, or one that skipped more, before the message
// leaves, and never encrypt with s again unless next was lost together with the
// message.
func (s Outbound) Encrypt(plaintext []byte) (message string, next Outbound, err error) {
	if s.ratchet.index == math.MaxUint32 {
		return "", s, ErrExhausted
	}
	k := s.ratchet.keys()
	size := aessha2.PaddedSize(len(plaintext))
	b := appendHead(make([]byte, 0, size+most), s.ratchet.index, size)
	b = k.Encrypt(b, plaintext)
	mac := k.MAC(b)
	b = append(b, mac[:]...)
	b = append(b, s.key.Sign(b)...)
	next = s
	next.ratchet.advanceTo(s.ratchet.index + 1)
	return unpadded.Encode(b), next, nil
}

// SessionKey returns what others need in order to read the messages from this
// index on: the session_key of an m.room_key ("Session sharing format").
func (s Outbound) SessionKey() string {
	b := appendKey(make([]byte, 0, sessionKeySize), sessionKeyVersion, &s.ratchet, s.key.Public())
	return unpadded.Encode(append(b, s.key.Sign(b)...))
}

// Inbound returns the session that reads the messages from this index on.
func (s Outbound) Inbound() *Inbound {
	return &Inbound{key: [curve25519.KeySize]byte(s.key.Public()), first: s.ratchet, signed: true, signedFrom: s.ratchet.index}
}

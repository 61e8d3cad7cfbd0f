// Package seal keeps whole stores of a database unreadable to whoever has the
// disk and not the keys: a storage.DB around a storage.DB, which seals every
// value that goes into those stores and opens every value that comes out.
//
// Its law: what does not open is never handed on, in whole or in part. A value
// is bound to its store and key, so that records cannot be swapped, and a value
// that was never sealed counts as garbled too.
//
// It does not hide which keys there are, how long values are and when they
// change, and it cannot tell an older value of the same key from the present
// one: who may write to the disk may set back a record. It does not keep the
// keys.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/alcove-chat/alcove/storage"
)

// ErrGarbled says that a value does not open: it was changed, moved, sealed
// under another key, or never sealed.
var ErrGarbled = errors.New("seal: garbled value")

// ErrKey says that a whole database was sealed under other keys: what is in it
// is lost.
var ErrKey = errors.New("seal: sealed under another key")

// KeySize is the length of a key in bytes.
const KeySize = 32

// Keys seal one database.
type Keys struct {
	Data, View [KeySize]byte
	// Protected says that the browser keeps the keys so that not even a program
	// of this site can read them from disk.
	Protected bool
}

// Kind is how a value is sealed, and the first byte of one that is. No value
// in plain begins with such a byte: it cannot begin UTF-8, and versions of
// records are small.
type Kind byte

const (
	// Data is XChaCha20-Poly1305 under Keys.Data.
	Data Kind = 0xA1
	// View is AES-256-GCM under Keys.View, which a page opens with WebCrypto
	// before the core is up.
	View Kind = 0xA2
)

// format is the version of the sealed form, part of what a value is bound to.
const format = 1

// sealer seals and opens single values:
//
//	kind ‖ nonce ‖ ciphertext ‖ tag
//
// with store ‖ 0 ‖ format u32 ‖ key as additional data.
//
// Nonces are random. 24 bytes of them never meet. The 12 of AES-GCM may be
// used 2^32 times under a key (NIST SP 800-38D, 8.3): three snapshots every two
// seconds, day and night, for 90 years.
type sealer struct {
	data, view cipher.AEAD
	random     io.Reader
}

func newSealer(k Keys, random io.Reader) (*sealer, error) {
	data, err := chacha20poly1305.NewX(k.Data[:])
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(k.View[:])
	if err != nil {
		return nil, err
	}
	view, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &sealer{data: data, view: view, random: random}, nil
}

func (s *sealer) aead(k Kind) cipher.AEAD {
	if k == View {
		return s.view
	}
	return s.data
}

func (s *sealer) seal(k Kind, store storage.Store, key, plain []byte) ([]byte, error) {
	aead := s.aead(k)
	head := 1 + aead.NonceSize()
	out := make([]byte, head, head+len(plain)+aead.Overhead())
	out[0] = byte(k)
	if _, err := io.ReadFull(s.random, out[1:]); err != nil {
		return nil, fmt.Errorf("seal: no randomness: %w", err)
	}
	return aead.Seal(out, out[1:head], plain, binding(store, key)), nil
}

// open returns the plain value, in place of the sealed one.
func (s *sealer) open(k Kind, store storage.Store, key, value []byte) ([]byte, error) {
	aead := s.aead(k)
	head := 1 + aead.NonceSize()
	if len(value) < head || Kind(value[0]) != k {
		return nil, ErrGarbled
	}
	plain, err := aead.Open(value[head:head], value[1:head], value[head:], binding(store, key))
	if err != nil {
		return nil, ErrGarbled
	}
	return plain, nil
}

func binding(store storage.Store, key []byte) []byte {
	b := make([]byte, 0, len(store)+5+len(key))
	b = append(append(b, store...), 0)
	b = binary.BigEndian.AppendUint32(b, format)
	return append(b, key...)
}

// Sealed reports whether a value looks sealed.
func Sealed(value []byte) bool {
	return len(value) > 0 && (Kind(value[0]) == Data || Kind(value[0]) == View)
}

// Package backup encrypts room keys for the backup that a server keeps, and
// says what a server's backup is (spec: client-server API, server-side key
// backups; m.megolm_backup.v1.curve25519-aes-sha2).
//
// Its law: an error holds nothing of a key or a session.
//
// What it cannot do: find out who wrote a session. Anybody who knows the
// public key can encrypt to it, and the MAC is over nothing, which proves the
// key and no more. So what comes from a backup was said by the server, and the
// bytes that Decrypt returns are hostile.
//
// It does not know whose signatures to trust, nor what is in a session, nor
// what the server counts beside it.
package backup

import (
	"errors"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// Algorithm is the only one there is.
const Algorithm = "m.megolm_backup.v1.curve25519-aes-sha2"

// What may be wrong with a backup or a session in it.
var (
	ErrAlgorithm = errors.New("backup: another algorithm")
	ErrKey       = errors.New("backup: not a key")
	ErrGarbled   = errors.New("backup: not a session")
	ErrOtherKey  = errors.New("backup: encrypted for another key")
)

// PublicKey is what sessions are encrypted for. Each device has it.
type PublicKey [curve25519.KeySize]byte

// Key is what opens a backup. Devices that a user trusts have it, as the
// secret "m.megolm_backup.v1".
type Key struct {
	private [curve25519.KeySize]byte
	public  PublicKey
}

// NewKey returns a key read from random.
func NewKey(random io.Reader) (*Key, error) {
	var private [curve25519.KeySize]byte
	if _, err := io.ReadFull(random, private[:]); err != nil {
		return nil, fmt.Errorf("backup: no randomness: %w", err)
	}
	return KeyOf(private[:])
}

// KeyOf returns the key of what Private returned, or ErrKey.
func KeyOf(private []byte) (*Key, error) {
	public, err := curve25519.X25519Public(private)
	if err != nil {
		return nil, ErrKey
	}
	return &Key{private: [curve25519.KeySize]byte(private), public: PublicKey(public)}, nil
}

// Private returns the private key. Package recovery writes it for people.
func (k *Key) Private() [curve25519.KeySize]byte { return k.private }

// Public returns the public key.
func (k *Key) Public() PublicKey { return k.public }

// Opens reports whether k is the key of that backup. A backup whose key the
// user has is theirs, whoever signed it.
func (k *Key) Opens(i Info) bool { return k.public == i.Public }

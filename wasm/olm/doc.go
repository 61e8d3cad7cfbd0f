// Package olm is the ratchet between two devices, m.olm.v1.curve25519-aes-sha2,
// through which they send each other room keys and secrets (Matrix spec, "Olm: A
// Cryptographic Ratchet", v1.17 on; before, docs/olm.md of libolm). It agrees with
// goolm on every byte, at a fraction of its time in wasm.
//
// Its laws:
//
//   - A Session is a value. Encrypting and decrypting change nothing but return
//     what comes next, so that the caller can store that before it sends, or with
//     what it read; and what is refused leaves no trace.
//   - There is no session that nobody proved to hold: one that another device
//     began comes with the text of its first message.
//   - A message is read only after its MAC holds, and once.
//   - No error, and nothing that is printed, holds anything of a key or a text.
//
// It knows no users, devices or accounts. Whether a sender's identity key is the
// device's, which one-time key is whose and when it is used up, and which of two
// sessions to send with is the caller's to know. Records are not encrypted here:
// wasm/seal does that. All of it is for any number of goroutines.
package olm

import "errors"

// The kinds of messages, the "type" of a ciphertext in m.room.encrypted.
const (
	// KindPreKey are messages with all that the other device needs to make the
	// session; they are sent until it answers.
	KindPreKey = 0
	// KindMessage are the others.
	KindMessage = 1
)

// What may be wrong with a message. Such a one costs nothing but itself.
var (
	// ErrFormat says that a message or record is not of the form it should have,
	// or of a kind or version that is not known.
	ErrFormat = errors.New("olm: malformed")
	// ErrMAC says that a message was not encrypted with this session, or not so.
	ErrMAC = errors.New("olm: encrypted with another key")
	// ErrUsed says that a message was read before, or that so many came after it
	// that its key was given up.
	ErrUsed = errors.New("olm: key of the message is gone")
	// ErrIndex says that too many messages before this one are missing.
	ErrIndex = errors.New("olm: too far ahead")
	// ErrSession says that a pre-key message belongs to another session, or was
	// made for another one-time key.
	ErrSession = errors.New("olm: of another session")
	// ErrUnanswered says that a message has a ratchet key which nobody can have
	// made yet, because this device has not answered the one before.
	ErrUnanswered = errors.New("olm: the other side turned the ratchet twice")
)

// What may be wrong with a key or a session.
var (
	// ErrKey says that bytes are no public key, or one of small order, with which
	// there are no secrets.
	ErrKey = errors.New("olm: not a key")
	// ErrExhausted says that a session has no more indices to encrypt with before
	// the other device answers.
	ErrExhausted = errors.New("olm: session is exhausted")
)

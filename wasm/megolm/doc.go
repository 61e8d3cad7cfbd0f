// Package megolm is the ratchet of room messages, m.megolm.v1.aes-sha2: it
// encrypts what this device sends, and decrypts what others send (Matrix spec,
// "Megolm group ratchet", v1.17 on; before, docs/megolm.md of libolm). It is the
// hot path of e2ee, and several times as fast in wasm as goolm, with which it
// agrees on every byte.
//
// Its laws:
//
//   - An Outbound is a value. Encrypting changes nothing but returns what comes
//     next, so that the caller can store that before it sends, and nothing is
//     lost if it cannot.
//   - Decrypting changes nothing that is stored: no message has to be followed by
//     a write. What a session remembers to be quick never changes an answer.
//   - In any order, forwards or backwards, alone or in batches, a message has one
//     answer; and a message is read only after its signature and its MAC hold.
//   - No error holds anything of a key or a text.
//
// It knows no rooms, users or events. Who made a session, whether two events are
// the same message again (session id and index), and when to make a new session
// is the caller's to know. Records are not encrypted here: wasm/seal does that.
//
// An Outbound is for any number of goroutines, an Inbound for one at a time.
package megolm

import "errors"

// What may be wrong with a message.
var (
	// ErrFormat says that a message, key or record is not of the form it should
	// have, or of a version that is not known.
	ErrFormat = errors.New("megolm: malformed")
	// ErrSignature says that a message or key was not signed by the session's key.
	ErrSignature = errors.New("megolm: forged")
	// ErrIndex says that a message, or the wanted index, is from before what is
	// known of the session.
	ErrIndex = errors.New("megolm: before the first known index")
	// ErrMAC says that a message was signed by the session's key, but not
	// encrypted with the ratchet that is known of it.
	ErrMAC = errors.New("megolm: encrypted with another key")
)

// What may be wrong with a session.
var (
	// ErrKey says that a session's public key is none that anybody should sign
	// with: not a point, of small order, or not in its own form.
	ErrKey = errors.New("megolm: not a signing key")
	// ErrConflict says that two sessions of one id are not the same one.
	ErrConflict = errors.New("megolm: two sessions with one id")
	// ErrExhausted says that a session has no more indices to encrypt with.
	ErrExhausted = errors.New("megolm: session is exhausted")
)

// Package curve25519 is Ed25519 (RFC 8032) and X25519 (RFC 7748), made for wasm,
// where it is several times as fast as crypto/ed25519 and crypto/ecdh
// (RATIONALE.md says why). It is for e2ee: the signatures of devices, one-time
// keys, cross-signing and Megolm messages, and the agreements of Olm, of the
// backup and of verification (Matrix spec, appendices, "Signing JSON"; Olm and
// Megolm).
//
// Its laws: Verify accepts and rejects exactly what crypto/ed25519 does, so no
// event is genuine in one client and forged in another; batches change nothing
// about that. What takes a private key takes the same time whatever the key:
// it reads the whole of any table, and swaps by mask. What verifies takes public
// data and may branch.
//
// It wipes no keys and knows no base64: keys are bytes. The scalars modulo the
// group's order are filippo.io/edwards25519's. A Verifier is for one
// goroutine at a time, all else for any.
package curve25519

import "errors"

// Lengths in bytes.
const (
	KeySize         = 32 // public keys, and X25519 private keys
	SeedSize        = 32
	ExpandedKeySize = 64
	SignatureSize   = 64
)

// ErrKey says that bytes are not a key: they have the wrong length, or are not
// a point.
var ErrKey = errors.New("curve25519: not a key")

// ErrZeroSecret says that a public key of small order made the shared secret
// zero, so that it is no secret.
var ErrZeroSecret = errors.New("curve25519: shared secret is zero")

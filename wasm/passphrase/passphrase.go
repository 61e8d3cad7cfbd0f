// Package passphrase makes keys of what people can remember, with PBKDF2 and
// SHA-512: those of secret storage and of key exports.
//
// Its law: whoever wrote the file or the account data chose the rounds, so
// what asks for too many is refused before any work is done.
//
// In the browser it does not derive itself: WebCrypto does it several times as
// fast, and beside the worker's thread. So those who need a key of a
// passphrase are handed a PBKDF2. Passphrases are taken as they are typed,
// without normalisation, as other clients do.
package passphrase

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha512"
	"errors"
)

const (
	// Rounds is how many rounds new keys get, as in other clients.
	Rounds = 500_000
	// MaxRounds is how many are done for anybody: some ten seconds.
	MaxRounds = 10_000_000
)

// ErrRounds says that a key of a passphrase needs no rounds, or more than
// MaxRounds.
var ErrRounds = errors.New("passphrase: number of rounds is out of bounds")

var errSize = errors.New("passphrase: key of another size")

// PBKDF2 derives size bytes from a passphrase with HMAC-SHA-512 (RFC 8018,
// section 5.2). Call it through Derive.
type PBKDF2 func(ctx context.Context, passphrase string, salt []byte, rounds, size int) ([]byte, error)

// Derive returns what p derives, or ErrRounds.
func (p PBKDF2) Derive(ctx context.Context, passphrase string, salt []byte, rounds, size int) ([]byte, error) {
	if rounds < 1 || rounds > MaxRounds {
		return nil, ErrRounds
	}
	key, err := p(ctx, passphrase, salt, rounds, size)
	if err != nil {
		return nil, err
	}
	if len(key) != size {
		return nil, errSize
	}
	return key, nil
}

// InGo is PBKDF2 where there is no WebCrypto. It cannot be cancelled.
func InGo(ctx context.Context, passphrase string, salt []byte, rounds, size int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return pbkdf2.Key(sha512.New, passphrase, salt, rounds, size)
}

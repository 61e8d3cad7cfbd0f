// Package keyexport writes and reads the files in which people take their room
// keys from one client to another (spec: client-server API, key exports).
//
// Its laws: nothing of a file is given out before its MAC was found right, and
// a file's rounds are bounded before the first is done. An error holds nothing
// of a passphrase or a session.
//
// The sessions are bytes here: a JSON list, of which nothing is looked at. Who
// knows the passphrase may have written anything.
package keyexport

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/wasm/aesctr"
	"github.com/alcove-chat/alcove/wasm/passphrase"
)

// What may be wrong with a file, besides passphrase.ErrRounds.
var (
	ErrFormat     = errors.New("keyexport: not a key export")
	ErrVersion    = errors.New("keyexport: key export of another version")
	ErrPassphrase = errors.New("keyexport: another passphrase, or the file was changed")
)

// A file holds, in base64: version, salt, IV, rounds, what is encrypted, MAC
// over all before.
const (
	version   = 1
	saltAt    = 1
	ivAt      = saltAt + saltSize
	roundsAt  = ivAt + aesctr.IVSize
	headSize  = roundsAt + 4
	saltSize  = 16
	leastSize = headSize + sha256.Size
)

// Encrypt returns the file of sessions.
func Encrypt(ctx context.Context, sessions []byte, phrase string, derive passphrase.PBKDF2, random io.Reader) ([]byte, error) {
	data := make([]byte, headSize, leastSize+len(sessions))
	data[0] = version
	if _, err := io.ReadFull(random, data[saltAt:ivAt]); err != nil {
		return nil, fmt.Errorf("keyexport: no randomness: %w", err)
	}
	iv, err := aesctr.NewIV(random)
	if err != nil {
		return nil, err
	}
	copy(data[ivAt:], iv[:])
	binary.BigEndian.PutUint32(data[roundsAt:], passphrase.Rounds)
	k, err := deriveKeys(ctx, data, phrase, derive)
	if err != nil {
		return nil, err
	}
	data = append(data, sessions...)
	if err := aesctr.XOR(k.aes, iv, data[headSize:]); err != nil {
		return nil, err
	}
	return armour(append(data, k.sum(data)...)), nil
}

// Decrypt returns the sessions of a file; ErrFormat, ErrVersion,
// passphrase.ErrRounds, ErrPassphrase, or why derive failed.
func Decrypt(ctx context.Context, file []byte, phrase string, derive passphrase.PBKDF2) ([]byte, error) {
	data, err := unarmour(file)
	if err != nil {
		return nil, err
	}
	if len(data) > 0 && data[0] != version {
		return nil, ErrVersion
	}
	if len(data) < leastSize {
		return nil, ErrFormat
	}
	k, err := deriveKeys(ctx, data, phrase, derive)
	if err != nil {
		return nil, err
	}
	data, mac := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if !hmac.Equal(k.sum(data), mac) {
		return nil, ErrPassphrase
	}
	sessions := data[headSize:]
	if err := aesctr.XOR(k.aes, aesctr.IV(data[ivAt:roundsAt]), sessions); err != nil {
		return nil, ErrFormat
	}
	return sessions, nil
}

// keys are what is made of a passphrase for one file.
type keys struct{ aes, mac [32]byte }

// deriveKeys takes salt and rounds from a file's head.
func deriveKeys(ctx context.Context, head []byte, phrase string, derive passphrase.PBKDF2) (keys, error) {
	rounds := binary.BigEndian.Uint32(head[roundsAt:])
	b, err := derive.Derive(ctx, phrase, head[saltAt:ivAt], int(rounds), 64)
	if err != nil {
		return keys{}, fmt.Errorf("keyexport: %w", err)
	}
	return keys{aes: [32]byte(b[:32]), mac: [32]byte(b[32:])}, nil
}

func (k keys) sum(data []byte) []byte {
	h := hmac.New(sha256.New, k.mac[:])
	h.Write(data)
	return h.Sum(nil)
}

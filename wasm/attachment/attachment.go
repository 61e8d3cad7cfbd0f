// Package attachment encrypts files that are sent to encrypted rooms, and reads
// and writes how (spec: client-server API, sending encrypted attachments; v2).
//
// Its laws: each file has a key of its own. Nothing of a file is given out
// before its hash was found right, and what one client opens, all do. An error
// holds nothing of a key.
//
// It takes a file whole and works in its place, so that one is in memory once.
// In wasm that is 30 MB a second; for more at a time WebCrypto can be given what
// is in an Info. It neither uploads nor downloads, and does not look at what is
// in a file.
package attachment

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/wasm/aesctr"
)

// What may be wrong with a file or how it is said to be encrypted.
var (
	ErrVersion = errors.New("attachment: another version or algorithm")
	ErrGarbled = errors.New("attachment: not what the spec has")
	ErrChanged = errors.New("attachment: not the file that was sent")
)

// Info is how one file was encrypted.
type Info struct {
	Key  [aesctr.KeySize]byte
	IV   aesctr.IV
	Hash [sha256.Size]byte // SHA-256 of the encrypted file
}

// Encrypt encrypts a file in its place, with a key and IV read from random.
func Encrypt(file []byte, random io.Reader) (Info, error) {
	var i Info
	if _, err := io.ReadFull(random, i.Key[:]); err != nil {
		return Info{}, fmt.Errorf("attachment: no randomness: %w", err)
	}
	// The other half of the IV counts blocks, from 0.
	if _, err := io.ReadFull(random, i.IV[:8]); err != nil {
		return Info{}, fmt.Errorf("attachment: no randomness: %w", err)
	}
	if err := aesctr.XOR(i.Key, i.IV, file); err != nil {
		return Info{}, err
	}
	i.Hash = sha256.Sum256(file)
	return i, nil
}

// Decrypt decrypts a file in its place. With ErrChanged or ErrGarbled it stays
// as it was.
func (i Info) Decrypt(file []byte) error {
	hash := sha256.Sum256(file)
	if !hmac.Equal(hash[:], i.Hash[:]) {
		return ErrChanged
	}
	// A sender whose IV makes the counter overflow could show different files to
	// different clients.
	if err := aesctr.XOR(i.Key, i.IV, file); err != nil {
		return ErrGarbled
	}
	return nil
}

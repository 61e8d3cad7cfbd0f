package secretstorage

import (
	"context"
	"fmt"
	"io"

	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Passphrase says how a key is made of a passphrase (spec: deriving keys from
// passphrases).
type Passphrase struct {
	Algorithm string // "m.pbkdf2"
	Salt      string
	Rounds    int
	Bits      int // length of the key
}

const (
	pbkdf2  = "m.pbkdf2"
	keyBits = 8 * KeySize
)

// NewPassphrase returns how to make a new key of a passphrase, with a salt
// read from random.
func NewPassphrase(random io.Reader) (*Passphrase, error) {
	var salt [24]byte
	if _, err := io.ReadFull(random, salt[:]); err != nil {
		return nil, fmt.Errorf("secretstorage: no randomness: %w", err)
	}
	return &Passphrase{Algorithm: pbkdf2, Salt: unpadded.Encode(salt[:]), Rounds: passphrase.Rounds, Bits: keyBits}, nil
}

// parsePassphrase leaves what is wrong to Key: a description with a passphrase
// that cannot be used is still good for who has the key itself.
func parsePassphrase(v scan.Value) *Passphrase {
	if v.Kind() != scan.Object {
		return nil
	}
	p := &Passphrase{Algorithm: v.Get("algorithm").Text(), Salt: v.Get("salt").Text(), Bits: keyBits}
	p.Rounds = bounded(v.Get("iterations"))
	if bits := v.Get("bits"); bits.Exists() {
		p.Bits = bounded(bits)
	}
	return p
}

// bounded reads a number; what is none, or larger than any of use, is 0.
func bounded(v scan.Value) int {
	n := v.Int()
	if n < 0 || n > passphrase.MaxRounds {
		return 0
	}
	return int(n)
}

func (p *Passphrase) content() scan.Value {
	var o scan.Builder
	return o.Text("algorithm", p.Algorithm).Text("salt", p.Salt).Int("iterations", int64(p.Rounds)).Int("bits", int64(p.Bits)).Done()
}

// Key returns the key that is made of phrase; ErrAlgorithm or
// passphrase.ErrRounds where this is not done.
func (p *Passphrase) Key(ctx context.Context, phrase string, derive passphrase.PBKDF2) (key Key, err error) {
	if p.Algorithm != pbkdf2 || p.Bits != keyBits {
		return Key{}, ErrAlgorithm
	}
	b, err := derive.Derive(ctx, phrase, []byte(p.Salt), p.Rounds, KeySize)
	if err != nil {
		return Key{}, err
	}
	return Key(b), nil
}

package secretstorage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"io"

	"github.com/alcove-chat/alcove/wasm/aesctr"
	"github.com/alcove-chat/alcove/wasm/passphrase"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Description is what an account says of a key, in its account data
// "m.secret_storage.key." and the key's id (spec: key storage).
type Description struct {
	Name       string
	Passphrase *Passphrase // nil where the key is not made of one
	check      *check      // nil where there is nothing to check a key with
}

// check is the MAC of 32 zeros, encrypted as the secret of no name.
type check struct {
	iv  aesctr.IV
	mac [sha256.Size]byte
}

// Describe returns a description that only key passes.
func Describe(key Key, name string, p *Passphrase, random io.Reader) (Description, error) {
	iv, err := aesctr.NewIV(random)
	if err != nil {
		return Description{}, err
	}
	mac, err := key.checkSum(iv)
	if err != nil {
		return Description{}, err
	}
	return Description{Name: name, Passphrase: p, check: &check{iv, mac}}, nil
}

// ParseDescription reads account data; ErrAlgorithm, or ErrGarbled where there
// is something to check a key with that nothing can pass.
func ParseDescription(content scan.Value) (Description, error) {
	if content.Get("algorithm").Text() != Algorithm {
		return Description{}, ErrAlgorithm
	}
	d := Description{Name: content.Get("name").Text(), Passphrase: parsePassphrase(content.Get("passphrase"))}
	iv, mac := content.Get("iv"), content.Get("mac")
	if isNothing(iv) || isNothing(mac) {
		return d, nil
	}
	var c check
	var err error
	if c.iv, err = decodeIV(iv); err != nil {
		return Description{}, err
	}
	sum, err := unpadded.Decode(mac.Text())
	if err != nil || len(sum) != len(c.mac) {
		return Description{}, ErrGarbled
	}
	c.mac = [sha256.Size]byte(sum)
	d.check = &c
	return d, nil
}

// isNothing reports whether v says as little as a member that is not there.
// Some clients write empty strings.
func isNothing(v scan.Value) bool {
	text, ok := v.AsText()
	return ok && text == "" || v.Kind() == scan.Null || !v.Exists()
}

// Content returns the account data of d.
func (d Description) Content() scan.Value {
	var o scan.Builder
	o.TextIf("name", d.Name).Text("algorithm", Algorithm)
	if d.Passphrase != nil {
		o.Raw("passphrase", d.Passphrase.content())
	}
	if d.check != nil {
		o.Text("iv", unpadded.Encode(d.check.iv[:])).Text("mac", unpadded.Encode(d.check.mac[:]))
	}
	return o.Done()
}

// Checkable reports whether Check says anything. Where it does not, whoever
// controls the server chose the passphrase's rounds and salt, so nothing new
// should be encrypted with the key before a secret it opened proved right.
func (d Description) Checkable() bool { return d.check != nil }

// Check returns nil if key is the one that is described, or if the description
// does not tell, which the spec has clients take for yes; else ErrKey,
// or ErrGarbled where nothing can pass.
func (d Description) Check(key Key) error {
	if d.check == nil {
		return nil
	}
	mac, err := key.checkSum(d.check.iv)
	if err != nil {
		return err
	}
	if !hmac.Equal(mac[:], d.check.mac[:]) {
		return ErrKey
	}
	return nil
}

// Open returns the key that is made of a passphrase; ErrMissing where d names
// no passphrase, ErrKey, or what keeps p from being used.
func (d Description) Open(ctx context.Context, phrase string, derive passphrase.PBKDF2) (Key, error) {
	if d.Passphrase == nil {
		return Key{}, ErrMissing
	}
	key, err := d.Passphrase.Key(ctx, phrase, derive)
	if err != nil {
		return Key{}, err
	}
	if err := d.Check(key); err != nil {
		return Key{}, err
	}
	return key, nil
}

func (k Key) checkSum(iv aesctr.IV) (sum [sha256.Size]byte, err error) {
	derived, err := k.derive("")
	if err != nil {
		return sum, err
	}
	zeros := make([]byte, 32)
	if err := aesctr.XOR(derived.aes, iv, zeros); err != nil {
		return sum, ErrGarbled
	}
	return [sha256.Size]byte(derived.sum(zeros)), nil
}

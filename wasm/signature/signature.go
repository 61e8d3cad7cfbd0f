// Package signature signs JSON objects and checks their signatures: those of
// devices, one-time keys, cross-signing keys and backups (spec: appendices,
// signing JSON).
//
// Its law: a signature is for what the object says as this core reads it, in
// canonical JSON without "signatures" and "unsigned". What has no canonical
// form is neither signed nor genuine.
//
// It does not know whose keys to trust, and finds no keys in objects: callers
// name the entity and the key, and must have them from elsewhere.
package signature

import (
	"errors"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// ErrMissing says that an object has no signature of the entity with the key,
// ErrForged that it has one and the key did not make it.
var (
	ErrMissing = errors.New("signature: missing")
	ErrForged  = errors.New("signature: forged")
)

const (
	signatures = "signatures"
	unsigned   = "unsigned"
)

// Sign returns object with the signature of key added, under the entity that
// signs, such as "@alice:example.org", and the key's id, such as
// "ed25519:DEVICE". Other signatures stay, one of the same name does not.
func Sign(object scan.Value, entity, keyID string, key *curve25519.SigningKey) (scan.Value, error) {
	message, err := signedBytes(object)
	if err != nil {
		return nil, err
	}
	made := scan.Text(unpadded.Encode(key.Sign(message)))
	all := object.Get(signatures)
	return set(object, signatures, set(all, entity, set(all.Get(entity), keyID, made))), nil
}

// Check returns nil if object has a signature under entity and keyID that the
// key of v made; else ErrMissing, ErrForged, or why object has no canonical
// form.
func Check(object scan.Value, entity, keyID string, v *curve25519.Verifier) error {
	message, err := signedBytes(object)
	if err != nil {
		return err
	}
	text, ok := object.Path(signatures, entity, keyID).AsText()
	if !ok {
		return ErrMissing
	}
	made, err := unpadded.Decode(text)
	if err != nil || !v.Verify(message, made) {
		return ErrForged
	}
	return nil
}

func signedBytes(object scan.Value) ([]byte, error) {
	if object.Kind() != scan.Object {
		return nil, fmt.Errorf("signature: not an object: %w", scan.ErrInvalid)
	}
	message, err := object.Canonical(signatures, unsigned)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	return message, nil
}

// set returns object with the member of that name set, at its end. What is no
// object counts as an empty one.
func set(object scan.Value, name string, value scan.Value) scan.Value {
	var out scan.Builder
	for raw, member := range object.Members() {
		if key := raw.Text(); key != name {
			out.Raw(key, member)
		}
	}
	return out.Raw(name, value).Done()
}

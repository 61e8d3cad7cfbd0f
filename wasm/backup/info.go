package backup

import (
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Info is what a server says of a backup. Nothing of it can be trusted before
// Check found a signature of somebody who is, or Key.Opens a match: to encrypt
// for a public key that the server made up is to hand it all messages.
type Info struct {
	Public PublicKey
	// authData is as the server has it: signatures are over all of it.
	authData scan.Value
}

// NewInfo returns what to say of a new backup. It has no signatures yet.
func NewInfo(public PublicKey) Info {
	var o scan.Builder
	return Info{public, o.Text("public_key", unpadded.Encode(public[:])).Done()}
}

// ParseInfo reads what GET /room_keys/version returns; ErrAlgorithm or ErrKey.
func ParseInfo(version scan.Value) (Info, error) {
	if version.Get("algorithm").Text() != Algorithm {
		return Info{}, ErrAlgorithm
	}
	authData := version.Get("auth_data")
	public, err := unpadded.Decode(authData.Get("public_key").Text())
	if err != nil || len(public) != curve25519.KeySize {
		return Info{}, ErrKey
	}
	return Info{PublicKey(public), authData.Clone()}, nil
}

// Sign returns i with one more signature: of a device, "ed25519:DEVICE", or of
// the master key, "ed25519:" and its public key.
func (i Info) Sign(userID, keyID string, key *curve25519.SigningKey) (Info, error) {
	signed, err := signature.Sign(i.authData, userID, keyID, key)
	if err != nil {
		return Info{}, err
	}
	return Info{i.Public, signed}, nil
}

// Check returns nil if the key of v signed the backup under that id;
// signature.ErrMissing or signature.ErrForged if not. Callers must have v from
// a device or user they trust.
func (i Info) Check(userID, keyID string, v *curve25519.Verifier) error {
	return signature.Check(i.authData, userID, keyID, v)
}

// Content returns the body of POST /room_keys/version.
func (i Info) Content() scan.Value {
	var o scan.Builder
	return o.Text("algorithm", Algorithm).Raw("auth_data", i.authData).Done()
}

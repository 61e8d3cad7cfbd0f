package backup

import (
	"io"

	"github.com/alcove-chat/alcove/wasm/aessha2"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Encrypt returns "session_data" of a session, as the server keeps it; ErrKey
// if p is none.
func (p PublicKey) Encrypt(session []byte, random io.Reader) (scan.Value, error) {
	ephemeral, err := NewKey(random)
	if err != nil {
		return nil, err
	}
	k, err := agree(ephemeral, p)
	if err != nil {
		return nil, err
	}
	mac := k.MAC(nothing)
	var o scan.Builder
	o.Text("ephemeral", unpadded.Encode(ephemeral.public[:]))
	return o.Text("ciphertext", unpadded.Encode(k.Encrypt(nil, session))).Text("mac", unpadded.Encode(mac[:])).Done(), nil
}

// Decrypt returns the session that Encrypt made sessionData of; ErrGarbled or
// ErrOtherKey. The package comment says what the session is worth.
func (k *Key) Decrypt(sessionData scan.Value) ([]byte, error) {
	ephemeral, err := unpadded.Decode(sessionData.Get("ephemeral").Text())
	if err != nil || len(ephemeral) != curve25519.KeySize {
		return nil, ErrGarbled
	}
	text, err := unpadded.Decode(sessionData.Get("ciphertext").Text())
	if err != nil {
		return nil, ErrGarbled
	}
	mac, err := unpadded.Decode(sessionData.Get("mac").Text())
	if err != nil {
		return nil, ErrGarbled
	}
	keys, err := agree(k, PublicKey(ephemeral))
	if err != nil {
		return nil, ErrGarbled
	}
	if !keys.Authentic(nothing, mac) {
		return nil, ErrOtherKey
	}
	session, err := keys.Decrypt(text)
	if err != nil {
		return nil, ErrGarbled
	}
	return session, nil
}

// nothing is what the MAC is of: libolm forgot the ciphertext, and the spec
// followed.
var nothing []byte

// agree returns what two keys agree on for one session.
func agree(private *Key, public PublicKey) (aessha2.Keys, error) {
	shared, err := curve25519.X25519(private.private[:], public[:])
	if err != nil {
		return aessha2.Keys{}, ErrKey
	}
	return aessha2.Derive(shared, ""), nil
}

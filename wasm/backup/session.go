package backup

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"

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
	s, err := agree(ephemeral, p)
	if err != nil {
		return nil, err
	}
	padding := aes.BlockSize - len(session)%aes.BlockSize
	text := append(bytes.Clone(session), bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(s.block, s.iv).CryptBlocks(text, text)
	var o scan.Builder
	o.Text("ephemeral", unpadded.Encode(ephemeral.public[:]))
	return o.Text("ciphertext", unpadded.Encode(text)).Text("mac", unpadded.Encode(s.mac)).Done(), nil
}

// Decrypt returns the session that Encrypt made sessionData of; ErrGarbled or
// ErrOtherKey. The package comment says what the session is worth.
func (k *Key) Decrypt(sessionData scan.Value) ([]byte, error) {
	ephemeral, err := unpadded.Decode(sessionData.Get("ephemeral").Text())
	if err != nil || len(ephemeral) != curve25519.KeySize {
		return nil, ErrGarbled
	}
	text, err := unpadded.Decode(sessionData.Get("ciphertext").Text())
	if err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, ErrGarbled
	}
	mac, err := unpadded.Decode(sessionData.Get("mac").Text())
	if err != nil {
		return nil, ErrGarbled
	}
	s, err := agree(k, PublicKey(ephemeral))
	if err != nil {
		return nil, ErrGarbled
	}
	if !hmac.Equal(s.mac, mac) {
		return nil, ErrOtherKey
	}
	cipher.NewCBCDecrypter(s.block, s.iv).CryptBlocks(text, text)
	return unpad(text)
}

// unpad takes the padding off (PKCS #7: RFC 5652, section 6.3).
func unpad(text []byte) ([]byte, error) {
	n := int(text[len(text)-1])
	if n == 0 || n > aes.BlockSize || !bytes.HasSuffix(text, bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, ErrGarbled
	}
	return text[:len(text)-n], nil
}

// secrets are what two keys agree on for one session.
type secrets struct {
	block   cipher.Block
	iv, mac []byte
}

func agree(private *Key, public PublicKey) (secrets, error) {
	shared, err := curve25519.X25519(private.private[:], public[:])
	if err != nil {
		return secrets{}, ErrKey
	}
	b, err := hkdf.Key(sha256.New, shared, make([]byte, sha256.Size), "", 80)
	if err != nil {
		return secrets{}, fmt.Errorf("backup: %w", err)
	}
	block, err := aes.NewCipher(b[:32])
	if err != nil {
		return secrets{}, fmt.Errorf("backup: %w", err)
	}
	// The MAC is over nothing, cut to 8 bytes: libolm forgot the ciphertext, and
	// the spec followed.
	mac := hmac.New(sha256.New, b[32:64]).Sum(nil)
	return secrets{block, b[64:], mac[:8]}, nil
}

// Package unpadded is Matrix's base64 (spec: appendices, unpadded base64).
//
// Its law: written is what the spec has, without padding; read is also what
// other clients write, with it. An error holds nothing of the text.
package unpadded

import (
	"encoding/base64"
	"errors"
	"strings"
)

// ErrBase64 says that a text is no base64.
var ErrBase64 = errors.New("unpadded: not base64")

// Encode returns b in base64 without padding.
func Encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// EncodeURL is Encode in the alphabet for URLs, which JSON Web Keys have.
func EncodeURL(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Decode returns what Encode made text of, or ErrBase64.
func Decode(text string) ([]byte, error) { return decode(base64.RawStdEncoding, text) }

// DecodeURL returns what EncodeURL made text of, or ErrBase64.
func DecodeURL(text string) ([]byte, error) { return decode(base64.RawURLEncoding, text) }

func decode(encoding *base64.Encoding, text string) ([]byte, error) {
	b, err := encoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, ErrBase64
	}
	return b, nil
}

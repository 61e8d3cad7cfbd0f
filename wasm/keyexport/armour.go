package keyexport

import (
	"bytes"
	"encoding/base64"

	"github.com/alcove-chat/alcove/wasm/unpadded"
)

const (
	first = "-----BEGIN MEGOLM SESSION DATA-----"
	last  = "-----END MEGOLM SESSION DATA-----"
	// lineSize is how many letters of base64 a line has (RFC 2045, section 6.8).
	lineSize = 76
)

// armour returns data as text between two lines. It is padded, and ends in a
// new line, because some clients want that.
func armour(data []byte) []byte {
	size := base64.StdEncoding.EncodedLen(len(data))
	file := make([]byte, 0, size+size/lineSize+len(first)+len(last)+3)
	file = append(append(file, first...), '\n')
	const lineBytes = lineSize / 4 * 3
	for len(data) > 0 {
		n := min(len(data), lineBytes)
		file = append(base64.StdEncoding.AppendEncode(file, data[:n]), '\n')
		data = data[n:]
	}
	return append(append(file, last...), '\n')
}

// unarmour returns what is between the two lines, whatever their ends and
// length; ErrFormat. What stands before and after does not matter: mail and
// editors add such things.
func unarmour(file []byte) ([]byte, error) {
	_, body, begins := bytes.Cut(file, []byte(first))
	body, _, ends := bytes.Cut(body, []byte(last))
	if !begins || !ends {
		return nil, ErrFormat
	}
	data, err := unpadded.Decode(string(bytes.Join(bytes.Fields(body), nil)))
	if err != nil {
		return nil, ErrFormat
	}
	return data, nil
}

package megolm

import (
	"math"

	"github.com/alcove-chat/alcove/wasm/aessha2"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/protobuf"
)

// A message ("Message format") is
//
//	version ‖ fields ‖ MAC of all before it ‖ signature of all before it
const (
	messageVersion = 3
	indexTag       = 0x08
	ciphertextTag  = 0x12

	endSize = aessha2.MACSize + curve25519.SignatureSize
	// most is how much longer than its ciphertext a message may become.
	most = 1 + 2*protobuf.MaxField + endSize
)

// message is one that was decoded; its slices are of the decoded bytes.
type message struct {
	index             uint32
	ciphertext        []byte
	payload, mac      []byte // mac is of payload
	signed, signature []byte // signed is payload and mac
	hasIndex          bool
}

// appendHead appends what comes before a ciphertext of that size.
func appendHead(b []byte, index uint32, size int) []byte {
	b = protobuf.AppendNumber(append(b, messageVersion), indexTag, uint64(index))
	return protobuf.AppendLength(b, ciphertextTag, size)
}

// decodeMessage takes a message apart. As other libraries do, it skips fields
// that it does not know, and takes the last of those that are there twice.
func decodeMessage(b []byte) (m message, err error) {
	if len(b) <= endSize || b[0] != messageVersion {
		return m, ErrFormat
	}
	m.payload, m.mac = b[:len(b)-endSize], b[len(b)-endSize:len(b)-curve25519.SignatureSize]
	m.signed, m.signature = b[:len(b)-curve25519.SignatureSize], b[len(b)-curve25519.SignatureSize:]
	for f, err := range protobuf.Fields(m.payload[1:]) {
		if err != nil || !m.take(f) {
			return m, ErrFormat
		}
	}
	if !m.hasIndex {
		return m, ErrFormat
	}
	return m, nil
}

// take reports whether a field is as it may be.
func (m *message) take(f protobuf.Field) bool {
	switch f.Tag {
	case indexTag:
		m.index, m.hasIndex = uint32(f.Number), true
		return f.Number <= math.MaxUint32
	case ciphertextTag:
		m.ciphertext = f.Text
	}
	return true
}

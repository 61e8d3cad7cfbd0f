package megolm

import (
	"encoding/binary"
	"math"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// A message ("Message format") is
//
//	version ‖ fields ‖ MAC of all before it ‖ signature of all before it
//
// with fields as protocol buffers have them: a tag, then a number or, after its
// length, a string.
const (
	messageVersion = 3
	indexTag       = 0x08
	ciphertextTag  = 0x12

	macSize = 8
	endSize = macSize + curve25519.SignatureSize
	// most is how much longer than its ciphertext a message may become.
	most = 1 + 2 + binary.MaxVarintLen32 + binary.MaxVarintLen64 + endSize
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
	b = binary.AppendUvarint(append(b, messageVersion, indexTag), uint64(index))
	return binary.AppendUvarint(append(b, ciphertextTag), uint64(size))
}

// decodeMessage takes a message apart. As other libraries do, it skips fields
// that it does not know, and takes the last of those that are there twice.
func decodeMessage(b []byte) (m message, err error) {
	if len(b) <= endSize || b[0] != messageVersion {
		return m, ErrFormat
	}
	m.payload, m.mac = b[:len(b)-endSize], b[len(b)-endSize:len(b)-endSize+macSize]
	m.signed, m.signature = b[:len(b)-curve25519.SignatureSize], b[len(b)-curve25519.SignatureSize:]
	for fields := m.payload[1:]; len(fields) > 0; {
		if fields, err = m.readField(fields); err != nil {
			return m, err
		}
	}
	if !m.hasIndex {
		return m, ErrFormat
	}
	return m, nil
}

// The types of fields, in the lowest three bits of a tag.
const (
	numberField = 0
	stringField = 2
)

// readField reads the first of fields, of which there is one, and returns the
// rest.
func (m *message) readField(fields []byte) (rest []byte, err error) {
	tag, n := binary.Uvarint(fields)
	if n <= 0 {
		return nil, ErrFormat
	}
	number, size := binary.Uvarint(fields[n:])
	if size <= 0 {
		return nil, ErrFormat
	}
	rest = fields[n+size:]
	switch tag & 7 {
	case numberField:
		if tag == indexTag {
			if number > math.MaxUint32 {
				return nil, ErrFormat
			}
			m.index, m.hasIndex = uint32(number), true
		}
		return rest, nil
	case stringField:
		if number > uint64(len(rest)) {
			return nil, ErrFormat
		}
		if tag == ciphertextTag {
			m.ciphertext = rest[:number]
		}
		return rest[number:], nil
	}
	return nil, ErrFormat
}

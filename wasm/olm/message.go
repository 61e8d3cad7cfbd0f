package olm

import (
	"math"

	"github.com/alcove-chat/alcove/wasm/aessha2"
	"github.com/alcove-chat/alcove/wasm/protobuf"
)

// A message ("Normal Messages") is
//
//	version ‖ fields ‖ MAC of all before it
const (
	messageVersion = 3
	ratchetTag     = 0x0A
	indexTag       = 0x10
	ciphertextTag  = 0x22

	// most is how much longer than its ciphertext a message may become.
	most = 1 + 3*protobuf.MaxField + keySize + aessha2.MACSize
)

// message is one that was decoded; its slices are of the decoded bytes.
type message struct {
	ratchet      PublicKey
	index        uint32
	ciphertext   []byte
	payload, mac []byte // mac is of payload
}

// encodeMessage encrypts a text with the keys of an index.
func encodeMessage(ratchet PublicKey, index uint32, k *aessha2.Keys, plaintext []byte) []byte {
	size := aessha2.PaddedSize(len(plaintext))
	b := append(make([]byte, 0, size+most), messageVersion)
	b = protobuf.AppendText(b, ratchetTag, ratchet[:])
	b = protobuf.AppendNumber(b, indexTag, uint64(index))
	b = k.Encrypt(protobuf.AppendLength(b, ciphertextTag, size), plaintext)
	mac := k.MAC(b)
	return append(b, mac[:]...)
}

// decodeMessage takes a message apart. As other libraries do, it skips fields
// that it does not know, and takes the last of those that are there twice.
func decodeMessage(b []byte) (m message, err error) {
	if len(b) <= aessha2.MACSize || b[0] != messageVersion {
		return message{}, ErrFormat
	}
	m.payload, m.mac = b[:len(b)-aessha2.MACSize], b[len(b)-aessha2.MACSize:]
	var ratchet []byte
	hasIndex := false
	for f, err := range protobuf.Fields(m.payload[1:]) {
		if err != nil || f.Tag == indexTag && f.Number > math.MaxUint32 {
			return message{}, ErrFormat
		}
		switch f.Tag {
		case ratchetTag:
			ratchet = f.Text
		case indexTag:
			m.index, hasIndex = uint32(f.Number), true
		case ciphertextTag:
			m.ciphertext = f.Text
		}
	}
	if len(ratchet) != keySize || !hasIndex {
		return message{}, ErrFormat
	}
	m.ratchet = PublicKey(ratchet)
	return m, nil
}

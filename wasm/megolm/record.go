package megolm

import (
	"encoding/binary"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// What is stored of a session begins with its kind, which is a version too: a
// new form of either gets a new number.
//
//	1 ‖ seed ‖ ratchet                       an Outbound
//	2 ‖ public key ‖ ratchet                 an Inbound that nobody vouches for
//	3 ‖ public key ‖ ratchet ‖ index u32     an Inbound that is signed from index on
const (
	outboundRecord = 1
	importedRecord = 2
	signedRecord   = 3

	importedSize = 1 + curve25519.KeySize + ratchetSize
	signedSize   = importedSize + 4
	outboundSize = 1 + curve25519.SeedSize + ratchetSize
)

// Record returns the session as OpenOutbound reads it. It is all secret.
func (s Outbound) Record() []byte {
	b := append(make([]byte, 0, outboundSize), outboundRecord)
	return s.ratchet.append(append(b, s.seed[:]...))
}

// OpenOutbound returns the session that a record was made of, or ErrFormat.
func OpenOutbound(record []byte) (Outbound, error) {
	if len(record) != outboundSize || record[0] != outboundRecord {
		return Outbound{}, ErrFormat
	}
	s := Outbound{
		seed:    [curve25519.SeedSize]byte(record[1:]),
		ratchet: readRatchet((*[ratchetSize]byte)(record[1+curve25519.SeedSize:])),
	}
	return s.withKey()
}

// Record returns the session as OpenInbound reads it. It is secret.
func (s *Inbound) Record() []byte {
	b := append(make([]byte, 0, signedSize), importedRecord)
	b = s.first.append(append(b, s.key[:]...))
	if s.signed {
		b[0] = signedRecord
		b = binary.BigEndian.AppendUint32(b, s.signedFrom)
	}
	return b
}

// OpenInbound returns the session that a record was made of, or ErrFormat. It
// does not look at the key until there is a message to decrypt.
func OpenInbound(record []byte) (*Inbound, error) {
	if len(record) < importedSize {
		return nil, ErrFormat
	}
	s := &Inbound{
		key:   [curve25519.KeySize]byte(record[1:]),
		first: readRatchet((*[ratchetSize]byte)(record[1+curve25519.KeySize:])),
	}
	switch rest := record[importedSize:]; {
	case record[0] == importedRecord && len(rest) == 0:
		return s, nil
	case record[0] == signedRecord && len(rest) == 4:
		s.signed, s.signedFrom = true, binary.BigEndian.Uint32(rest)
		if s.signedFrom >= s.first.index {
			return s, nil
		}
	}
	return nil, ErrFormat
}

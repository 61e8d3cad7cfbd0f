package olm

import (
	"encoding/binary"
	"slices"
)

// What is stored begins with its kind, which is a version too: a new form of any
// gets a new number.
//
//	1 ‖ private ‖ public                  a KeyPair
//	2 ‖ origin ‖ root ‖ n u8 ‖ links      a Session without a sender
//	3 ‖ private ‖ link ‖ as 2             one with it
//
// An origin is identity ‖ base ‖ one-time key, a link ratchet key ‖ index u32 ‖
// secret: of a chain, or of a message that was skipped. The first n are receivers.
const (
	pairRecord    = 1
	waitingRecord = 2
	sendingRecord = 3

	linkSize   = keySize + 4 + secretSize
	senderSize = keySize + linkSize
	originSize = 3 * keySize
	headSize   = originSize + secretSize + 1
)

// Record returns the pair as OpenKeyPair reads it. It is secret.
func (k KeyPair) Record() []byte {
	return slices.Concat([]byte{pairRecord}, k.private[:], k.public[:])
}

// OpenKeyPair returns the pair that a record was made of, or ErrFormat.
func OpenKeyPair(record []byte) (KeyPair, error) {
	if len(record) != 1+2*keySize || record[0] != pairRecord {
		return KeyPair{}, ErrFormat
	}
	return KeyPair{[keySize]byte(record[1:]), PublicKey(record[1+keySize:])}, nil
}

// Record returns the session as Open reads it. It is secret, and of 0.3 to 3.3 kB.
func (s Session) Record() []byte {
	links := len(s.receivers) + len(s.skipped)
	b := append(make([]byte, 0, 1+senderSize+headSize+links*linkSize), waitingRecord)
	if s.sending {
		b[0] = sendingRecord
		b = append(b, s.sender.ratchet.private[:]...)
		b = appendLink(b, &s.sender.ratchet.public, s.sender.next, &s.sender.key)
	}
	for _, part := range [...][]byte{s.origin.identity[:], s.origin.base[:], s.origin.oneTime[:], s.root[:]} {
		b = append(b, part...)
	}
	b = append(b, byte(len(s.receivers)))
	for i := range s.receivers {
		r := &s.receivers[i]
		b = appendLink(b, &r.ratchet, r.next, &r.key)
	}
	for i := range s.skipped {
		k := &s.skipped[i]
		b = appendLink(b, &k.ratchet, k.index, &k.secret)
	}
	return b
}

// Open returns the session that a record was made of, or ErrFormat.
func Open(record []byte) (s Session, err error) {
	if len(record) < 1+headSize {
		return Session{}, ErrFormat
	}
	b := record[1:]
	switch record[0] {
	case waitingRecord:
	case sendingRecord:
		if len(b) < senderSize+headSize {
			return Session{}, ErrFormat
		}
		s.sending = true
		s.sender.ratchet.private = [keySize]byte(b)
		s.sender.ratchet.public, s.sender.next, s.sender.key = readLink(b[keySize:])
		b = b[senderSize:]
	default:
		return Session{}, ErrFormat
	}
	s.origin = origin{PublicKey(b), PublicKey(b[keySize:]), PublicKey(b[2*keySize:])}
	s.root = [secretSize]byte(b[originSize:])
	if err := s.readLinks(int(b[headSize-1]), b[headSize:]); err != nil {
		return Session{}, err
	}
	return s, nil
}

// readLinks reads n receivers, and keys that were skipped. A session without
// either chain could neither send nor receive.
func (s *Session) readLinks(n int, b []byte) error {
	links := len(b) / linkSize
	if len(b)%linkSize != 0 || n > links || n > maxReceivers || links-n > maxSkipped || n == 0 && !s.sending {
		return ErrFormat
	}
	for link := range slices.Chunk(b, linkSize) {
		ratchet, index, secret := readLink(link)
		if len(s.receivers) < n {
			s.receivers = append(s.receivers, receiver{ratchet, chain{secret, index}})
		} else {
			s.skipped = append(s.skipped, skipped{ratchet, index, secret})
		}
	}
	return nil
}

func appendLink(b []byte, ratchet *PublicKey, index uint32, secret *[secretSize]byte) []byte {
	b = binary.BigEndian.AppendUint32(append(b, ratchet[:]...), index)
	return append(b, secret[:]...)
}

func readLink(b []byte) (ratchet PublicKey, index uint32, secret [secretSize]byte) {
	return PublicKey(b), binary.BigEndian.Uint32(b[keySize:]), [secretSize]byte(b[keySize+4:])
}

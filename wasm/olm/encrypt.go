package olm

import (
	"io"
	"math"

	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Encrypt returns plaintext as a message and its kind, and the session that comes
// after it. The caller must store next before the message leaves, and never
// encrypt with s again unless next was lost together with the message. Where the
// ratchet turns, with the first message after one that was received, it reads 32
// bytes from random.
func (s Session) Encrypt(plaintext []byte, random io.Reader) (kind int, body string, next Session, err error) {
	next = s
	if !s.sending {
		if err := next.answer(random); err != nil {
			return 0, "", s, err
		}
	}
	index := next.sender.next
	if index == math.MaxUint32 {
		return 0, "", s, ErrExhausted
	}
	secret := next.sender.secret()
	next.sender.advance()
	k := messageKeys(&secret)
	b := encodeMessage(next.sender.ratchet.public, index, &k, plaintext)
	if s.Received() {
		return KindMessage, unpadded.Encode(b), next, nil
	}
	return KindPreKey, unpadded.Encode(s.origin.encode(b)), next, nil
}

// answer turns the ratchet with a key of this side. There is a receiver, because
// there is no sender.
func (s *Session) answer(random io.Reader) error {
	ratchet, err := NewKeyPair(random)
	if err != nil {
		return err
	}
	begun, err := s.turn(ratchet, s.receivers[0].ratchet)
	if err != nil {
		return err
	}
	s.sending, s.sender = true, sender{ratchet, begun}
	return nil
}

package olm

import (
	"bytes"
	"math"
	"slices"

	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Decrypt returns the text of a message, and the session that has read it. The
// caller must store next before or with what the text says. With an error, next
// is s.
func (s Session) Decrypt(kind int, body string) (plaintext []byte, next Session, err error) {
	m, err := s.parse(kind, body)
	if err != nil {
		return nil, s, err
	}
	return s.decrypt(&m)
}

func (s *Session) parse(kind int, body string) (message, error) {
	switch kind {
	case KindPreKey:
		p, err := ParsePreKey(body)
		if err == nil && !s.Matches(p) {
			err = ErrSession
		}
		return p.message, err
	case KindMessage:
		if b, err := unpadded.Decode(body); err == nil {
			return decodeMessage(b)
		}
	}
	return message{}, ErrFormat
}

func (s Session) decrypt(m *message) (plaintext []byte, next Session, err error) {
	next = s
	secret, err := next.take(m)
	if err != nil {
		return nil, s, err
	}
	k := messageKeys(&secret)
	if !k.Authentic(m.payload, m.mac) {
		return nil, s, ErrMAC
	}
	// The message is not ours to write to: a PreKey may be read again.
	plaintext, err = k.Decrypt(bytes.Clone(m.ciphertext))
	if err != nil {
		return nil, s, ErrFormat
	}
	return plaintext, next, nil
}

// take takes the secret of a message out of the session. If the message is none,
// the session is not to be used any more.
func (s *Session) take(m *message) ([secretSize]byte, error) {
	i := slices.IndexFunc(s.receivers, func(r receiver) bool { return r.ratchet == m.ratchet })
	if i >= 0 && m.index < s.receivers[i].next {
		return s.takeSkipped(m)
	}
	if i >= 0 {
		s.receivers = slices.Clone(s.receivers)
		return s.takeNext(&s.receivers[i], m.index)
	}
	if err := s.follow(m.ratchet); err != nil {
		return [secretSize]byte{}, err
	}
	return s.takeNext(&s.receivers[0], m.index)
}

// follow turns the ratchet with a new key of the other side, which it makes once
// it has the newest of this one.
func (s *Session) follow(ratchet PublicKey) error {
	if !s.sending {
		return ErrUnanswered
	}
	begun, err := s.turn(s.sender.ratchet, ratchet)
	if err != nil {
		return err
	}
	s.sending, s.sender = false, sender{}
	kept := s.receivers[:min(len(s.receivers), maxReceivers-1)]
	s.receivers = slices.Concat([]receiver{{ratchet, begun}}, kept)
	return nil
}

// takeNext takes the secret of an index that the chain is at or before, and keeps
// those that it skips.
func (s *Session) takeNext(r *receiver, index uint32) (secret [secretSize]byte, err error) {
	if index-r.next > maxGap || index == math.MaxUint32 { // the chain would begin again
		return secret, ErrIndex
	}
	keys := slices.Clip(s.skipped)
	for r.next < index {
		if index-r.next <= maxSkipped {
			keys = append(keys, skipped{r.ratchet, r.next, r.secret()})
		}
		r.advance()
	}
	s.skipped = keys[max(0, len(keys)-maxSkipped):]
	secret = r.secret()
	r.advance()
	return secret, nil
}

// takeSkipped takes the secret of a message that later ones came before.
func (s *Session) takeSkipped(m *message) (secret [secretSize]byte, err error) {
	i := slices.IndexFunc(s.skipped, func(k skipped) bool { return k.index == m.index && k.ratchet == m.ratchet })
	if i < 0 {
		return secret, ErrUsed
	}
	secret = s.skipped[i].secret
	s.skipped = slices.Concat(s.skipped[:i], s.skipped[i+1:])
	return secret, nil
}

package megolm

import (
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// Inbound is a session that this device decrypts with, from the first index that
// it knows. It has half a kilobyte, and once it decrypts up to 16 more that make
// it quick: 8 kB of multiples of its key, 8 kB of ratchets if it goes back.
type Inbound struct {
	key   [curve25519.KeySize]byte
	first ratchet
	// signed says that the key's owner signed the ratchet of signedFrom.
	signed     bool
	signedFrom uint32

	verifier *curve25519.Verifier // of key, nil until asked for
	cursor   cursor
}

// ID returns the session's id.
func (s *Inbound) ID() string { return unpadded.Encode(s.key[:]) }

// First returns the index of the first message that the session can decrypt.
func (s *Inbound) First() uint32 { return s.first.index }

// Signed returns from which index on the owner of the session's key vouches for
// its ratchet, if from any. Messages before it decrypt too, but if they do not,
// then perhaps whoever exported the session lied.
func (s *Inbound) Signed() (from uint32, ok bool) { return s.signedFrom, s.signed }

// loadVerifier checks the key once a session, as libraries of Olm do with every
// message.
func (s *Inbound) loadVerifier() error {
	if s.verifier != nil {
		return nil
	}
	v, err := curve25519.NewVerifier(s.key[:])
	if err != nil || !v.Strict() {
		return ErrKey
	}
	s.verifier = v
	return nil
}

// at returns the ratchet of an index.
func (s *Inbound) at(index uint32) (ratchet, error) {
	if index < s.first.index {
		return ratchet{}, ErrIndex
	}
	return s.cursor.at(&s.first, index), nil
}

// Plaintext is a message that was decrypted, or why it was not.
type Plaintext struct {
	// Index is the message's, and its own unless Err is ErrFormat, ErrSignature or
	// ErrKey. With the session's id it names the message: another event of both
	// is a replay.
	Index uint32
	Text  []byte
	Err   error
}

// Decrypt decrypts one message. Several at once are quicker.
func (s *Inbound) Decrypt(message string) Plaintext {
	return s.DecryptAll([]string{message})[0]
}

// DecryptAll answers for each of messages what Decrypt would, in their order.
func (s *Inbound) DecryptAll(messages []string) []Plaintext {
	all := make([]Plaintext, len(messages))
	decoded := make([]message, len(messages))
	for i := range messages {
		decoded[i], all[i].Err = s.decode(messages[i])
		all[i].Index = decoded[i].index
	}
	s.verify(decoded, all)
	for i := range decoded {
		if all[i].Err == nil {
			all[i].Text, all[i].Err = s.open(&decoded[i])
		}
	}
	return all
}

func (s *Inbound) decode(text string) (message, error) {
	b, err := unpadded.Decode(text)
	if err != nil {
		return message{}, ErrFormat
	}
	return decodeMessage(b)
}

// verify notes which of the messages that are whole are not signed.
func (s *Inbound) verify(decoded []message, all []Plaintext) {
	err := s.loadVerifier()
	var whole []int
	var signed, signatures [][]byte
	for i := range decoded {
		if all[i].Err == nil {
			all[i].Err = err
			whole = append(whole, i)
			signed, signatures = append(signed, decoded[i].signed), append(signatures, decoded[i].signature)
		}
	}
	if err != nil {
		return
	}
	for n, ok := range s.verifier.VerifyAll(signed, signatures) {
		if !ok {
			all[whole[n]].Err = ErrSignature
		}
	}
}

// open decrypts a message that is signed.
func (s *Inbound) open(m *message) ([]byte, error) {
	r, err := s.at(m.index)
	if err != nil {
		return nil, err
	}
	k := r.keys()
	if !k.Authentic(m.payload, m.mac) {
		return nil, ErrMAC
	}
	plaintext, err := k.Decrypt(m.ciphertext)
	if err != nil {
		return nil, ErrFormat
	}
	return plaintext, nil
}

package olm

import (
	"fmt"
	"io"
)

// Session is one side of a ratchet between two devices. It is a value: to copy it
// is to clone it, and nothing changes it. The zero Session is no session.
type Session struct {
	origin origin
	root   [secretSize]byte
	// sending says that there is a sender. There is none once the other side has
	// turned the ratchet, until this one does.
	sending bool
	sender  sender
	// receivers are what the other side sends with, the newest first. There are
	// none until it answers.
	receivers []receiver
	skipped   []skipped // the oldest first
}

// Neither of the two slices, once in a Session, is written to.

// sender is a chain of this side, with the ratchet key that all its messages name.
type sender struct {
	ratchet KeyPair
	chain
}

// receiver is a chain of the other side, with its ratchet key.
type receiver struct {
	ratchet PublicKey
	chain
}

// skipped is what is kept for a message that has not come, where later ones have.
type skipped struct {
	ratchet PublicKey
	index   uint32
	secret  [secretSize]byte
}

// How much a session remembers, and how much work a forged message can make.
const (
	maxReceivers = 5
	maxSkipped   = 40
	maxGap       = 2000
)

// NewOutbound begins a session with another device, of its identity key and a
// one-time or fallback key of it, both of which somebody must have verified, and
// of 64 bytes read from random. ErrKey if one of them is no key.
func NewOutbound(identity KeyPair, theirIdentity, theirOneTime PublicKey, random io.Reader) (Session, error) {
	base, err := NewKeyPair(random)
	if err != nil {
		return Session{}, err
	}
	ratchet, err := NewKeyPair(random)
	if err != nil {
		return Session{}, err
	}
	secret, err := agree(agreement{identity, theirOneTime}, agreement{base, theirIdentity}, agreement{base, theirOneTime})
	if err != nil {
		return Session{}, err
	}
	s := Session{origin: origin{identity.public, base.public, theirOneTime}, sending: true}
	s.root, s.sender.chain = derive(nil, secret, startInfo)
	s.sender.ratchet = ratchet
	return s, nil
}

// NewInbound returns the session that another device began, and the text of its
// message. It takes this device's identity key and the pair of p.OneTime. The
// caller must store the session with what the text says, and in one go forget the
// pair if it is a one-time key. A fallback key stays, and with it p may be a copy
// of a message that began another session: that the ids differ proves nothing.
func NewInbound(identity, oneTime KeyPair, p PreKey) (plaintext []byte, s Session, err error) {
	if p.origin.oneTime != oneTime.public {
		return nil, Session{}, ErrSession
	}
	theirs := &p.origin
	secret, err := agree(agreement{oneTime, theirs.identity}, agreement{identity, theirs.base}, agreement{oneTime, theirs.base})
	if err != nil {
		return nil, Session{}, err
	}
	s = Session{origin: p.origin}
	first := receiver{ratchet: p.message.ratchet}
	s.root, first.chain = derive(nil, secret, startInfo)
	s.receivers = []receiver{first}
	if plaintext, s, err = s.decrypt(&p.message); err != nil {
		return nil, Session{}, err
	}
	return plaintext, s, nil
}

// ID returns the session's id, the same on both sides.
func (s Session) ID() string { return s.origin.id() }

// Matches reports whether a pre-key message says that it is of this session.
func (s Session) Matches(p PreKey) bool { return s.origin == p.origin }

// Received reports whether the other device has sent a message that was
// decrypted: then it has the session too, and messages are of KindMessage.
func (s Session) Received() bool { return len(s.receivers) > 0 }

// Format prints the session's id, whatever the verb.
func (s Session) Format(f fmt.State, _ rune) { io.WriteString(f, s.ID()) }

// turn moves the root on with a new key of one side, and returns the chain that
// begins with it.
func (s *Session) turn(own KeyPair, theirs PublicKey) (begun chain, err error) {
	secret, err := agree(agreement{own, theirs})
	if err != nil {
		return chain{}, err
	}
	s.root, begun = derive(s.root[:], secret, turnInfo)
	return begun, nil
}

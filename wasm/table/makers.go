package table

import (
	"crypto/sha256"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Makers are what devices of one user say of a session that others claim too:
// that it is theirs. Those under no user are what was only said of others. They
// have no Record. Published ones must not be changed.
type Makers []*InboundSession

// maxMakers bounds what one user can have stored of a session.
const maxMakers = 8

// With returns them with another one, in place of an earlier one of the same
// device.
func (m Makers) With(one *InboundSession) Makers {
	next := append(Makers(nil), m...)
	for i, known := range next {
		if known.SameMaker(one) {
			next[i] = one
			return next
		}
	}
	if len(next) == maxMakers {
		return next
	}
	return append(next, one)
}

// SameMaker reports whether two say of a session that one device made it. Whose
// device that is, not everybody says.
func (s *InboundSession) SameMaker(o *InboundSession) bool {
	if s.Sender == "" || o.Sender == "" {
		return s.Curve == o.Curve
	}
	return s.Sender == o.Sender && s.Curve == o.Curve && s.Ed25519 == o.Ed25519
}

// MakersKey is the key in Indices of what a user claims of a session.
func MakersKey(room event.RoomID, session string, user event.UserID) []byte {
	sum := sha256.Sum256([]byte(user))
	return append(MegolmKey(room, session), sum[:16]...)
}

const makersFormat = 1

// Encode returns the stored form.
func (m Makers) Encode() []byte {
	w := newWriter(makersFormat)
	w.uint(uint64(len(m)))
	for _, one := range m {
		w.bytes(one.Encode())
	}
	return w.done()
}

// DecodeMakers reads the stored form.
func DecodeMakers(value []byte) (Makers, error) {
	d, _ := newReader(value, makersFormat)
	all := make(Makers, d.count(1))
	for i := range all {
		one, err := DecodeInboundSession(d.bytes())
		if err != nil {
			d.fail()
		}
		all[i] = one
	}
	return all, named("makers of a room key", d.done())
}

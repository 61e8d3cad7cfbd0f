package olm

import (
	"crypto/sha256"

	"github.com/alcove-chat/alcove/wasm/protobuf"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// A pre-key message ("Pre-Key Messages") is
//
//	version ‖ fields
//
// and one of the fields is a message.
const (
	oneTimeTag  = 0x0A
	baseTag     = 0x12
	identityTag = 0x1A
	messageTag  = 0x22

	// mostPreKey is how much longer than its message a pre-key message may become.
	mostPreKey = 1 + 4*protobuf.MaxField + 3*keySize
)

// origin is what a session is made of, and named by: the keys of the device that
// began it, and a one-time key of the other.
type origin struct {
	identity, base, oneTime PublicKey
}

// id returns the session's id, the same on both sides.
func (o *origin) id() string {
	b := append(make([]byte, 0, 3*keySize), o.identity[:]...)
	sum := sha256.Sum256(append(append(b, o.base[:]...), o.oneTime[:]...))
	return unpadded.Encode(sum[:])
}

// encode wraps a message, in the order of fields that goolm has too.
func (o *origin) encode(message []byte) []byte {
	b := append(make([]byte, 0, len(message)+mostPreKey), messageVersion)
	b = protobuf.AppendText(b, oneTimeTag, o.oneTime[:])
	b = protobuf.AppendText(b, identityTag, o.identity[:])
	b = protobuf.AppendText(b, baseTag, o.base[:])
	return protobuf.AppendText(b, messageTag, message)
}

// PreKey is a pre-key message that was taken apart. Anybody may have written it:
// until NewInbound or Decrypt return its text, nothing of it is to be believed.
type PreKey struct {
	origin  origin
	message message
}

// ParsePreKey reads a message of KindPreKey; or ErrFormat.
func ParsePreKey(body string) (PreKey, error) {
	b, err := unpadded.Decode(body)
	if err != nil || len(b) == 0 || b[0] != messageVersion {
		return PreKey{}, ErrFormat
	}
	var identity, base, oneTime, inner []byte
	for f, err := range protobuf.Fields(b[1:]) {
		if err != nil {
			return PreKey{}, ErrFormat
		}
		switch f.Tag {
		case identityTag:
			identity = f.Text
		case baseTag:
			base = f.Text
		case oneTimeTag:
			oneTime = f.Text
		case messageTag:
			inner = f.Text
		}
	}
	if len(identity) != keySize || len(base) != keySize || len(oneTime) != keySize {
		return PreKey{}, ErrFormat
	}
	m, err := decodeMessage(inner)
	if err != nil {
		return PreKey{}, err
	}
	return PreKey{origin{PublicKey(identity), PublicKey(base), PublicKey(oneTime)}, m}, nil
}

// Identity returns the identity key of the device that is said to have begun the
// session. The caller must compare it with the sender's.
func (p PreKey) Identity() PublicKey { return p.origin.identity }

// OneTime returns the one-time or fallback key that the session was begun with.
func (p PreKey) OneTime() PublicKey { return p.origin.oneTime }

// SessionID returns the id of the session that the message belongs to.
func (p PreKey) SessionID() string { return p.origin.id() }

package olm_test

import (
	"encoding/binary"
	"testing"

	"maunium.net/go/mautrix/crypto/goolm/session"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// link is a chain, or a message that was skipped, in a record.
type link struct {
	ratchet, index, secret []byte
}

func cutLink(b *[]byte) link {
	l := link{(*b)[:32], (*b)[32:36], (*b)[36:68]}
	*b = (*b)[68:]
	return l
}

// pickle rewrites the record of a session as libolm does.
func pickle(s olm.Session) []byte {
	record := s.Record()
	b := record[1:]
	var sender []byte
	senders := uint32(0)
	if record[0] == 3 {
		private := b[:32]
		b = b[32:]
		l := cutLink(&b)
		sender = append(append(append(append(sender, l.ratchet...), private...), l.secret...), l.index...)
		senders = 1
	}
	received := byte(0)
	if s.Received() {
		received = 1
	}
	out := append(binary.BigEndian.AppendUint32(nil, 1), received)
	out = append(out, b[:128]...)
	out = append(binary.BigEndian.AppendUint32(out, senders), sender...)
	n := int(b[128])
	b = b[129:]
	for _, count := range []int{n, len(b)/68 - n} {
		out = binary.BigEndian.AppendUint32(out, uint32(count))
		for range count {
			l := cutLink(&b)
			out = append(append(append(out, l.ratchet...), l.secret...), l.index...)
		}
	}
	return out
}

// asPeer returns goolm's session that is the same.
func asPeer(t testing.TB, s olm.Session) *session.OlmSession {
	t.Helper()
	peer := session.NewOlmSession()
	if err := peer.UnpickleLibOlm(pickle(s)); err != nil {
		t.Fatal(err)
	}
	return peer
}

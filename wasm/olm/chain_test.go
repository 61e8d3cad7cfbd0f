package olm_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// TestSkipped (O-3): of what is missing, the newest 40 are still read, each once.
func TestSkipped(t *testing.T) {
	m := meet(t, 2)
	var late []letter
	for range 50 {
		late = append(late, m.send(t, &m.alice))
	}
	m.pass(t, &m.alice, &m.bob)
	for i, l := range late {
		if i < 10 {
			mustRefuse(t, &m.bob, l, olm.ErrUsed)
			continue
		}
		mustRead(t, &m.bob, l)
		mustRefuse(t, &m.bob, l, olm.ErrUsed)
	}
}

// TestGap: 2,000 messages may be missing, of a chain that is known or a new one.
func TestGap(t *testing.T) {
	for _, turn := range []bool{false, true} {
		for missing := 1999; missing <= 2001; missing++ {
			m := meet(t, 3)
			if !turn {
				m.pass(t, &m.alice, &m.bob)
			} else {
				m.pass(t, &m.bob, &m.alice) // the next of alice begins a chain
			}
			for range missing {
				m.alice.advance(t)
			}
			l := m.send(t, &m.alice)
			if missing > 2000 {
				mustRefuse(t, &m.bob, l, olm.ErrIndex)
			} else {
				mustRead(t, &m.bob, l)
			}
		}
	}
}

// advance sends a message that nobody sees.
func (b *both) advance(t testing.TB) {
	t.Helper()
	var err error
	if _, _, b.own, err = b.own.Encrypt([]byte("lost"), rand.NewChaCha8([32]byte{9})); err != nil {
		t.Fatal(err)
	}
	b.peer = asPeer(t, b.own)
}

// TestReceivers: five chains of the other side are known, and of one that was
// forgotten nothing is read, not even what was skipped.
func TestReceivers(t *testing.T) {
	m := meet(t, 4)
	var late, later []letter
	for range 7 {
		late, later = append(late, m.send(t, &m.alice)), append(later, m.send(t, &m.alice))
		m.pass(t, &m.alice, &m.bob)
		m.pass(t, &m.bob, &m.alice)
	}
	m.send(t, &m.bob) // it has answered: another chain may begin
	for i := range late {
		if i < 2 {
			mustRefuse(t, &m.bob, late[i], olm.ErrMAC)
		} else {
			mustRead(t, &m.bob, late[i])
		}
	}
	m.pass(t, &m.alice, &m.bob)
	mustRefuse(t, &m.bob, later[0], olm.ErrUnanswered)
	mustRefuse(t, &m.bob, later[2], olm.ErrUnanswered)
	mustRead(t, &m.bob, later[3])
}

// TestLastIndex: an index is never used twice, however long nobody answers.
func TestLastIndex(t *testing.T) {
	m := meet(t, 5)
	m.pass(t, &m.alice, &m.bob)
	atIndex := func(s olm.Session, place int, index uint32) olm.Session {
		record := s.Record()
		binary.BigEndian.PutUint32(record[place:], index)
		s, err := olm.Open(record)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const senderPlace, receiverPlace = 1 + 32 + 32, 1 + 128 + 1 + 32
	alice := atIndex(m.alice.own, senderPlace, math.MaxUint32-1)
	bob := atIndex(m.bob.own, receiverPlace, math.MaxUint32-1)
	kind, body, alice, err := alice.Encrypt([]byte("last"), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, bob, err := bob.Decrypt(kind, body)
	if err != nil || string(text) != "last" {
		t.Fatalf("%q, %v", text, err)
	}
	record := alice.Record()
	if _, _, next, err := alice.Encrypt([]byte("text"), nil); !errors.Is(err, olm.ErrExhausted) || !bytes.Equal(next.Record(), record) {
		t.Error(err)
	}
	beyond := asPeer(t, alice) // goolm counts from 0 again
	if _, message, err := beyond.Encrypt([]byte("text")); err != nil {
		t.Error(err)
	} else if _, _, err := bob.Decrypt(olm.KindMessage, string(message)); !errors.Is(err, olm.ErrIndex) {
		t.Error(err)
	}
}

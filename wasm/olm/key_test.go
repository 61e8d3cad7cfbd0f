package olm_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"maunium.net/go/mautrix/crypto/goolm/session"

	"github.com/alcove-chat/alcove/wasm/olm"
)

func TestPublicKey(t *testing.T) {
	k := newPair(t, rand.NewChaCha8([32]byte{20}))
	public := k.own.Public()
	if public.String() != k.peer.B64Encoded().String() {
		t.Errorf("%s, goolm %s", public, k.peer.B64Encoded())
	}
	high := bytes.Repeat([]byte{0xff}, 32) // not as anybody makes it, but what is signed
	if got, err := olm.ParsePublicKey(encode(high)); err != nil || !bytes.Equal(got[:], high) {
		t.Errorf("%s, %v", got, err)
	}
	for _, text := range []string{public.String(), public.String() + "="} {
		if got, err := olm.ParsePublicKey(text); err != nil || got != public {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "=", "%", public.String()[1:], public.String() + "A", public.String()[:40]} {
		if got, err := olm.ParsePublicKey(text); !errors.Is(err, olm.ErrKey) || got != (olm.PublicKey{}) {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

// small are public keys of small order, with which a secret is zero (RFC 7748,
// section 6.1), in more than one form.
var small = []olm.PublicKey{
	{},
	{1},
	{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
	olm.PublicKey(append(append([]byte{0xec}, bytes.Repeat([]byte{0xff}, 30)...), 0x7f)),
	olm.PublicKey(append(append([]byte{0xee}, bytes.Repeat([]byte{0xff}, 30)...), 0xff)),
}

// TestKeysOfSmallOrder make no secret, wherever they come in.
func TestKeysOfSmallOrder(t *testing.T) {
	o, m := open(t, 21), meet(t, 21)
	m.pass(t, &m.alice, &m.bob)
	random := rand.NewChaCha8([32]byte{22})
	own := newPair(t, random)
	for _, k := range small {
		for _, keys := range [][2]olm.PublicKey{{k, o.bob.own.Public()}, {o.bob.own.Public(), k}} {
			_, err := olm.NewOutbound(own.own, keys[0], keys[1], random)
			if _, peerErr := session.NewOutboundOlmSession(own.peer, keys[0][:], keys[1][:]); !errors.Is(err, olm.ErrKey) || peerErr == nil {
				t.Errorf("%x begins a session: %v, goolm: %v", k, err, peerErr)
			}
		}
		for _, place := range []int{1 + 34 + 2, 1 + 34 + 34 + 2} { // identity and base key
			b := decode(t, o.body)
			copy(b[place:], k[:])
			if _, _, err := o.accept(t, encode(b)); !errors.Is(err, olm.ErrKey) {
				t.Errorf("%x in a pre-key message: %v", k, err)
			}
		}
		mustRefuse(t, &m.bob, withRatchet(t, m.alice, k), olm.ErrUnanswered)
		answered := m.bob.clone(t)
		m.send(t, &answered)
		mustRefuse(t, &answered, withRatchet(t, m.alice, k), olm.ErrKey)
	}
}

// withRatchet returns a message with another ratchet key.
func withRatchet(t *testing.T, sender both, k olm.PublicKey) letter {
	t.Helper()
	record := sender.own.Record()
	copy(record[1+32:], k[:])
	s, err := olm.Open(record)
	if err != nil {
		t.Fatal(err)
	}
	kind, body, _, err := s.Encrypt([]byte("text"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return letter{kind: kind, body: body}
}

// TestNoAnswer: whoever begins a session with a ratchet key of small order is
// read, as with goolm, but gets no answer.
func TestNoAnswer(t *testing.T) {
	for _, k := range small {
		o := open(t, 23)
		bob, _, err := o.accept(t, withRatchet(t, o.alice, k).body)
		if err != nil {
			t.Fatal(err)
		}
		before := bob.own.Record()
		_, _, next, err := bob.own.Encrypt([]byte("text"), rand.NewChaCha8([32]byte{24}))
		if _, _, peerErr := bob.peer.Encrypt([]byte("text")); !errors.Is(err, olm.ErrKey) || peerErr == nil {
			t.Errorf("%x: %v, goolm: %v", k, err, peerErr)
		}
		if !bytes.Equal(next.Record(), before) {
			t.Errorf("%x: the session changed", k)
		}
	}
}

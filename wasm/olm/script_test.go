package olm_test

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// talk is one session between two devices, of which the second has it once the
// first message arrived.
type talk struct {
	sides   [2]*both
	oneTime pair
	sent    [2][]letter // what each side sent and the other may still receive
	read    map[string]bool
}

// script is two devices, of which one or both began a session with the other, in
// a network that loses, doubles, delays and damages.
type script struct {
	t          *testing.T
	rnd        *rand.Rand
	identities [2]pair
	talks      [2]talk
	texts      int // read so far
}

func newScript(t *testing.T, identities [2]pair, seed uint64) *script {
	random := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), 1})
	s := &script{t: t, rnd: rand.New(random), identities: identities}
	for i := range 1 + s.rnd.IntN(2) {
		k := newPair(t, random)
		b := begin(t, s.rnd.Uint64(), s.identities[i], s.identities[1-i].own.Public(), k.own.Public())
		s.talks[i] = talk{oneTime: k, read: map[string]bool{}}
		s.talks[i].sides[i] = &b
	}
	return s
}

// step does one thing that may happen.
func (s *script) step() {
	talk := &s.talks[s.rnd.IntN(2)]
	from := s.rnd.IntN(2)
	switch side := talk.sides[from]; s.rnd.IntN(12) {
	case 0, 1, 2:
		s.send(talk, from, 1)
	case 3:
		if s.rnd.IntN(8) == 0 {
			s.send(talk, from, s.rnd.IntN(80))
		}
	case 4, 5, 6, 7:
		s.deliver(talk, from, 0)
	case 8:
		s.deliver(talk, from, s.rnd.IntN(50))
	case 9:
		s.damage(talk, from)
	case 10:
		if side != nil {
			stored, err := olm.Open(side.own.Record())
			if err != nil {
				s.t.Fatal(err)
			}
			side.own = stored
		}
	case 11:
		s.misdeliver(talk, from)
	}
}

func (s *script) send(talk *talk, from, n int) {
	if talk.sides[from] == nil {
		return
	}
	for range n {
		text := make([]byte, 1+s.rnd.IntN(100))
		for i := range text {
			text[i] = byte(s.rnd.Uint32())
		}
		talk.sent[from] = append(talk.sent[from], talk.sides[from].encrypt(s.t, s.rnd.Uint64(), text))
	}
}

// deliver hands over the nth message that one side sent, and mostly forgets it:
// the others come later, or never.
func (s *script) deliver(talk *talk, from, n int) {
	sent := talk.sent[from]
	if n >= len(sent) {
		return
	}
	l := sent[n]
	if s.rnd.IntN(4) != 0 {
		talk.sent[from] = append(sent[:n:n], sent[n+1:]...)
	}
	if s.rnd.IntN(10) == 0 {
		return
	}
	text, err := s.receive(talk, 1-from, l)
	if err != nil {
		return
	}
	if talk.read[l.body] || !bytes.Equal(text, l.text) {
		s.t.Fatalf("%x is read as %x, before: %v", l.text, text, talk.read[l.body])
	}
	talk.read[l.body] = true
	s.texts++
}

func (s *script) receive(talk *talk, to int, l letter) ([]byte, error) {
	if talk.sides[to] != nil {
		return talk.sides[to].receive(s.t, l.kind, l.body)
	}
	b, text, err := accept(s.t, s.identities[to], []pair{talk.oneTime}, l.body)
	if err == nil {
		talk.sides[to] = &b
	}
	return text, err
}

// damage changes a bit on the way.
func (s *script) damage(talk *talk, from int) {
	sent := talk.sent[from]
	if len(sent) == 0 {
		return
	}
	l := sent[s.rnd.IntN(len(sent))]
	b := decode(s.t, l.body)
	bit := s.rnd.IntN(8 * len(b))
	b[bit/8] ^= 1 << (bit % 8)
	begins := talk.sides[1-from] == nil && (bit == topOfIdentity || bit == topOfBase)
	if _, err := s.receive(talk, 1-from, letter{kind: l.kind, body: encode(b)}); (err == nil) != begins {
		s.t.Fatalf("bit %d of %s: %v", bit, l.body, err)
	}
}

// The highest bits of two keys in a pre-key message, which X25519 leaves out.
const (
	topOfIdentity = 8*(1+34+34) - 1
	topOfBase     = topOfIdentity + 8*34
)

// misdeliver hands a message to whoever sent it, or to the other session.
func (s *script) misdeliver(talk *talk, from int) {
	if len(talk.sent[from]) == 0 {
		return
	}
	l := talk.sent[from][0]
	wrong := talk.sides[from]
	if other := &s.talks[s.rnd.IntN(2)]; other != talk && other.sides[1-from] != nil {
		wrong = other.sides[1-from]
	}
	if wrong == nil {
		return
	}
	if text, err := wrong.receive(s.t, l.kind, l.body); err == nil {
		s.t.Fatalf("%s is read by another: %q", l.body, text)
	}
}

// checkPast (O-1): what came after a session did not change it.
func (s *script) checkPast() {
	for _, talk := range s.talks {
		for _, side := range talk.sides {
			if side != nil {
				side.checkPast(s.t)
			}
		}
	}
}

// TestScripts (O-1, O-2): whatever happens to messages, both sides have the answers of
// goolm, make its messages, and are at any time in its state.
func TestScripts(t *testing.T) {
	seeds := uint64(2000)
	if runtime.GOARCH == "wasm" {
		seeds = 30
	}
	random := rand.NewChaCha8([32]byte{60})
	identities := [2]pair{newPair(t, random), newPair(t, random)}
	texts := 0
	for seed := range seeds {
		s := newScript(t, identities, seed)
		for range 20 + s.rnd.IntN(20<<s.rnd.IntN(5)) {
			s.step()
		}
		s.checkPast()
		texts += s.texts
	}
	t.Logf("%d messages were read", texts)
}

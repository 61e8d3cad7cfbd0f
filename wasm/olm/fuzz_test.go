package olm_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// sentinels are all errors there may be with a message.
var sentinels = []error{
	olm.ErrFormat, olm.ErrMAC, olm.ErrUsed, olm.ErrIndex, olm.ErrSession, olm.ErrUnanswered, olm.ErrKey,
}

// checkError: an error is one of those that hold nothing.
func checkError(t *testing.T, err error) {
	t.Helper()
	if err != nil && !slices.Contains(sentinels, err) {
		t.Fatalf("%v", err)
	}
}

// FuzzDecrypt: whatever comes before the MAC, with the right one or another, of
// the chain that is known or of one that it begins; the answer is goolm's, and
// the right message is still read after it.
func FuzzDecrypt(f *testing.F) {
	var meetings [2]*meeting // where the chain has begun, and where it is known too
	var forgers [2]forger
	var right [2]letter
	for i := range meetings {
		m := meet(f, 40)
		if l := m.send(f, &m.alice); i == 1 {
			mustRead(f, &m.bob, l)
		}
		forgers[i] = newForger(f, m.alice.own)
		right[i], meetings[i] = m.send(f, &m.alice), m
	}
	whole := decode(f, right[0].body)
	f.Add(whole[:len(whole)-8], []byte{}, false)
	f.Add(whole[:len(whole)-8], whole[len(whole)-8:], true)
	f.Add([]byte("\x03\x10\xff\xff\xff\xff\x0f\x22\x00"), make([]byte, 8), false)
	f.Add([]byte("\x03\x10\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02\x22\x01\x01\x1a\x00\x10\x05"), make([]byte, 8), true)
	f.Fuzz(func(t *testing.T, payload, mac []byte, known bool) {
		i := 0
		if known {
			i = 1
		}
		message := slices.Concat(payload, mac)
		if len(mac) == 0 {
			message = forgers[i].seal(payload)
		}
		bob := meetings[i].bob.clone(t)
		_, err := bob.ask(t, olm.KindPreKey, encode(message))
		checkError(t, err)
		if _, err = bob.receive(t, olm.KindMessage, encode(message)); err != nil {
			checkError(t, err)
			mustRead(t, &bob, right[i])
		}
	})
}

// FuzzText: whatever is encrypted is read, and of what is damaged nothing.
func FuzzText(f *testing.F) {
	f.Add([]byte("sixteen bytes or"), uint16(100))
	f.Add([]byte{0}, uint16(0))
	m := meet(f, 41)
	f.Fuzz(func(t *testing.T, text []byte, bit uint16) {
		if len(text) == 0 { // goolm does not take it
			return
		}
		alice, bob := m.alice.clone(t), m.bob.clone(t)
		l := alice.encrypt(t, 1, text)
		b := decode(t, l.body)
		b[int(bit)/8%len(b)] ^= 1 << (bit % 8)
		if text, err := bob.ask(t, l.kind, encode(b)); err == nil {
			t.Fatalf("%x is read: %x", b, text)
		}
		mustRead(t, &bob, l)
	})
}

// FuzzPreKey: what begins no session with goolm begins none here, and of what is
// read the keys are written again as they were.
func FuzzPreKey(f *testing.F) {
	o := open(f, 42)
	whole := decode(f, o.body)
	f.Add(whole)
	f.Add(whole[:103])
	f.Add(slices.Concat(whole, []byte("\x10\x00\x3a\x01a")))
	f.Add(slices.Concat([]byte("\x03"), whole[1+34:], whole[1:1+34]))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, err := o.accept(t, encode(b))
		checkError(t, err)
		p, err := olm.ParsePreKey(encode(b))
		checkError(t, err)
		identity, oneTime := p.Identity(), p.OneTime()
		if err == nil && (!bytes.Contains(b, identity[:]) || !bytes.Contains(b, oneTime[:])) {
			t.Fatalf("%x has other keys", b)
		}
		if _, text, err := o.accept(t, o.body); err != nil || !bytes.Equal(text, o.text) {
			t.Fatalf("%q, %v", text, err)
		}
	})
}

// FuzzOpen: a record that is read is written the same again, and its session
// answers as goolm's that is the same, or says why not.
func FuzzOpen(f *testing.F) {
	for _, s := range stages(f) {
		f.Add(s.Record())
	}
	m := meet(f, 43)
	normal, first := m.send(f, &m.alice), open(f, 43).letter
	f.Fuzz(func(t *testing.T, record []byte) {
		if k, err := olm.OpenKeyPair(record); err == nil && !bytes.Equal(k.Record(), record) {
			t.Fatal("another pair")
		}
		s, err := olm.Open(record)
		if err != nil {
			checkError(t, err)
			return
		}
		if !bytes.Equal(s.Record(), record) {
			t.Fatal("another session")
		}
		b := both{own: s, peer: asPeer(t, s)}
		for _, l := range []letter{normal, first} {
			_, err := b.ask(t, l.kind, l.body)
			checkError(t, err)
		}
		if _, _, _, err := s.Encrypt([]byte("text"), rand.NewChaCha8([32]byte{})); !errors.Is(err, olm.ErrExhausted) {
			checkError(t, err)
		}
	})
}

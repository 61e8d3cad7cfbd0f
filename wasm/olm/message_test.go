package olm_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// ask asks both about a message and moves neither on.
func (b both) ask(t testing.TB, kind int, body string) ([]byte, error) {
	t.Helper()
	b = b.clone(t)
	return b.receive(t, kind, body)
}

// TestMutatedMessage: no changed message is read, be it one that begins a chain or
// the one after it.
func TestMutatedMessage(t *testing.T) {
	m := meet(t, 10)
	for range 2 {
		l := m.send(t, &m.alice)
		for _, b := range mutations(decode(t, l.body)) {
			if text, err := m.bob.ask(t, l.kind, encode(b)); err == nil {
				t.Errorf("%x is read: %q", b, text)
			}
		}
		for _, body := range []string{"", "=", "%", l.body + "%", l.body[1:], l.body + "AA"} {
			if text, err := m.bob.ask(t, l.kind, body); err == nil {
				t.Errorf("%s is read: %q", body, text)
			}
		}
		for _, kind := range []int{-1, 0, 2, 1 << 40} {
			if _, _, err := m.bob.own.Decrypt(kind, l.body); err == nil {
				t.Errorf("it is of kind %d too", kind)
			}
		}
		if text, _, err := m.bob.own.Decrypt(l.kind, l.body+"=="); err != nil || !bytes.Equal(text, l.text) {
			t.Errorf("padded: %q, %v", text, err)
		}
		mustRead(t, &m.bob, l)
	}
}

// TestMutatedAndSealed: whoever has the session may send anything. The answer is
// goolm's.
func TestMutatedAndSealed(t *testing.T) {
	m := meet(t, 11)
	m.pass(t, &m.alice, &m.bob)
	f := newForger(t, m.alice.own)
	whole := decode(t, m.send(t, &m.alice).body)
	payload := whole[:len(whole)-8]
	if !bytes.Equal(f.seal(payload), whole) {
		t.Fatal("the forger has other keys")
	}
	for _, b := range mutations(payload) {
		m.bob.ask(t, olm.KindMessage, encode(f.seal(b)))
	}
}

// TestOddMessages have the right MAC.
func TestOddMessages(t *testing.T) {
	m := meet(t, 12)
	m.pass(t, &m.alice, &m.bob)
	for range 300 {
		m.alice.advance(t)
	}
	f := newForger(t, m.alice.own) // at index 301
	text := f.cbc(t, "hello, world\x04\x04\x04\x04")
	ratchet := "\x0a\x20" + string(f.ratchet)
	for _, c := range []struct {
		name, payload string
		ok            bool
	}{
		{"plain", "\x03" + ratchet + "\x10\xad\x02\x22\x10" + text, true},
		{"fields in another order", "\x03\x22\x10" + text + "\x10\xad\x02" + ratchet, true},
		{"fields of no meaning", "\x03\x18\x07" + ratchet + "\x10\xad\x02\x22\x10" + text + "\x1a\x03abc", true},
		{"fields twice", "\x03\x0a\x01a\x10\x01\x22\x01a" + ratchet + "\x10\xad\x02\x22\x10" + text, true},
		{"numbers with leading zeros", "\x03" + ratchet + "\x90\x00\xad\x82\x80\x00\x22\x90\x80\x00" + text, true},
		{"version 2", "\x02" + ratchet + "\x10\xad\x02\x22\x10" + text, false},
		{"version 4", "\x04" + ratchet + "\x10\xad\x02\x22\x10" + text, false},
		{"no index", "\x03" + ratchet + "\x22\x10" + text, false},
		{"no ratchet key", "\x03\x10\xad\x02\x22\x10" + text, false},
		{"a short ratchet key", "\x03" + ratchet + "\x0a\x1f" + string(f.ratchet[1:]) + "\x10\xad\x02\x22\x10" + text, false},
		{"a long ratchet key", "\x03\x0a\x21" + string(f.ratchet) + "\x00\x10\xad\x02\x22\x10" + text, false},
		{"no ciphertext", "\x03" + ratchet + "\x10\xad\x02", false},
		{"an empty ciphertext", "\x03" + ratchet + "\x10\xad\x02\x22\x00", false},
		{"an empty ciphertext, then one", "\x03" + ratchet + "\x10\xad\x02\x22\x00\x22\x10" + text, true},
		{"a ciphertext, then an empty one", "\x03" + ratchet + "\x10\xad\x02\x22\x10" + text + "\x22\x00", false},
		{"no fields", "\x03", false},
		{"nothing", "", false},
		{"an index over 32 bits", "\x03" + ratchet + "\x10\xad\x82\x80\x80\x10\x22\x10" + text, false},
		{"one of two indices over 32 bits", "\x03" + ratchet + "\x10\xad\x82\x80\x80\x10\x10\xad\x02\x22\x10" + text, false},
		{"an index over 64 bits", "\x03" + ratchet + "\x10\xad\x82\x80\x80\x80\x80\x80\x80\x80\x02\x22\x10" + text, false},
		{"a number without end", "\x03" + ratchet + "\x10\xad\x02\x22\x10" + text + "\x10\xad", false},
		{"a length over the end", "\x03" + ratchet + "\x10\xad\x02\x22\x11" + text, false},
		{"a length below zero", "\x03" + ratchet + "\x10\xad\x02\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + text, false},
		{"a field of another type", "\x03" + ratchet + "\x10\xad\x02\x22\x10" + text + "\x1d\x00\x00\x00\x00", false},
		{"an index of another message", "\x03" + ratchet + "\x10\xae\x02\x22\x10" + text, false},
		{"half a block", "\x03" + ratchet + "\x10\xad\x02\x22\x08" + text[:8], false},
		{"padding of 0", "\x03" + ratchet + "\x10\xad\x02\x22\x10" + f.cbc(t, "hello, world   \x00"), false},
		{"padding of 17", "\x03" + ratchet + "\x10\xad\x02\x22\x10" + f.cbc(t, strings.Repeat("\x11", 16)), false},
		{"padding of 16", "\x03" + ratchet + "\x10\xad\x02\x22\x10" + f.cbc(t, strings.Repeat("\x10", 16)), true},
		{"padding of two kinds", "\x03" + ratchet + "\x10\xad\x02\x22\x10" + f.cbc(t, "hello, world\x03\x04\x04\x04"), false},
	} {
		if _, err := m.bob.ask(t, olm.KindMessage, encode(f.seal([]byte(c.payload)))); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

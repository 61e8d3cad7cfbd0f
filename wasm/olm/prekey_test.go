package olm_test

import (
	"bytes"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// opening is a first message, to whom it went, and his one-time key.
type opening struct {
	alice   both
	bob     pair
	oneTime pair
	letter
}

func open(t testing.TB, seed uint64) (o opening) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{byte(seed), 1})
	o.bob, o.oneTime = newPair(t, random), newPair(t, random)
	o.alice = begin(t, seed, newPair(t, random), o.bob.own.Public(), o.oneTime.own.Public())
	o.letter = o.alice.encrypt(t, seed, []byte("a message of two blocks"))
	return o
}

func (o *opening) accept(t testing.TB, body string) (both, []byte, error) {
	t.Helper()
	return accept(t, o.bob, []pair{o.oneTime}, body)
}

// TestMutatedPreKey: a changed first message begins no session, nor is it read in
// the one that the right one began, but for what X25519 does not look at, and
// fields of no meaning.
func TestMutatedPreKey(t *testing.T) {
	o := open(t, 13)
	bob, text, err := o.accept(t, o.body)
	if err != nil || !bytes.Equal(text, o.text) {
		t.Fatalf("%q, %v", text, err)
	}
	for _, l := range []letter{o.letter, o.alice.encrypt(t, 14, []byte("a second message"))} {
		whole := decode(t, l.body)
		isMore := func(b []byte) bool { return string(b) == string(whole)+"\x10\x00" }
		for _, b := range mutations(whole) {
			if _, text, err := o.accept(t, encode(b)); (err == nil) != (isMore(b) || sameKeys(whole, b)) {
				t.Errorf("%x: %q, %v", b, text, err)
			}
			if text, err := bob.ask(t, l.kind, encode(b)); err == nil && !isMore(b) {
				t.Errorf("%x is read: %q", b, text)
			}
		}
	}
}

// TestOtherKeys: a first message is for one device, and one of its keys.
func TestOtherKeys(t *testing.T) {
	o := open(t, 15)
	other := newPair(t, rand.NewChaCha8([32]byte{15}))
	if text, _, err := acceptOwn(other.own, []pair{o.oneTime}, o.body); !errors.Is(err, olm.ErrMAC) || text != nil {
		t.Errorf("another device: %q, %v", text, err)
	}
	p, err := olm.ParsePreKey(o.body)
	if err != nil {
		t.Fatal(err)
	}
	if text, s, err := olm.NewInbound(o.bob.own, other.own, p); !errors.Is(err, olm.ErrSession) || text != nil || s.Received() {
		t.Errorf("another one-time key: %q, %v", text, err)
	}
	for range 2 { // what was parsed stays as it is
		if text, _, err := olm.NewInbound(o.bob.own, o.oneTime.own, p); err != nil || !bytes.Equal(text, o.text) {
			t.Errorf("%q, %v", text, err)
		}
	}
}

// TestOddPreKeys have the right keys and message, and more or less than that.
func TestOddPreKeys(t *testing.T) {
	o := open(t, 17)
	b := string(decode(t, o.body))
	oneTime, identity, base, inner := b[1:35], b[35:69], b[69:103], b[103:]
	long := func(field string) string { return field[:1] + "\x21" + field[2:] + "\x00" }
	short := func(field string) string { return field[:1] + "\x1f" + field[2:33] }
	for _, c := range []struct {
		name, message string
		ok            bool
	}{
		{"plain", "\x03" + oneTime + identity + base + inner, true},
		{"libolm's order", "\x03" + oneTime + base + identity + inner, true},
		{"any order", "\x03" + inner + identity + base + oneTime, true},
		{"fields of no meaning", "\x03\x10\x01" + oneTime + identity + "\x2a\x03abc" + base + inner, true},
		{"fields twice", "\x03\x22\x01a\x12\x00" + short(oneTime) + oneTime + identity + base + inner, true},
		{"another one after it", "\x03" + oneTime + identity + base + inner + short(base), false},
		{"no one-time key", "\x03" + identity + base + inner, false},
		{"no identity key", "\x03" + oneTime + base + inner, false},
		{"no base key", "\x03" + oneTime + identity + inner, false},
		{"no message", "\x03" + oneTime + identity + base, false},
		{"an empty message", "\x03" + oneTime + identity + base + "\x22\x00", false},
		{"a long one-time key", "\x03" + long(oneTime) + identity + base + inner, false},
		{"a long identity key", "\x03" + oneTime + long(identity) + base + inner, false},
		{"a long base key", "\x03" + oneTime + identity + long(base) + inner, false},
		{"a short one-time key", "\x03" + short(oneTime) + identity + base + inner, false},
		{"a short identity key", "\x03" + oneTime + short(identity) + base + inner, false},
		{"a short base key", "\x03" + oneTime + identity + short(base) + inner, false},
		{"version 2", "\x02" + oneTime + identity + base + inner, false},
		{"version 4", "\x04" + oneTime + identity + base + inner, false},
		{"a field of another type", "\x03" + oneTime + identity + base + inner + "\x1d\x00\x00\x00\x00", false},
		{"no fields", "\x03", false},
		{"nothing", "", false},
	} {
		if _, text, err := o.accept(t, encode([]byte(c.message))); (err == nil) != c.ok || c.ok && !bytes.Equal(text, o.text) {
			t.Errorf("%s: %q, %v", c.name, text, err)
		}
	}
}

// sameKeys reports whether two pre-key messages differ in nothing but the highest
// bit of keys.
func sameKeys(b, other []byte) bool {
	b, other = slices.Clone(b), slices.Clone(other)
	for _, m := range [][]byte{b, other} {
		for _, place := range []int{topOfIdentity / 8, topOfBase / 8} {
			if place < len(m) {
				m[place] &= 0x7f
			}
		}
	}
	return bytes.Equal(b, other)
}

// TestFormsOfABaseKey (O-3): 1/u is the key u and a point of order 2, which every
// private key takes to nothing. So other bytes make the same secrets, here and
// with goolm, and the session id alone tells no copy of a message from the first.
func TestFormsOfABaseKey(t *testing.T) {
	o := open(t, 16)
	b := decode(t, o.body)
	const baseKey = 1 + 34 + 34 + 2
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	u := slices.Clone(b[baseKey : baseKey+32])
	slices.Reverse(u)
	new(big.Int).ModInverse(new(big.Int).SetBytes(u), p).FillBytes(u)
	slices.Reverse(u)
	copy(b[baseKey:], u)
	other, text, err := o.accept(t, encode(b))
	if err != nil || !bytes.Equal(text, o.text) || other.own.ID() == o.alice.own.ID() {
		t.Errorf("%q, %v", text, err)
	}
}

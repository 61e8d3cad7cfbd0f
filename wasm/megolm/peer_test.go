package megolm_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"maunium.net/go/mautrix/crypto/goolm/aessha2"
	"maunium.net/go/mautrix/crypto/goolm/crypto"
	goolm "maunium.net/go/mautrix/crypto/goolm/megolm"
	"maunium.net/go/mautrix/crypto/goolm/message"
	"maunium.net/go/mautrix/crypto/goolm/session"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

func decode(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// both is one session at one index, here and with goolm.
type both struct {
	own  megolm.Outbound
	peer *session.MegolmOutboundSession
}

func newBoth(t testing.TB, random *rand.ChaCha8, index uint32) both {
	t.Helper()
	var secret [32 + 128]byte
	random.Read(secret[:])
	record := append([]byte{1}, secret[:32]...)
	record = binary.BigEndian.AppendUint32(record, index)
	own, err := megolm.OpenOutbound(append(record, secret[32:]...))
	if err != nil {
		t.Fatal(err)
	}
	return both{own, &session.MegolmOutboundSession{
		Ratchet:    goolm.Ratchet{Counter: index, Data: [128]byte(secret[32:])},
		SigningKey: crypto.Ed25519GenerateFromSeed(secret[:32]),
	}}
}

// encrypt returns the message of a text, which both must make alike.
func (b *both) encrypt(t testing.TB, text []byte) string {
	t.Helper()
	message, next, err := b.own.Encrypt(text)
	if err != nil {
		t.Fatal(err)
	}
	b.own = next
	if want, err := b.peer.Encrypt(text); err != nil || message != string(want) {
		t.Fatalf("goolm: %s, %v; own: %s", want, err, message)
	}
	return message
}

// starts are indices at which parts of the ratchet turn over, or soon do.
var starts = []uint32{0, 1, 90, 250, 255, 256, 0xfff0, 0xfffff0, 0xffffff, 0x01041506, 0x7ffffff0}

// TestPeerReadsAlike: what one encrypts the other decrypts, and both do byte for
// byte, with keys that either made, in any order.
func TestPeerReadsAlike(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	rnd := rand.New(random)
	for round := range 5 * len(starts) {
		b := newBoth(t, random, starts[round%len(starts)])
		if got, want := b.own.ID(), b.peer.ID().String(); got != want {
			t.Fatalf("id %s, goolm %s", got, want)
		}
		key := b.own.SessionKey()
		if key != b.peer.Key() {
			t.Fatalf("session key %s, goolm %s", key, b.peer.Key())
		}
		texts, messages := conversation(t, rnd, &b)
		own, err := megolm.NewInbound(key)
		if err != nil {
			t.Fatal(err)
		}
		peer, err := session.NewMegolmInboundSession([]byte(key))
		if err != nil {
			t.Fatal(err)
		}
		first := own.First()
		for range 2 {
			for _, i := range rnd.Perm(len(texts)) {
				index := first + uint32(i)
				checkText(t, own.Decrypt(messages[i]), index, texts[i])
				text, n, err := peer.Decrypt([]byte(messages[i]))
				if err != nil || uint32(n) != index || !bytes.Equal(text, texts[i]) {
					t.Fatalf("goolm: %q, %d, %v", text, n, err)
				}
			}
			own, peer = exchange(t, rnd, own, peer, &first, len(texts))
			texts, messages = texts[len(texts)-int(b.own.Index()-first):], messages[len(messages)-int(b.own.Index()-first):]
		}
	}
}

// conversation returns up to 60 messages that follow each other.
func conversation(t *testing.T, rnd *rand.Rand, b *both) (texts [][]byte, messages []string) {
	for range 1 + rnd.IntN(60) {
		text := make([]byte, 1+rnd.IntN(400))
		for i := range text {
			text[i] = byte(rnd.Uint32())
		}
		texts, messages = append(texts, text), append(messages, b.encrypt(t, text))
	}
	return texts, messages
}

// exchange lets each import what the other exports at an index, one of the n
// that are known, and moves first there.
func exchange(t *testing.T, rnd *rand.Rand, own *megolm.Inbound, peer *session.MegolmInboundSession, first *uint32, n int) (*megolm.Inbound, *session.MegolmInboundSession) {
	t.Helper()
	*first += uint32(rnd.IntN(n))
	exported, err := own.Export(*first)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := peer.Export(*first)
	if err != nil || exported != string(theirs) {
		t.Fatalf("exported %s, goolm %s, %v", exported, theirs, err)
	}
	nextPeer, err := session.NewMegolmInboundSessionFromExport([]byte(exported))
	if err != nil {
		t.Fatal(err)
	}
	next, err := megolm.ImportInbound(string(theirs))
	if err != nil || next.First() != *first || next.ID() != own.ID() {
		t.Fatalf("imported at %d: %v", *first, err)
	}
	return next, nextPeer
}

func checkText(t testing.TB, got megolm.Plaintext, index uint32, text []byte) {
	t.Helper()
	if got.Err != nil || got.Index != index || !bytes.Equal(got.Text, text) {
		t.Fatalf("message %d: %q at %d, %v; want %q", index, got.Text, got.Index, got.Err, text)
	}
}

// TestFarAhead: any distance is the same as goolm's.
func TestFarAhead(t *testing.T) {
	random := rand.NewChaCha8([32]byte{2})
	rnd := rand.New(random)
	for range 50 {
		first := rnd.Uint32N(1 << 31)
		target := first + rnd.Uint32N(1<<31)>>rnd.IntN(32)
		b := newBoth(t, random, first)
		own := b.own.Inbound()
		b.peer.Ratchet.AdvanceTo(target)
		message, err := b.peer.Encrypt([]byte("far"))
		if err != nil {
			t.Fatal(err)
		}
		checkText(t, own.Decrypt(string(message)), target, []byte("far"))
	}
}

// verdict asks both about the same bytes, and returns ours.
func verdict(t testing.TB, own *megolm.Inbound, key string, message string) error {
	t.Helper()
	peer, err := session.NewMegolmInboundSession([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	got := own.Decrypt(message)
	text, index, err := peer.Decrypt([]byte(message))
	if (err == nil) != (got.Err == nil) || err == nil && (uint32(index) != got.Index || !bytes.Equal(text, got.Text)) {
		t.Fatalf("%s: %q at %d, %v; goolm: %q at %d, %v", message, got.Text, got.Index, got.Err, text, index, err)
	}
	return got.Err
}

// mutations of bytes: every bit flipped, every length, something appended.
func mutations(b []byte) (all [][]byte) {
	for bit := range 8 * len(b) {
		m := slices.Clone(b)
		m[bit/8] ^= 1 << (bit % 8)
		all = append(all, m)
	}
	for n := range b {
		all = append(all, b[:n], b[n+1:])
	}
	for _, more := range []string{"\x00", "\x12\x00", "\x08\x00", "abc"} {
		all = append(all, append(slices.Clone(b), more...), append([]byte(more), b...))
	}
	return all
}

// TestMutatedMessage: no changed message is read, here or by goolm.
func TestMutatedMessage(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{3}), 250)
	key, own := b.own.SessionKey(), b.own.Inbound()
	message := b.encrypt(t, []byte("a message of two blocks"))
	if err := verdict(t, own, key, message); err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations(decode(t, message)) {
		if verdict(t, own, key, encode(m)) == nil {
			t.Errorf("%x is read", m)
		}
	}
	for _, text := range []string{"", "=", "%", message + "%", message[1:], message + "A"} {
		if own.Decrypt(text).Err == nil {
			t.Errorf("%s is read", text)
		}
	}
	if err := own.Decrypt(message + "==").Err; err != nil {
		t.Errorf("padded: %v", err)
	}
}

// sign completes what goes before the MAC of a message as the session's owner
// could, whatever it is: with the MAC of the index that goolm reads in it, and a
// signature.
func (b *both) sign(t testing.TB, payload []byte) string {
	t.Helper()
	var m message.GroupMessage
	m.Decode(append(bytes.Clone(payload), make([]byte, 72)...))
	r := b.peer.Ratchet
	if m.MessageIndex >= r.Counter {
		r.AdvanceTo(m.MessageIndex)
	}
	keys, err := aessha2.NewAESSHA2(r.Data[:], []byte("MEGOLM_KEYS"))
	if err != nil {
		t.Fatal(err)
	}
	mac, err := keys.MAC(payload)
	if err != nil {
		t.Fatal(err)
	}
	return b.signWith(t, payload, mac[:8])
}

func (b *both) signWith(t testing.TB, payload, mac []byte) string {
	t.Helper()
	signed := slices.Concat(payload, mac)
	signature, err := b.peer.SigningKey.Sign(signed)
	if err != nil {
		t.Fatal(err)
	}
	return encode(append(signed, signature...))
}

// TestMutatedAndSigned: the session's owner may sign anything. The answer is
// goolm's, and never a text that another MAC was for.
func TestMutatedAndSigned(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{4}), 5)
	start := b.own
	key, own := start.SessionKey(), start.Inbound()
	whole := decode(t, b.encrypt(t, []byte("a message of two blocks")))
	b = newBoth(t, rand.NewChaCha8([32]byte{4}), 5)
	payload, mac := whole[:len(whole)-72], whole[len(whole)-72:len(whole)-64]
	if b.sign(t, payload) != encode(whole) {
		t.Fatal("sign is no owner")
	}
	for _, m := range mutations(payload) {
		if verdict(t, own, key, b.signWith(t, m, mac)) == nil {
			t.Errorf("%x is read with another's MAC", m)
		}
		verdict(t, own, key, b.sign(t, m))
	}
	for _, m := range mutations(mac) {
		if len(m) == len(mac) && verdict(t, own, key, b.signWith(t, payload, m)) == nil {
			t.Errorf("MAC %x holds", m)
		}
	}
	if got := own.Decrypt(b.signWith(t, payload, make([]byte, 8))); !errors.Is(got.Err, megolm.ErrMAC) || got.Index != 5 {
		t.Errorf("without a MAC: %v at %d", got.Err, got.Index)
	}
}

// TestOddMessages are of the session's owner, with their MAC and signature.
func TestOddMessages(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{25}), 300)
	key, own := b.own.SessionKey(), b.own.Inbound()
	text := cbc(t, &b.peer.Ratchet, "hello, world"+"\x04\x04\x04\x04")
	for _, c := range []struct {
		name, payload string
		ok            bool
	}{
		{"plain", "\x03\x08\xac\x02\x12\x10" + text, true},
		{"fields in the other order", "\x03\x12\x10" + text + "\x08\xac\x02", true},
		{"fields of no meaning", "\x03\x18\x07\x08\xac\x02\x12\x10" + text + "\x1a\x03abc", true},
		{"fields twice", "\x03\x08\x01\x12\x01a\x08\xac\x02\x12\x10" + text, true},
		{"numbers with leading zeros", "\x03\x08\xac\x82\x80\x00\x12\x90\x80\x00" + text, true},
		{"version 2", "\x02\x08\xac\x02\x12\x10" + text, false},
		{"version 4", "\x04\x08\xac\x02\x12\x10" + text, false},
		{"no index", "\x03\x12\x10" + text, false},
		{"no ciphertext", "\x03\x08\xac\x02", false},
		{"an empty ciphertext", "\x03\x08\xac\x02\x12\x00", false},
		{"no fields", "\x03", false},
		{"nothing", "", false},
		{"an index over 32 bits", "\x03\x08\xac\x82\x80\x80\x10\x12\x10" + text, false},
		{"an index over 64 bits", "\x03\x08\xac\x82\x80\x80\x80\x80\x80\x80\x80\x02\x12\x10" + text, false},
		{"a number without end", "\x03\x12\x10" + text + "\x08\xac", false},
		{"a length over the end", "\x03\x08\xac\x02\x12\x11" + text, false},
		{"a length below zero", "\x03\x08\xac\x02\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + text, false},
		{"a field of another type", "\x03\x08\xac\x02\x12\x10" + text + "\x1d\x00\x00\x00\x00", false},
		{"an index before the first", "\x03\x08\xab\x02\x12\x10" + text, false},
		{"half a block", "\x03\x08\xac\x02\x12\x08" + text[:8], false},
		{"padding of 0", "\x03\x08\xac\x02\x12\x10" + cbc(t, &b.peer.Ratchet, "hello, world   \x00"), false},
		{"padding of 17", "\x03\x08\xac\x02\x12\x10" + cbc(t, &b.peer.Ratchet, strings.Repeat("\x11", 16)), false},
		{"padding of 16", "\x03\x08\xac\x02\x12\x10" + cbc(t, &b.peer.Ratchet, strings.Repeat("\x10", 16)), true},
		{"padding of two kinds", "\x03\x08\xac\x02\x12\x10" + cbc(t, &b.peer.Ratchet, "hello, world\x03\x04\x04\x04"), false},
	} {
		if err := verdict(t, own, key, b.sign(t, []byte(c.payload))); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestMessageWithoutIndex is not one of index 0.
func TestMessageWithoutIndex(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{26}), 0)
	text := cbc(t, &b.peer.Ratchet, "hello, world"+"\x04\x04\x04\x04")
	for payload, ok := range map[string]bool{"\x03\x12\x10" + text: false, "\x03\x08\x00\x12\x10" + text: true} {
		if err := verdict(t, b.own.Inbound(), b.own.SessionKey(), b.sign(t, []byte(payload))); (err == nil) != ok {
			t.Errorf("%q: %v", payload, err)
		}
	}
}

// cbc encrypts a block as it is, with the keys of a ratchet.
func cbc(t *testing.T, r *goolm.Ratchet, block string) string {
	t.Helper()
	keys, err := hkdf.Key(sha256.New, r.Data[:], nil, "MEGOLM_KEYS", 80)
	if err != nil {
		t.Fatal(err)
	}
	c, err := aes.NewCipher(keys[:32])
	if err != nil {
		t.Fatal(err)
	}
	out := []byte(block)
	cipher.NewCBCEncrypter(c, keys[64:]).CryptBlocks(out, out)
	return string(out)
}

// TestMutatedKeys: keys that were changed are refused, or are goolm's as well.
func TestMutatedKeys(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{5}), 77)
	key := b.own.SessionKey()
	exported, err := b.own.Inbound().Export(77)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations(decode(t, key)) {
		_, err := megolm.NewInbound(encode(m))
		if _, peerErr := session.NewMegolmInboundSession([]byte(encode(m))); err == nil || peerErr == nil {
			t.Errorf("session key %x: %v, goolm: %v", m, err, peerErr)
		}
	}
	message, _, err := b.own.Encrypt(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations(decode(t, exported)) {
		own, err := megolm.ImportInbound(encode(m))
		if err == nil && errors.Is(own.Decrypt(message).Err, megolm.ErrKey) {
			err = megolm.ErrKey // goolm looks at once
		}
		peer, peerErr := session.NewMegolmInboundSessionFromExport([]byte(encode(m)))
		if (err == nil) != (peerErr == nil) {
			t.Errorf("export %x: %v, goolm: %v", m, err, peerErr)
		} else if err == nil && (own.ID() != peer.ID().String() || own.First() != peer.FirstKnownIndex()) {
			t.Errorf("export %x: %s from %d", m, own.ID(), own.First())
		}
	}
	if _, err := megolm.NewInbound(exported); err == nil {
		t.Error("an exported key passes for a signed one")
	}
	if _, err := megolm.ImportInbound(key); err == nil {
		t.Error("a signed key passes for an exported one")
	}
}

// TestKeysOfSmallOrder: a key with which anybody can sign makes no session.
func TestKeysOfSmallOrder(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{6}), 0)
	exported, err := b.own.Inbound().Export(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range [][]byte{
		append([]byte{1}, make([]byte, 31)...), // the neutral element
		make([]byte, 32),                       // of order 4
		append(append([]byte{0xee}, bytes.Repeat([]byte{0xff}, 30)...), 0x7f), // 1, written as p + 1
		append([]byte{2}, make([]byte, 31)...),                                // no point
		bytes.Repeat([]byte{0xff}, 32),
	} {
		forged := encode(append(decode(t, exported)[:133], key...))
		if _, err := session.NewMegolmInboundSessionFromExport([]byte(forged)); err == nil {
			t.Errorf("%x: goolm takes it", key)
		}
		// A key or a record is believed until there is something to decrypt.
		imported, err := megolm.ImportInbound(forged)
		if err != nil {
			t.Fatal(err)
		}
		record := b.own.Inbound().Record()
		copy(record[1:], key)
		opened, err := megolm.OpenInbound(record)
		if err != nil {
			t.Fatal(err)
		}
		message, _, err := b.own.Encrypt([]byte("text"))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*megolm.Inbound{imported, opened, opened} {
			if got := s.Decrypt(message); !errors.Is(got.Err, megolm.ErrKey) || got.Text != nil {
				t.Errorf("%x: %v", key, fmt.Sprint(got))
			}
		}
	}
}

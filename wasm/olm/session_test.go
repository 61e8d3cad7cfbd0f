package olm_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// meeting is a session that both sides have and have answered in.
type meeting struct {
	alice, bob both
	seed       uint64
}

func meet(t testing.TB, seed uint64) *meeting {
	t.Helper()
	random := rand.NewChaCha8([32]byte{byte(seed)})
	alice, bob, oneTime := newPair(t, random), newPair(t, random), newPair(t, random)
	m := &meeting{alice: begin(t, seed, alice, bob.own.Public(), oneTime.own.Public()), seed: seed}
	first := m.send(t, &m.alice)
	b, _, err := accept(t, bob, []pair{oneTime}, first.body)
	if err != nil {
		t.Fatal(err)
	}
	m.bob = b
	m.pass(t, &m.bob, &m.alice)
	return m
}

func (m *meeting) send(t testing.TB, from *both) letter {
	t.Helper()
	m.seed++
	return from.encrypt(t, m.seed, fmt.Appendf(nil, "message %d", m.seed))
}

// pass sends a message from one to the other.
func (m *meeting) pass(t testing.TB, from, to *both) {
	t.Helper()
	mustRead(t, to, m.send(t, from))
}

func mustRead(t testing.TB, b *both, l letter) {
	t.Helper()
	if text, err := b.receive(t, l.kind, l.body); err != nil || !bytes.Equal(text, l.text) {
		t.Fatalf("%q, %v; want %q", text, err, l.text)
	}
}

func mustRefuse(t testing.TB, b *both, l letter, want error) {
	t.Helper()
	if _, err := b.receive(t, l.kind, l.body); !errors.Is(err, want) {
		t.Fatalf("%q: %v, want %v", l.text, err, want)
	}
}

// TestKinds: messages are pre-key messages until the other side answers.
func TestKinds(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	identity, other, oneTime := newPair(t, random), newPair(t, random), newPair(t, random)
	alice := begin(t, 1, identity, other.own.Public(), oneTime.own.Public())
	var bob both
	for i := range uint64(3) {
		l := alice.encrypt(t, i, []byte("text"))
		p, err := olm.ParsePreKey(l.body)
		if err != nil || l.kind != olm.KindPreKey || !alice.own.Matches(p) || p.SessionID() != alice.own.ID() ||
			p.Identity() != identity.own.Public() || p.OneTime() != oneTime.own.Public() {
			t.Fatalf("%d: kind %d, %v", i, l.kind, err)
		}
		if i == 0 {
			if bob, _, err = accept(t, other, []pair{oneTime}, l.body); err != nil {
				t.Fatal(err)
			}
			continue
		}
		mustRead(t, &bob, l)
	}
	answer := bob.encrypt(t, 9, []byte("answer"))
	if answer.kind != olm.KindMessage || alice.own.Received() || !bob.own.Received() {
		t.Error("an answer needs no pre-key message")
	}
	mustRead(t, &alice, answer)
	if l := alice.encrypt(t, 10, []byte("text")); l.kind != olm.KindMessage || !alice.own.Received() {
		t.Error("a pre-key message after the answer")
	}
}

// TestBranches (O-1): two ways to go on from one session do not see each other,
// however much room there is behind what it skipped.
func TestBranches(t *testing.T) {
	for missing := range 9 {
		m := meet(t, 8)
		for range missing {
			m.send(t, &m.alice)
		}
		m.pass(t, &m.alice, &m.bob)
		missed, late := m.send(t, &m.alice), m.send(t, &m.alice)
		m.pass(t, &m.bob, &m.alice)
		lost, turned := m.send(t, &m.alice), m.send(t, &m.alice) // of another chain
		left, right := m.bob.clone(t), m.bob.clone(t)
		mustRead(t, &left, late)
		mustRead(t, &right, turned)
		mustRead(t, &left, missed)
		mustRead(t, &right, lost)
		for _, b := range []*both{&m.bob, &left, &right} {
			b.checkPast(t)
		}
	}
}

// TestNoRandomness: too few bytes are an error, and no more than needed are read.
func TestNoRandomness(t *testing.T) {
	m := meet(t, 6)
	k := newPair(t, rand.NewChaCha8([32]byte{6})).own
	for n := range 64 {
		if _, err := olm.NewOutbound(k, k.Public(), k.Public(), few(n)); !isShort(err) {
			t.Errorf("%d bytes begin a session: %v", n, err)
		}
	}
	m.pass(t, &m.alice, &m.bob)
	for n := range 32 {
		record := m.bob.own.Record()
		if _, _, next, err := m.bob.own.Encrypt([]byte("text"), few(n)); !isShort(err) || !bytes.Equal(next.Record(), record) {
			t.Errorf("%d bytes turn a ratchet: %v", n, err)
		}
		if pair, err := olm.NewKeyPair(few(n)); !isShort(err) || pair != (olm.KeyPair{}) {
			t.Errorf("%d bytes make a pair: %v", n, err)
		}
	}
	if _, _, _, err := m.bob.own.Encrypt([]byte("text"), few(32)); err != nil {
		t.Error(err)
	}
	if _, _, _, err := m.alice.own.Encrypt([]byte("text"), few(0)); err != nil {
		t.Errorf("the ratchet does not turn: %v", err)
	}
}

func few(n int) io.Reader { return io.LimitReader(rand.NewChaCha8([32]byte{1}), int64(n)) }

func isShort(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) }

// TestNothingIsPrinted: no verb shows what is secret.
func TestNothingIsPrinted(t *testing.T) {
	m := meet(t, 7)
	m.send(t, &m.alice)
	m.pass(t, &m.alice, &m.bob)
	m.send(t, &m.bob)
	k := newPair(t, rand.NewChaCha8([32]byte{7})).own
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, value := range []any{k, &k, []olm.KeyPair{k}} {
			if text := strings.Trim(fmt.Sprintf(verb, value), "[]{}"); !strings.HasSuffix(text, k.Public().String()) || len(text) > 100 {
				t.Errorf("%s: %s", verb, text)
			}
		}
		for _, value := range []any{m.bob.own, &m.bob.own, []olm.Session{m.bob.own}} {
			if text := strings.Trim(fmt.Sprintf(verb, value), "[]{}"); !strings.HasSuffix(text, m.bob.own.ID()) || len(text) > 100 {
				t.Errorf("%s: %s", verb, text)
			}
		}
	}
}

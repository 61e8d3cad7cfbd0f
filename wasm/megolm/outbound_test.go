package megolm_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

// TestOutboundIsAValue (M-1): encrypting changes no copy, so that a send which
// could not be stored can be made again, and is the same.
func TestOutboundIsAValue(t *testing.T) {
	s, err := megolm.NewOutbound(rand.NewChaCha8([32]byte{10}))
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint32(300) {
		before := s.Record()
		message, next, err := s.Encrypt(text(i))
		if err != nil {
			t.Fatal(err)
		}
		again, nextAgain, err := s.Encrypt(text(i))
		if err != nil || again != message || !bytes.Equal(nextAgain.Record(), next.Record()) {
			t.Fatalf("%d: another message the second time, %v", i, err)
		}
		if s.Index() != i || next.Index() != i+1 || !bytes.Equal(s.Record(), before) {
			t.Fatalf("%d has become %d, and then %d", i, s.Index(), next.Index())
		}
		checkText(t, s.Inbound().Decrypt(message), i, text(i))
		if got := next.Inbound().Decrypt(message); !errors.Is(got.Err, megolm.ErrIndex) {
			t.Fatalf("read by the session after it: %v", got.Err)
		}
		s = next
	}
}

// TestSkip: to skip messages is to come where encrypting them leads.
func TestSkip(t *testing.T) {
	s, err := megolm.NewOutbound(rand.NewChaCha8([32]byte{12}))
	if err != nil {
		t.Fatal(err)
	}
	walked := s
	for n := range uint32(600) {
		if skipped := s.Skip(n); !bytes.Equal(skipped.Record(), walked.Record()) {
			t.Fatalf("%d: another session", n)
		}
		if _, walked, err = walked.Encrypt(nil); err != nil {
			t.Fatal(err)
		}
	}
	end := walked.Skip(math.MaxUint32)
	if _, _, err := end.Encrypt(nil); end.Index() != math.MaxUint32 || !errors.Is(err, megolm.ErrExhausted) {
		t.Errorf("beyond all indices it is at %d, %v", end.Index(), err)
	}
}

func TestTextsOfAllLengths(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{11}), 0)
	in := b.own.Inbound()
	for n := range 300 {
		text := bytes.Repeat([]byte{byte(n)}, n)
		message, next, err := b.own.Encrypt(text)
		if err != nil {
			t.Fatal(err)
		}
		checkText(t, in.Decrypt(message), uint32(n), text)
		b.own = next
	}
	long := make([]byte, 1<<20)
	message, _, err := b.own.Encrypt(long)
	if err != nil {
		t.Fatal(err)
	}
	checkText(t, in.Decrypt(message), 300, long)
}

func TestExhausted(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{12}), math.MaxUint32-1)
	message, last, err := b.own.Encrypt(text(1))
	if err != nil {
		t.Fatal(err)
	}
	checkText(t, b.own.Inbound().Decrypt(message), math.MaxUint32-1, text(1))
	if _, _, err := last.Encrypt(text(2)); !errors.Is(err, megolm.ErrExhausted) {
		t.Error(err)
	}
}

func TestNoRandomness(t *testing.T) {
	for n := range 160 {
		random := io.LimitReader(rand.NewChaCha8([32]byte{}), int64(n))
		if _, err := megolm.NewOutbound(random); !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			t.Errorf("%d bytes are enough: %v", n, err)
		}
	}
	one, err := megolm.NewOutbound(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	other, err := megolm.NewOutbound(rand.NewChaCha8([32]byte{2}))
	if err != nil || one.ID() == other.ID() {
		t.Error("two sessions with one id", err)
	}
}

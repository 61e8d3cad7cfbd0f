package megolm_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

// copies of one session, from different indices, signed and not.
func copies(t *testing.T, b both) (all []*megolm.Inbound) {
	t.Helper()
	first := b.own.Index()
	in := b.own.Inbound()
	for _, ahead := range []uint32{0, 1, 300, 70000} {
		exported, err := in.Export(first + ahead)
		if err != nil {
			t.Fatal(err)
		}
		imported, err := megolm.ImportInbound(exported)
		if err != nil {
			t.Fatal(err)
		}
		b.peer.Ratchet.AdvanceTo(first + ahead)
		signed, err := megolm.NewInbound(b.peer.Key())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, imported, signed)
	}
	return all
}

// signedFrom is where a session is vouched for from, or after all indices.
func signedFrom(s *megolm.Inbound) uint64 {
	if from, ok := s.Signed(); ok {
		return uint64(from)
	}
	return 1 << 32
}

// TestJoin (M-4): of any two copies, in either order, comes the session that
// knows what both do, and stored it is the same.
func TestJoin(t *testing.T) {
	for _, first := range []uint32{0, 200, 0xff00} {
		all := copies(t, newBoth(t, rand.NewChaCha8([32]byte{13}), first))
		for i, a := range all {
			for j, b := range all {
				got, err := megolm.Join(a, b)
				if err != nil {
					t.Fatalf("%d with %d: %v", i, j, err)
				}
				if got, err = megolm.OpenInbound(got.Record()); err != nil {
					t.Fatal(err)
				}
				if want := min(a.First(), b.First()); got.First() != want || got.ID() != a.ID() {
					t.Errorf("%d with %d: from %d, want %d", i, j, got.First(), want)
				}
				if want := min(signedFrom(a), signedFrom(b)); signedFrom(got) != want {
					t.Errorf("%d with %d: signed from %d, want %d", i, j, signedFrom(got), want)
				}
			}
		}
	}
}

// TestJoinConflict: another ratchet under the same id, forged by whoever hands
// sessions on, takes no place from one that is vouched for, whatever its index;
// and gives it up to one.
func TestJoinConflict(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{14}), 50)
	for i, s := range copies(t, b) {
		exported, err := s.Export(s.First())
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{5, 5 + 32, 5 + 3*32, 4} { // R0, R1, R3, the index
			forged := decode(t, exported)
			forged[at] ^= 1
			other, err := megolm.ImportInbound(encode(forged))
			if err != nil {
				t.Fatal(err)
			}
			checkConflict(t, i, s, other)
		}
	}
	s, other := b.own.Inbound(), b.own.Inbound().Record()
	other[1] ^= 1 // the key's first byte
	if same, err := megolm.OpenInbound(other); err != nil {
		t.Fatal(err)
	} else if got, err := megolm.Join(s, same); got != s || !errors.Is(err, megolm.ErrConflict) {
		t.Errorf("the same ratchet under another id: %v", err)
	}
}

func checkConflict(t *testing.T, i int, s, forged *megolm.Inbound) {
	t.Helper()
	if got, err := megolm.Join(s, forged); got != s || !errors.Is(err, megolm.ErrConflict) {
		t.Errorf("%d: the forged one takes the place, or none: %v", i, err)
	}
	want := forged
	if _, ok := s.Signed(); ok {
		want = s
	}
	if got, err := megolm.Join(forged, s); got != want || !errors.Is(err, megolm.ErrConflict) {
		t.Errorf("%d: the forged one keeps the place: %v", i, err)
	}
}

package e2ee

import (
	"bytes"
	"testing"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

// TestLent: what is taken is nobody else's until it is given back, and the last
// ones that were are kept.
func TestLent(t *testing.T) {
	l := lent[int]{limit: 2}
	l.give("a", 1)
	if v, ok := l.take("a"); v != 1 || !ok {
		t.Error(v, ok)
	}
	if _, ok := l.take("a"); ok {
		t.Error("two have it")
	}
	for i, name := range []string{"a", "b", "a", "c"} {
		l.give(name, i)
	}
	for name, want := range map[string]int{"a": 2, "b": -1, "c": 3} {
		if v, ok := l.take(name); ok != (want >= 0) || ok && v != want {
			t.Errorf("%s: %d, %v", name, v, ok)
		}
	}
}

// TestSessionsStayOpen: opening them anew is what makes messages slow.
func TestSessionsStayOpen(t *testing.T) {
	out, err := megolm.NewOutbound(bytes.NewReader(make([]byte, 160)))
	if err != nil {
		t.Fatal(err)
	}
	s, record := newSessions(), out.Inbound().Record()
	first, _ := s.borrowInbound(record)
	s.inbound.give(string(record), first)
	if again, _ := s.borrowInbound(record); again != first {
		t.Error("it was opened again")
	}
	if other, err := s.borrowInbound(record); other == first || err != nil {
		t.Error("two have it")
	}
}

package e2ee

import (
	"bytes"
	"testing"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

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

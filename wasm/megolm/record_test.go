package megolm_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

// TestRecords (M-3): a session is the same after it was stored, and decrypting
// changes nothing of what is.
func TestRecords(t *testing.T) {
	random := rand.NewChaCha8([32]byte{16})
	for _, first := range starts {
		b := newBoth(t, random, first)
		out, err := megolm.OpenOutbound(b.own.Record())
		if err != nil || out.SessionKey() != b.own.SessionKey() || out.Index() != first {
			t.Fatal(err)
		}
		message, next, err := out.Encrypt(text(first))
		if err != nil {
			t.Fatal(err)
		}
		if want, _, err := b.own.Encrypt(text(first)); err != nil || message != want || next.Index() != first+1 {
			t.Errorf("another message after it was stored: %v", err)
		}
		for _, s := range copies(t, b)[:2] {
			before := s.Record()
			checkText(t, s.Decrypt(message), first, text(first))
			if !bytes.Equal(s.Record(), before) {
				t.Error("decrypting changed what is stored")
			}
			stored, err := megolm.OpenInbound(before)
			if err != nil || stored.First() != s.First() || signedFrom(stored) != signedFrom(s) || stored.ID() != s.ID() {
				t.Fatal(err)
			}
			checkText(t, stored.Decrypt(message), first, text(first))
		}
	}
}

// TestGarbledRecords: a record of another length or kind is none.
func TestGarbledRecords(t *testing.T) {
	b := newBoth(t, rand.NewChaCha8([32]byte{17}), 9)
	out := b.own.Record()
	all := copies(t, b)
	records := [][]byte{out, all[0].Record(), all[1].Record()}
	for _, record := range records {
		for n := range record {
			checkGarbled(t, record[:n])
		}
		checkGarbled(t, append(bytes.Clone(record), 0))
		for kind := range 256 {
			if kind == 0 || kind > 3 {
				checkGarbled(t, append([]byte{byte(kind)}, record[1:]...))
			}
		}
	}
	early := bytes.Clone(records[2])
	early[len(early)-1]-- // vouched for before it begins
	checkGarbled(t, early)
}

func checkGarbled(t *testing.T, record []byte) {
	t.Helper()
	if _, err := megolm.OpenOutbound(record); !errors.Is(err, megolm.ErrFormat) {
		t.Errorf("%x is an Outbound: %v", record, err)
	}
	if _, err := megolm.OpenInbound(record); !errors.Is(err, megolm.ErrFormat) {
		t.Errorf("%x is an Inbound: %v", record, err)
	}
}

package olm_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// stages are sessions at all stages: begun, answered, with and without a sender,
// with messages missing.
func stages(t testing.TB) (all []olm.Session) {
	o, m := open(t, 30), meet(t, 30)
	bob, _, err := o.accept(t, o.body)
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, o.alice.own, bob.own, m.alice.own, m.bob.own)
	for range 8 {
		for range 9 {
			m.send(t, &m.alice)
		}
		m.pass(t, &m.alice, &m.bob)
		m.pass(t, &m.bob, &m.alice)
	}
	return append(all, m.alice.own, m.bob.own)
}

// TestRecords: what was stored is the same session again.
func TestRecords(t *testing.T) {
	longest := 0
	for _, s := range stages(t) {
		record := s.Record()
		stored, err := olm.Open(record)
		if err != nil || !bytes.Equal(stored.Record(), record) || stored.ID() != s.ID() || stored.Received() != s.Received() {
			t.Fatalf("%x: %v", record, err)
		}
		kind, body, next, err := s.Encrypt([]byte("text"), rand.NewChaCha8([32]byte{31}))
		if err != nil {
			t.Fatal(err)
		}
		kindStored, bodyStored, nextStored, err := stored.Encrypt([]byte("text"), rand.NewChaCha8([32]byte{31}))
		if err != nil || kindStored != kind || bodyStored != body || !bytes.Equal(nextStored.Record(), next.Record()) {
			t.Fatalf("%x encrypts otherwise: %v", record, err)
		}
		longest = max(longest, len(next.Record()))
	}
	if longest != 3290 {
		t.Errorf("the longest has %d bytes", longest)
	}
	k := newPair(t, rand.NewChaCha8([32]byte{32})).own
	if stored, err := olm.OpenKeyPair(k.Record()); err != nil || stored != k {
		t.Errorf("%v, %v", stored, err)
	}
}

// TestGarbledRecords: a record of another length, kind or count is none.
func TestGarbledRecords(t *testing.T) {
	records := [][]byte{newPair(t, rand.NewChaCha8([32]byte{33})).own.Record()}
	for _, s := range stages(t) {
		records = append(records, s.Record())
	}
	for _, record := range records {
		for n := range record {
			if whole := (n - len(record)) % 68; whole != 0 { // else fewer messages are missing
				checkGarbled(t, record[:n])
			}
		}
		checkGarbled(t, append(bytes.Clone(record), 0))
		for kind := range 256 {
			if kind == 0 || kind > 3 {
				checkGarbled(t, append([]byte{byte(kind)}, record[1:]...))
			}
		}
		counts := bytes.Clone(record)
		place := 1 + 128
		if record[0] == 3 {
			place += 100
		}
		for n := 6; n < 256 && record[0] != 1; n++ {
			counts[place] = byte(n)
			checkGarbled(t, counts)
		}
	}
	full := records[len(records)-1]
	checkGarbled(t, append(bytes.Clone(full), make([]byte, 68)...)) // 41 are missing
	fewer := bytes.Clone(records[2])                                // one receiver, which has sent
	fewer[1+128] = 2
	checkGarbled(t, fewer)
	none := bytes.Clone(records[2][:1+128+1])
	none[1+128] = 0 // neither sender nor receiver
	checkGarbled(t, none)
}

func checkGarbled(t *testing.T, record []byte) {
	t.Helper()
	if s, err := olm.Open(record); !errors.Is(err, olm.ErrFormat) || s.Received() || s.ID() != (olm.Session{}).ID() {
		t.Fatalf("%x is a session: %v", record, err)
	}
	if k, err := olm.OpenKeyPair(record); !errors.Is(err, olm.ErrFormat) || k != (olm.KeyPair{}) {
		t.Fatalf("%x is a pair: %v", record, err)
	}
}

// TestSize: a session is cheap to copy.
func TestSize(t *testing.T) {
	if size := unsafe.Sizeof(olm.Session{}); size > 300 {
		t.Errorf("%d bytes to copy", size)
	}
}

package table

import (
	"errors"
	"testing"
)

func TestReaderChecksVersionAndRest(t *testing.T) {
	for name, record := range map[string][]byte{"nothing": nil, "zero": {0}, "newer": {3}} {
		if r, _ := newReader(record, 2); !errors.Is(r.done(), ErrGarbled) {
			t.Errorf("%s: no error", name)
		}
	}
	r, version := newReader([]byte{2, 1, 9}, 2)
	if version != 2 || !r.bool() || r.done() == nil {
		t.Error("bytes left over are no error")
	}
	if r, _ := newReader([]byte{2}, 2); r.done() != nil {
		t.Error("an empty record is an error")
	}
}

// FuzzReader reads any bytes in any order: no panic, no read beyond the end,
// nothing after an error.
func FuzzReader(f *testing.F) {
	f.Add([]byte{1, 5, 'a'}, []byte{0, 1, 2, 3, 4, 5, 6})
	f.Fuzz(func(t *testing.T, record, plan []byte) {
		r, _ := newReader(record, 1)
		for _, step := range plan {
			failed := r.err != nil
			if got := readAny(r, step); failed && got != 0 {
				t.Fatalf("step %d gave %d after an error", step, got)
			}
		}
	})
}

// readAny returns something that is 0 where the value is zero.
func readAny(r *reader, step byte) uint64 {
	switch step % 7 {
	case 0:
		return r.uint()
	case 1:
		return uint64(r.int())
	case 2:
		return r.fixed64()
	case 3:
		if r.bool() {
			return 1
		}
		return 0
	case 4:
		return uint64(len(r.bytes()))
	case 5:
		if s := r.optional(); s != nil {
			return uint64(len(*s)) + 1
		}
		return 0
	}
	return uint64(r.count(1 + int(step)/7))
}

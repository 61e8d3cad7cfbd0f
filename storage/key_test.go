package storage_test

import (
	"bytes"
	"cmp"
	"math"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

func FuzzNumbersKeepTheirOrder(f *testing.F) {
	f.Add(uint64(0), uint64(math.MaxUint64))
	f.Add(uint64(255), uint64(256))
	f.Add(uint64(1)<<32, uint64(math.MaxUint32))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		order(t, "U64", cmp.Compare(a, b), storage.U64(a), storage.U64(b))
		order(t, "Inv64", cmp.Compare(b, a), storage.Inv64(a), storage.Inv64(b))
		x, y := uint32(a), uint32(b)
		order(t, "U32", cmp.Compare(x, y), storage.U32(x), storage.U32(y))
		order(t, "Inv32", cmp.Compare(y, x), storage.Inv32(x), storage.Inv32(y))
	})
}

// A key of parts of fixed width sorts by its first part, then its second, and
// so on: the layout of the timeline, room ‖ inv(fragment) ‖ inv(chunk).
func FuzzJoinsKeepTheirOrder(f *testing.F) {
	f.Add(uint32(1), uint32(2), uint64(3), uint32(1), uint32(2), uint64(4))
	f.Add(uint32(255), uint32(0), uint64(0), uint32(256), uint32(0), uint64(0))
	f.Fuzz(func(t *testing.T, r1, f1 uint32, c1 uint64, r2, f2 uint32, c2 uint64) {
		want := cmp.Or(cmp.Compare(r1, r2), cmp.Compare(f2, f1), cmp.Compare(c2, c1))
		a := storage.Key(storage.U32(r1), storage.Inv32(f1), storage.Inv64(c1))
		b := storage.Key(storage.U32(r2), storage.Inv32(f2), storage.Inv64(c2))
		order(t, "Key", want, a, b)
	})
}

func order(t *testing.T, what string, want int, a, b []byte) {
	t.Helper()
	if got := bytes.Compare(a, b); got != want {
		t.Errorf("%s: %x and %x compare as %d, want %d", what, a, b, got, want)
	}
}

// The keys from prefix to PrefixEnd are exactly those that start with it.
func FuzzPrefixEnd(f *testing.F) {
	f.Add([]byte{}, []byte{1})
	f.Add([]byte{0xFF}, []byte{0xFF, 0xFF})
	f.Add([]byte{1, 0xFF}, []byte{2})
	f.Add([]byte("room"), []byte("room\x00"))
	f.Fuzz(func(t *testing.T, prefix, key []byte) {
		before := bytes.Clone(prefix)
		end := storage.PrefixEnd(prefix)
		inside := bytes.Compare(key, prefix) >= 0 && (end == nil || bytes.Compare(key, end) < 0)
		if inside != bytes.HasPrefix(key, prefix) {
			t.Errorf("prefix %x ends at %x, which is wrong for key %x", prefix, end, key)
		}
		if !bytes.Equal(prefix, before) {
			t.Errorf("prefix %x was changed to %x", before, prefix)
		}
	})
}

func TestBatchCounts(t *testing.T) {
	var a, b storage.Batch
	a.Put(store, []byte("k"), []byte("value"))
	b.Delete(store, []byte("k"))
	b.DeleteRange(store, []byte("a"), []byte("bc"))
	a.Append(&b)
	if a.Len() != 3 || a.Size() != 10 || a.Full() {
		t.Errorf("length %d, size %d, full %v", a.Len(), a.Size(), a.Full())
	}
	a.Put(store, []byte("k"), make([]byte, storage.SliceBytes))
	if !a.Full() {
		t.Error("a batch of more than SliceBytes is not full")
	}
}

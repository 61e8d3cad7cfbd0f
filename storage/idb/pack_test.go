package idb

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

var packing = places{"a": 0, "b": 200}

// What crosses the boundary is fixed here byte by byte: shim.js reads it.
func TestPackedFormat(t *testing.T) {
	var b storage.Batch
	b.Put("a", []byte("k"), []byte("vv"))
	b.Put("b", []byte("k"), nil)
	b.Delete("b", []byte("kk"))
	b.DeleteRange("a", []byte("l"), []byte("h")) // nothing
	b.DeleteRange("a", []byte("h"), []byte("l"))
	b.DeleteRange("a", []byte("h"), nil)
	b.DeleteRange("a", nil, []byte("l"))
	b.DeleteRange("a", nil, nil)
	expect(t, packing.packOps(b.Ops()), "\x02\x00\xc8"+
		"\x01\x00\x01\x00\x00\x00k\x02\x00\x00\x00vv"+
		"\x01\xc8\x01\x00\x00\x00k\x00\x00\x00\x00"+
		"\x02\xc8\x02\x00\x00\x00kk"+
		"\x03\x00\x03\x01\x00\x00\x00h\x01\x00\x00\x00l"+
		"\x03\x00\x01\x01\x00\x00\x00h"+
		"\x03\x00\x02\x01\x00\x00\x00l"+
		"\x03\x00\x00")
	expect(t, packing.packQueries([]storage.Query{
		storage.Get("b", []byte("k"), []byte("l")),
		storage.Get("a"),
		storage.Scan("a", []byte("x"), []byte("x"), 9), // nothing
		storage.Scan("a", []byte("h"), nil, 258),
		storage.Scan("a", nil, nil, math.MaxInt),
	}), "\x02\xc8\x00"+
		"\x01\xc8\x02\x00\x00\x00\x01\x00\x00\x00k\x01\x00\x00\x00l"+
		"\x01\x00\x00\x00\x00\x00"+
		"\x02\x00\x02\x01\x00\x00\x01\x01\x00\x00\x00h"+
		"\x02\x00\x00\x00\x00\x00\x00")
}

func TestScopeIsOfWhatIsAsked(t *testing.T) {
	expect(t, packing.packOps(nil), "\x00")
	expect(t, packing.packQueries([]storage.Query{storage.Get("b"), storage.Get("b")}), "\x01\xc8\x01\xc8\x00\x00\x00\x00\x01\xc8\x00\x00\x00\x00")
}

func expect(t *testing.T, got []byte, want string) {
	t.Helper()
	if string(got) != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// FuzzUnpack feeds any bytes: an answer is either refused or has one result for
// each query, with all its records inside the answer.
func FuzzUnpack(f *testing.F) {
	f.Add(pack([][]byte{[]byte("key"), []byte("value"), {}, nil}), uint8(2))
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF}, uint8(0))
	f.Fuzz(func(t *testing.T, answer []byte, keys uint8) {
		get := storage.Get("a")
		for i := range keys % 5 {
			get.Keys = append(get.Keys, []byte{i})
		}
		queries := []storage.Query{get, storage.Scan("a", nil, nil, 0), storage.Scan("a", []byte("x"), []byte("a"), 0)}
		results, err := unpack(answer, queries)
		if err != nil {
			return
		}
		if len(results) != 3 || len(results[0]) != len(get.Keys) || len(results[2]) != 0 {
			t.Fatalf("results %q", results)
		}
		size := 0
		for _, r := range results[1] {
			size += len(r.Key) + len(r.Value) + 8
		}
		if size > len(answer) {
			t.Fatalf("%d bytes of records in %d bytes", size, len(answer))
		}
	})
}

// pack is what shim.js does for one scan.
func pack(parts [][]byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(parts)/2))
	for _, p := range parts {
		if p == nil {
			out = binary.LittleEndian.AppendUint32(out, missing)
		} else {
			out = appendBytes(out, p)
		}
	}
	return out
}

func TestUnpackedRecordsAreTheCallers(t *testing.T) {
	answer := pack([][]byte{[]byte("k"), []byte("v"), []byte("l"), nil})
	results, err := unpack(answer, []storage.Query{storage.Scan("a", nil, nil, 0)})
	if err != nil || len(results[0]) != 2 {
		t.Fatalf("%q, %v", results, err)
	}
	first, second := results[0][0], results[0][1]
	_ = append(first.Key, "overwrites"...)
	if !bytes.Equal(first.Value, []byte("v")) || second.Value != nil || string(second.Key) != "l" {
		t.Errorf("got %q and %q", first, second)
	}
}

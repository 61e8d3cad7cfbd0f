package table

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

func sampleEntries() []Entry {
	empty, user := "", "@a:x"
	alice, bob := event.Profile{Name: "Alice", Avatar: "mxc://x/a"}, event.Profile{Name: "B\x00b"}
	return []Entry{
		{Event: event.Event{ID: "$1", Type: "m.room.create", Sender: "@a:x", TS: 1 << 53, StateKey: &empty, Raw: scan.Value(`{"a":1}`)}, Profile: alice},
		{Event: event.Event{ID: "$2/+", Type: "m.room.member", Sender: "@a:x", TS: 3, StateKey: &user, Raw: scan.Value(`{}`)}, Profile: alice},
		{Event: event.Event{ID: "$3", Type: "", Sender: "@b:x", TS: 0, Raw: scan.Value(`{"__proto__":{}}`)}, Txn: "t1", Profile: bob},
		{Event: event.Event{ID: "$4", Type: "m.x", Sender: "@b:x", TS: 9, Raw: scan.Value(`{}`)}, Profile: alice},
	}
}

func TestChunkRoundTrip(t *testing.T) {
	id := ChunkID{Fragment: 2, Chunk: FirstChunk - 1}
	for n := range 5 {
		want := sampleEntries()[:n]
		got, err := DecodeChunk(id, EncodeChunk(want))
		if err != nil || got.ChunkID != id || !reflect.DeepEqual(got.Entries, want) {
			t.Fatalf("%d entries: %+v, %v", n, got, err)
		}
	}
}

func TestEveryTruncationIsAnError(t *testing.T) {
	span := SpanOf(ChunkID{}, sampleEntries())
	span.Gap = &Gap{From: "a", To: "b"}
	chunk, spanBytes := EncodeChunk(sampleEntries()), EncodeSpan(span)
	for n := range chunk {
		if _, err := DecodeChunk(ChunkID{}, chunk[:n]); !errors.Is(err, ErrGarbled) {
			t.Fatalf("chunk cut at %d: %v", n, err)
		}
	}
	for n := range spanBytes {
		if _, err := DecodeSpan(ChunkID{}, spanBytes[:n]); !errors.Is(err, ErrGarbled) {
			t.Fatalf("span cut at %d: %v", n, err)
		}
	}
}

func TestSpanRoundTrip(t *testing.T) {
	id := ChunkID{Fragment: 1, Chunk: FirstChunk}
	span := SpanOf(id, sampleEntries())
	if span.Since != 0 || span.Until != 1<<53 || len(span.Hashes) != 4 {
		t.Fatalf("span %+v", span)
	}
	for _, gap := range []*Gap{nil, {}, {From: "f"}, {From: "f", To: "t"}} {
		span.Gap, span.Start = gap, gap == nil
		got, err := DecodeSpan(id, EncodeSpan(span))
		if err != nil || !reflect.DeepEqual(got, span) {
			t.Fatalf("got %+v, %v, want %+v", got, err, span)
		}
	}
}

func TestTimelineKeysSortNewestFirst(t *testing.T) {
	order := []ChunkID{{3, FirstChunk}, {2, FirstChunk + 1}, {2, FirstChunk}, {2, FirstChunk - 1}, {1, ^uint64(0)}, {1, 0}, {0, 5}}
	var last []byte
	for _, id := range order {
		key := TimelineKey(7, id)
		if last != nil && bytes.Compare(last, key) >= 0 {
			t.Fatalf("%+v sorts before its predecessor", id)
		}
		if !bytes.HasPrefix(key, TimelinePrefix(7)) || bytes.Compare(key, storage.PrefixEnd(TimelinePrefix(7))) >= 0 {
			t.Fatalf("%+v is outside of its room", id)
		}
		room, got, err := ParseTimelineKey(key)
		if room != 7 || got != id || err != nil {
			t.Fatalf("parsed %d %+v %v", room, got, err)
		}
		last = key
	}
	if _, _, err := ParseTimelineKey([]byte("short")); !errors.Is(err, ErrGarbled) {
		t.Fatal(err)
	}
}

func FuzzDecodeChunk(f *testing.F) {
	f.Add(EncodeChunk(sampleEntries()))
	f.Add([]byte{1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F})
	f.Fuzz(func(t *testing.T, value []byte) {
		c, err := DecodeChunk(ChunkID{}, value)
		if err != nil {
			return
		}
		again, err := DecodeChunk(ChunkID{}, EncodeChunk(c.Entries))
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%+v became %+v, %v", c, again, err)
		}
	})
}

func FuzzDecodeSpan(f *testing.F) {
	span := SpanOf(ChunkID{}, sampleEntries())
	f.Add(EncodeSpan(span))
	f.Fuzz(func(t *testing.T, value []byte) {
		s, err := DecodeSpan(ChunkID{}, value)
		if err != nil {
			return
		}
		again, err := DecodeSpan(ChunkID{}, EncodeSpan(s))
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%+v became %+v, %v", s, again, err)
		}
	})
}

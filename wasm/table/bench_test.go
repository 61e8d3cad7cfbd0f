package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// fullChunk has as many events as a chunk may have, of ten senders.
func fullChunk() []Entry {
	var entries []Entry
	for i := range ChunkEvents {
		sender := event.UserID(fmt.Sprintf("@user%d:example.org", i%10))
		raw := fmt.Sprintf(`{"type":"m.room.message","sender":%q,"event_id":"$%d","content":{"msgtype":"m.text","body":%q}}`,
			sender, i, strings.Repeat("word ", 20))
		entries = append(entries, Entry{
			Event:   event.Event{ID: event.EventID(fmt.Sprint("$", i)), Type: event.RoomMessage, Sender: sender, TS: int64(i), Raw: scan.Value(raw)},
			Profile: event.Profile{Name: string(sender[1:6])},
		})
	}
	return entries
}

func BenchmarkEncodeChunk(b *testing.B) {
	entries := fullChunk()
	b.ReportAllocs()
	for b.Loop() {
		EncodeChunk(entries)
	}
}

func BenchmarkDecodeChunk(b *testing.B) {
	value := EncodeChunk(fullChunk())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeChunk(ChunkID{}, value); err != nil {
			b.Fatal(err)
		}
	}
}

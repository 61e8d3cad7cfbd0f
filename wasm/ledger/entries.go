package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// ReadEntries reads events of rooms that are stored, in no order. Those that are
// not are left out.
func (t *Turn) ReadEntries(ctx context.Context, wanted map[event.RoomID][]event.EventID) (map[event.RoomID][]table.Entry, error) {
	for id := range wanted {
		if room := t.Room(id); room != nil {
			t.NeedHistory(room, true)
		}
	}
	if err := t.Fetch(ctx); err != nil {
		return nil, err
	}
	found := map[event.RoomID][]table.Entry{}
	take := func(id event.RoomID, entries []table.Entry) {
		for _, e := range entries {
			if slices.Contains(wanted[id], e.ID) {
				found[id] = append(found[id], e)
			}
		}
	}
	var keys [][]byte
	var rooms []event.RoomID
	for id, events := range wanted {
		room := t.Room(id)
		if room == nil {
			continue
		}
		for _, chunk := range chunksWith(t.History(room).Spans, events) {
			if entries, here := t.written(id, chunk); here {
				take(id, entries)
				continue
			}
			keys, rooms = append(keys, table.TimelineKey(room.Short, chunk)), append(rooms, id)
		}
	}
	results, err := t.ledger.db.Read(ctx, storage.Get(table.Timeline, keys...))
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	for i, rec := range results[0] {
		_, id, err := table.ParseTimelineKey(rec.Key)
		if err != nil {
			continue
		}
		if chunk, err := table.DecodeChunk(id, rec.Value); err == nil { // else whoever shows it mends it
			take(rooms[i], chunk.Entries)
		}
	}
	return found, nil
}

// written returns the entries of a chunk that this turn writes.
func (t *Turn) written(room event.RoomID, chunk table.ChunkID) (entries []table.Entry, here bool) {
	if c := t.change.Rooms[room]; c != nil {
		for _, w := range c.Chunks {
			if w.Span.ChunkID == chunk && w.Entries != nil {
				entries, here = w.Entries, true
			}
		}
	}
	return entries, here
}

// chunksWith returns the chunks in which some of the events may be.
func chunksWith(spans []table.Span, events []event.EventID) (chunks []table.ChunkID) {
	hashes := map[uint64]bool{}
	for _, id := range events {
		hashes[table.HashID(id)] = true
	}
	for i := range spans {
		if slices.ContainsFunc(spans[i].Hashes, func(h uint64) bool { return hashes[h] }) {
			chunks = append(chunks, spans[i].ChunkID)
		}
	}
	return chunks
}

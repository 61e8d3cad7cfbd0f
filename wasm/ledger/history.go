package ledger

import (
	"context"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/table"
)

// roomHistory is a room's index and tail on its way into a turn.
type roomHistory struct {
	history.Room
	room    *table.Room
	all     bool
	index   bool // the index is enough
	fetched bool
	// unpacked: it is what this turn made, and storage does not have yet.
	unpacked bool
	// bad are chunks of which the entries or the span cannot be read.
	bad []table.ChunkID
	// chunks counts the entries of those that can be, nil where nobody looked,
	// down to the oldest that was looked at.
	chunks map[table.ChunkID]int
	oldest table.ChunkID
}

// tailSpans is how many chunks back an ordinary sync looks for doubles.
const tailSpans = 4

// NeedHistory says that the turn will add to a room's timeline; all asks for
// the whole index, because the addition may reach far back.
func (t *Turn) NeedHistory(room *table.Room, all bool) {
	t.needHistory(&roomHistory{room: room, all: all})
}

// NeedIndex says that the turn will look at a room's index, or add to its
// timeline above the newest chunk: that one is not read.
func (t *Turn) NeedIndex(room *table.Room, all bool) {
	t.needHistory(&roomHistory{room: room, all: all, index: true})
}

func (t *Turn) needHistory(h *roomHistory) {
	t.Need(h.room)
	if had := t.histories[h.room.ID]; had == nil || !had.unpacked {
		t.histories[h.room.ID] = h
	}
}

// History returns what is stored of a room's history: what NeedHistory or
// NeedIndex asked for and Fetch brought, or nothing.
func (t *Turn) History(room *table.Room) history.Room {
	if h := t.histories[room.ID]; h != nil {
		return h.Room
	}
	return history.Room{}
}

// queries returns what to read, and what takes the answers.
func (h *roomHistory) queries() (queries []storage.Query, take []func(storage.Result) error) {
	limit := tailSpans
	if h.all {
		limit = 0
	}
	prefix := table.TimelinePrefix(h.room.Short)
	queries, take = append(queries, storage.ScanPrefix(table.TimelineIndex, prefix, limit)), append(take, h.takeSpans)
	if !h.index {
		queries, take = append(queries, storage.ScanPrefix(table.Timeline, prefix, 1)), append(take, h.takeChunk)
	}
	return queries, take
}

func (h *roomHistory) takeSpans(records storage.Result) error {
	h.fetched = true
	h.all = h.all || len(records) < tailSpans
	var bad []table.ChunkID
	h.Spans, bad = table.DecodeIndex(records)
	h.bad = append(h.bad, bad...)
	return nil
}

func (h *roomHistory) takeChunk(records storage.Result) error {
	var newest table.ChunkID
	if len(h.Spans) > 0 {
		newest = h.Spans[0].ChunkID
	}
	if len(records) > 0 {
		_, id, err := table.ParseTimelineKey(records[0].Key)
		if err != nil {
			return nil
		}
		chunk, err := table.DecodeChunk(id, records[0].Value)
		if err == nil && id == newest && len(chunk.Entries) == len(h.Spans[0].Hashes) {
			h.Tail = chunk.Entries
			return nil
		}
		h.bad = append(h.bad, id)
	}
	if len(h.Spans) > 0 {
		h.bad = append(h.bad, newest) // it has no chunk, or the wrong one
	}
	return nil
}

func (h *roomHistory) torn() bool {
	return len(h.bad) > 0 || history.Torn(h.Spans, h.room.Newest, h.all)
}

// mendHistories mends what Fetch found torn.
func (t *Turn) mendHistories(ctx context.Context) error {
	for _, h := range t.histories {
		if !h.torn() {
			continue
		}
		if err := t.mend(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// MendHistory mends a room's history, of which somebody could not read these
// chunks.
func (t *Turn) MendHistory(ctx context.Context, room *table.Room, bad []table.ChunkID) error {
	if room.Packed {
		t.Need(room) // nothing of it is stored yet
		return t.Fetch(ctx)
	}
	h := &roomHistory{room: room, all: true, bad: bad, chunks: map[table.ChunkID]int{}}
	if err := t.readChunks(ctx, h); err != nil {
		return err
	}
	t.histories[room.ID] = h
	return t.Fetch(ctx)
}

const (
	// verifiedChunks is how much of a damaged history is looked at: where one
	// chunk is lost, others are. What is older is mended when it is shown.
	verifiedChunks = 512
	// verifiedAtOnce keeps a read below 2 MB.
	verifiedAtOnce = 64
)

// readChunks notes the newest chunks that can be read.
func (t *Turn) readChunks(ctx context.Context, h *roomHistory) error {
	low := table.TimelinePrefix(h.room.Short)
	high := storage.PrefixEnd(low)
	for range verifiedChunks / verifiedAtOnce {
		results, err := t.ledger.db.Read(ctx, storage.Scan(table.Timeline, low, high, verifiedAtOnce))
		if err != nil {
			return err
		}
		for _, rec := range results[0] {
			if _, id, err := table.ParseTimelineKey(rec.Key); err == nil {
				if chunk, err := table.DecodeChunk(id, rec.Value); err == nil {
					h.chunks[id] = len(chunk.Entries)
				}
				h.oldest = id
			}
			low = append(rec.Key, 0)
		}
		if len(results[0]) < verifiedAtOnce {
			h.oldest = table.ChunkID{}
			return nil
		}
	}
	return nil
}

// withoutChunk returns the spans that have no chunk, as far as that is known.
func (h *roomHistory) withoutChunk() (bad []table.ChunkID) {
	for i := range h.Spans {
		s := &h.Spans[i]
		if n, ok := h.chunks[s.ChunkID]; h.chunks != nil && s.Compare(h.oldest) >= 0 && (!ok || n != len(s.Hashes)) {
			bad = append(bad, s.ChunkID)
		}
	}
	return bad
}

// mend reads all that is left of the room's index and puts gaps where chunks
// are missing (T-7).
func (t *Turn) mend(ctx context.Context, h *roomHistory) error {
	bad := h.bad
	if !h.all {
		results, err := t.ledger.db.Read(ctx, storage.ScanPrefix(table.TimelineIndex, table.TimelinePrefix(h.room.Short), 0))
		if err != nil {
			return err
		}
		h.bad = nil
		_ = h.takeSpans(results[0])
		bad = append(bad, h.bad...)
	}
	bad = append(bad, h.withoutChunk()...)
	spans, change := history.Mend(history.Damage{Spans: h.Spans, Bad: bad, Newest: h.room.Newest})
	if len(spans) == 0 || len(h.Spans) == 0 || spans[0].ChunkID != h.Spans[0].ChunkID {
		h.Tail = nil
	}
	h.Spans, h.bad = spans, nil
	t.ChangeHistory(h.room, change)
	if len(spans) > 0 {
		h.room.Newest = spans[0].ChunkID
	}
	return nil
}

package timeline

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

// stretch is a run of stored chunks, newest first, each with its span.
type stretch struct {
	chunks []table.Chunk
	spans  []table.Span
	// all says that nothing older is stored.
	all bool
}

// tornError says that chunks are missing in storage, or cannot be read.
type tornError struct{ bad []table.ChunkID }

func (e *tornError) Error() string { return "history is torn" }

// read joins the chunks and spans of one range of which at most limit each were
// read; first is the chunk that must come first, where that is known.
func (t *Timeline) read(chunks, spans storage.Result, first table.ChunkID, limit int) (stretch, error) {
	allChunks, allSpans := len(chunks) < limit, len(spans) < limit
	s := stretch{all: allChunks && allSpans}
	index, bad := table.DecodeIndex(spans)
	for _, rec := range chunks {
		_, id, err := table.ParseTimelineKey(rec.Key)
		if err != nil {
			continue
		}
		for len(index) > 0 && index[0].ChunkID.Compare(id) > 0 { // it has no chunk
			bad, index = append(bad, index[0].ChunkID), index[1:]
		}
		if len(index) == 0 && !allSpans {
			break // its span lies beyond what was read
		}
		chunk, err := table.DecodeChunk(id, rec.Value)
		if err != nil || len(index) == 0 || index[0].ChunkID != id || len(index[0].Hashes) != len(chunk.Entries) {
			bad = append(bad, id)
			continue
		}
		s.chunks, s.spans, index = append(s.chunks, chunk), append(s.spans, index[0]), index[1:]
	}
	if allChunks {
		for _, span := range index {
			bad = append(bad, span.ChunkID)
		}
	}
	if !t.tolerant && (len(bad) > 0 || history.Torn(s.spans, first, s.all)) {
		return s, &tornError{bad}
	}
	return s, nil
}

// maxMends bounds how often a view is read again; each time more of it is whole.
const maxMends = 10

// mended calls read until nothing that it reads is torn. Where that cannot be
// had, as on a full disk, it shows what there is.
func (t *Timeline) mended(ctx context.Context, read func() error) error {
	for n := 0; ; n++ {
		err := read()
		var torn *tornError
		if !errors.As(err, &torn) {
			return err
		}
		if n == maxMends || t.mend(ctx, torn.bad) != nil {
			t.mu.Lock()
			t.tolerant = true
			t.mu.Unlock()
		}
	}
}

// mend puts gaps where chunks are missing, so that pagination brings them back.
func (t *Timeline) mend(ctx context.Context, bad []table.ChunkID) error {
	return t.ledger.Update(ctx, func(ctx context.Context, turn *ledger.Turn) error {
		room := turn.Room(t.room)
		if room == nil {
			return ErrUnknownRoom
		}
		return turn.MendHistory(ctx, room, bad)
	})
}

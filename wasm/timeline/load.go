package timeline

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// load opens the view, in one read where the newest chunks are full enough.
func (t *Timeline) load(ctx context.Context, limit int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	room := t.ledger.Room(t.room)
	if room == nil {
		return ErrUnknownRoom
	}
	t.short, t.fullyRead = room.Short, room.FullyRead
	prefix := table.TimelinePrefix(room.Short)
	n := chunksFor(limit)
	results, err := t.ledger.Read(ctx,
		storage.ScanPrefix(table.Timeline, prefix, n), storage.ScanPrefix(table.TimelineIndex, prefix, n),
		storage.ScanPrefix(table.State, prefix, 0), storage.ScanPrefix(table.Receipts, prefix, 0))
	if err != nil {
		return fmt.Errorf("load timeline: %w", err)
	}
	t.takeMembers(results[2])
	all := t.takeChunks(results[0], results[1], limit, false)
	t.exhausted = all && len(results[0]) < n
	for t.shown() < limit && !t.atGap() && !t.exhausted {
		if err := t.loadMore(ctx, limit-t.shown(), false); err != nil {
			return err
		}
	}
	t.takeReceipts(results[3])
	t.setEchoes(t.ledger.Outbox(t.room))
	t.refresh()
	return nil
}

// chunksFor guesses how many chunks hold so many events.
func chunksFor(limit int) int { return 2 + limit/table.ChunkEvents }

// loadMore loads older chunks from storage until there are limit more events
// or a gap; across says to begin by crossing the gap at the top.
func (t *Timeline) loadMore(ctx context.Context, limit int, across bool) error {
	prefix := table.TimelinePrefix(t.short)
	low := prefix
	if len(t.sections) > 0 {
		low = append(table.TimelineKey(t.short, t.sections[0].id), 0)
	}
	high, n := storage.PrefixEnd(prefix), chunksFor(limit)
	results, err := t.ledger.Read(ctx, storage.Scan(table.Timeline, low, high, n), storage.Scan(table.TimelineIndex, low, high, n))
	if err != nil {
		return fmt.Errorf("load older events: %w", err)
	}
	all := t.takeChunks(results[0], results[1], t.shown()+limit, across)
	t.exhausted = all && len(results[0]) < n
	t.placeReaders()
	t.setEchoes(t.ledger.Outbox(t.room))
	return nil
}

// takeChunks adds chunks above what is loaded, newest first, until there are
// limit events or a gap. It reports whether it took all.
func (t *Timeline) takeChunks(chunks, spans storage.Result, limit int, across bool) bool {
	index := map[table.ChunkID]table.Span{}
	for _, span := range table.DecodeIndex(spans) {
		index[span.ChunkID] = span
	}
	for i, rec := range chunks {
		if t.shown() >= limit || t.atGap() && !(across && i == 0) {
			return false
		}
		_, id, err := table.ParseTimelineKey(rec.Key)
		if err != nil {
			continue
		}
		// A garbled chunk is empty here, and one without a span has no gap:
		// what is garbled costs itself.
		chunk, _, _ := table.DecodeChunk(id, rec.Value)
		s := t.newSection(id)
		s.gap, s.start = index[id].Gap, index[id].Start
		t.insert(0, s)
		s.fill(chunk.Entries)
	}
	return true
}

func (t *Timeline) takeMembers(pages storage.Result) {
	for _, rec := range pages {
		page, err := table.DecodeStatePage(rec.Value)
		if err != nil {
			continue
		}
		for id, content := range page.Members {
			t.names.setMember(id, event.ReadMembership(content), event.ReadProfile(content))
		}
	}
}

func (t *Timeline) takeReceipts(records storage.Result) {
	for _, rec := range records {
		if r, err := table.DecodeReceipt(rec.Value); err == nil {
			t.setReceipt(r)
		}
	}
}

// shown counts the events on display.
func (t *Timeline) shown() int {
	n := 0
	for _, s := range t.sections {
		n += s.shown
	}
	return n
}

// atGap reports whether events are missing above what is loaded.
func (t *Timeline) atGap() bool { return len(t.sections) > 0 && t.sections[0].gap != nil }

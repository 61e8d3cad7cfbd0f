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
	t.reset()
	room := t.ledger.Room(t.room)
	if room == nil {
		return ErrUnknownRoom
	}
	t.short, t.fullyRead, t.power.version = room.Short, room.FullyRead, room.Version
	prefix := table.TimelinePrefix(room.Short)
	n := chunksFor(limit)
	room, results, err := t.ledger.Read(ctx, room,
		storage.ScanPrefix(table.Timeline, prefix, n), storage.ScanPrefix(table.TimelineIndex, prefix, n),
		storage.ScanPrefix(table.State, prefix, 0), storage.ScanPrefix(table.Receipts, prefix, 0))
	if err != nil {
		return fmt.Errorf("load timeline: %w", err)
	}
	stored, err := t.read(results[0], results[1], room.Newest, n)
	if err != nil {
		return err
	}
	t.takeMembers(room, results[2])
	if err := t.decrypt(ctx, stored.chunks); err != nil {
		return err
	}
	t.exhausted = t.takeChunks(stored, limit, false) && (stored.all || len(stored.chunks) == 0)
	for (t.shown() < limit && !t.rootLoaded() || t.missesTarget()) && !t.atGap() && !t.exhausted {
		if err := t.loadMore(ctx, max(limit-t.shown(), table.ChunkEvents), false); err != nil {
			return err
		}
	}
	t.takeReceipts(results[3])
	t.setEchoes(t.ledger.Outbox(t.room))
	t.refresh()
	return nil
}

func (t *Timeline) missesTarget() bool { return t.target != "" && t.rows[t.target] == nil }

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
	_, results, err := t.ledger.Read(ctx, t.ledger.Room(t.room), storage.Scan(table.Timeline, low, high, n), storage.Scan(table.TimelineIndex, low, high, n))
	if err != nil {
		return fmt.Errorf("load older events: %w", err)
	}
	var behind table.ChunkID
	if len(t.sections) > 0 {
		behind = t.sections[0].behind
	}
	stored, err := t.read(results[0], results[1], behind, n)
	if err != nil {
		return err
	}
	if err := t.decrypt(ctx, stored.chunks); err != nil {
		return err
	}
	t.exhausted = t.takeChunks(stored, t.shown()+limit, across) && (stored.all || len(stored.chunks) == 0)
	t.placeReaders()
	t.setEchoes(t.ledger.Outbox(t.room))
	return nil
}

// takeChunks adds chunks above what is loaded, newest first, until there are
// limit events or a gap. It reports whether it took all.
func (t *Timeline) takeChunks(stored stretch, limit int, across bool) bool {
	for i, chunk := range stored.chunks {
		if t.shown() >= limit || t.atGap() && !(across && i == 0) {
			return false
		}
		s, span := t.newSection(chunk.ChunkID), &stored.spans[i]
		s.gap, s.start, s.behind = span.Gap, span.Start, span.Behind
		t.insert(0, s)
		s.fill(chunk.Entries)
	}
	return true
}

func (t *Timeline) takeMembers(room *table.Room, records storage.Result) {
	for _, page := range t.ledger.ReadPages(room, records) {
		for id, content := range page.Members {
			t.names.setMember(id, event.ReadMembership(content), event.ReadProfile(content))
		}
		for _, kind := range []string{event.RoomEncryption, event.RoomCreate, event.RoomPowerLevels} {
			if found := page.Get(kind, ""); found != nil {
				if e, err := event.Parse(found.Raw); err == nil {
					t.setEncryption(&e)
					t.setPower(&e)
				}
			}
		}
	}
}

func (t *Timeline) takeReceipts(records storage.Result) {
	for _, rec := range records {
		list, err := table.DecodeReceipts(rec.Value)
		if err != nil {
			continue
		}
		for _, r := range list {
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

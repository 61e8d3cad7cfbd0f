package ledger

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/table"
)

// roomHistory is a room's index and tail on its way into a turn.
type roomHistory struct {
	history.Room
	short   uint32
	all     bool
	fetched bool
}

// tailSpans is how many chunks back an ordinary sync looks for doubles.
const tailSpans = 4

// NeedHistory says that the turn will add to a room's timeline; all asks for
// the whole index, because the addition may reach far back.
func (t *Turn) NeedHistory(room *table.Room, all bool) {
	t.histories[room.ID] = &roomHistory{short: room.Short, all: all}
}

// History returns what is stored of a room's history: what NeedHistory asked
// for and Fetch brought, or nothing.
func (t *Turn) History(room *table.Room) history.Room {
	if h := t.histories[room.ID]; h != nil {
		return h.Room
	}
	return history.Room{}
}

func (h *roomHistory) queries() []storage.Query {
	limit := tailSpans
	if h.all {
		limit = 0
	}
	prefix := table.TimelinePrefix(h.short)
	return []storage.Query{
		storage.ScanPrefix(table.TimelineIndex, prefix, limit),
		storage.ScanPrefix(table.Timeline, prefix, 1),
	}
}

// takeSpans: the events of a garbled span may be doubled, never lost.
func (h *roomHistory) takeSpans(records storage.Result) error {
	h.fetched = true
	h.Spans = table.DecodeIndex(records)
	return nil
}

// takeChunk leaves out a garbled newest chunk, so that nothing is written over
// what may still be saved of it.
func (h *roomHistory) takeChunk(records storage.Result) error {
	if len(records) == 0 {
		return nil
	}
	_, id, err := table.ParseTimelineKey(records[0].Key)
	if err != nil || len(h.Spans) == 0 || h.Spans[0].ChunkID != id {
		return nil
	}
	if chunk, damaged, err := table.DecodeChunk(id, records[0].Value); err == nil && damaged == 0 {
		h.Tail = chunk.Entries
	}
	return nil
}

// Package history decides how events that arrive in pieces become one list: in
// which chunk each goes, where events are missing and when a gap is closed.
//
// Its law: an event is in a room once, and a gap counts as closed only when
// nothing can be missing from it. /sync and /messages need not agree on the
// order of events (FEATURES 2-17, D-04), so an event that both know proves
// little by itself.
//
// It does no I/O: it takes what is stored and returns what to write. Whoever
// calls it must hold the one write lock from reading to committing.
package history

import (
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Overlap is how many events deep in the older part a page must reach before
// it closes a gap, and how many deep in the newer part one must begin where no
// token says where the gap is. Near the edge an event may still be hidden
// behind a known one, because the two orders differ.
const Overlap = 10

// Room is what is stored of a room's history.
type Room struct {
	// Spans are the index, newest first. Append needs all of them for a limited
	// page and for a room that the user was not in before; otherwise the newest
	// four chunks do. Prepend always needs all.
	Spans []table.Span
	// Tail are the newest chunk's entries, for Append.
	Tail []table.Entry
}

// Write is a chunk to store.
type Write struct {
	Span table.Span
	// Entries are the chunk's, oldest first; nil where only the span changes.
	Entries []table.Entry
}

// Hole is a stretch of chunks to take out, both ends included.
type Hole struct{ Newest, Oldest table.ChunkID }

// Has reports whether a chunk is in the hole.
func (h Hole) Has(id table.ChunkID) bool {
	return h.Oldest.Compare(id) <= 0 && id.Compare(h.Newest) <= 0
}

// Change is what a room's history becomes: first the holes, then the writes.
type Change struct {
	Holes  []Hole
	Writes []Write
}

// On returns what an index, newest first, is after the change.
func (c Change) On(spans []table.Span) []table.Span {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s table.Span) bool {
		return slices.ContainsFunc(c.Holes, func(h Hole) bool { return h.Has(s.ChunkID) })
	})
	for _, w := range c.Writes {
		i, known := slices.BinarySearchFunc(spans, w.Span.ChunkID, func(s table.Span, id table.ChunkID) int { return id.Compare(s.ChunkID) })
		if known {
			spans[i] = w.Span
		} else {
			spans = slices.Insert(spans, i, w.Span)
		}
	}
	return spans
}

// Put adds the change to a batch.
func Put(b *storage.Batch, room uint32, c Change) {
	for _, h := range c.Holes {
		low, high := table.TimelineKey(room, h.Newest), append(table.TimelineKey(room, h.Oldest), 0)
		b.DeleteRange(table.TimelineIndex, low, high)
		b.DeleteRange(table.Timeline, low, high)
	}
	for _, w := range c.Writes {
		key := table.TimelineKey(room, w.Span.ChunkID)
		b.Put(table.TimelineIndex, key, table.EncodeSpan(w.Span))
		if w.Entries != nil {
			b.Put(table.Timeline, key, table.EncodeChunk(w.Entries))
		}
	}
}

// work is a room's index while it changes. spans keeps the order of Room.
type work struct {
	spans   []table.Span
	changed map[table.ChunkID]bool
	entries map[table.ChunkID][]table.Entry
	holes   []Hole
}

func newWork(spans []table.Span) *work {
	return &work{
		spans:   append([]table.Span(nil), spans...),
		changed: map[table.ChunkID]bool{},
		entries: map[table.ChunkID][]table.Entry{},
	}
}

// change returns what changed, newest chunk first.
func (w *work) change() Change {
	c := Change{Holes: w.holes}
	for _, s := range w.spans {
		if w.changed[s.ChunkID] {
			c.Writes = append(c.Writes, Write{Span: s, Entries: w.entries[s.ChunkID]})
		}
	}
	return c
}

// put makes entries the content of span i, keeping its place and gap.
func (w *work) put(i int, entries []table.Entry) {
	old := w.spans[i]
	s := table.SpanOf(old.ChunkID, entries)
	s.Behind, s.Gap, s.Start = old.Behind, old.Gap, old.Start
	w.spans[i] = s
	w.entries[s.ChunkID] = entries
	w.changed[s.ChunkID] = true
}

// insert makes a new chunk at place i of the index.
func (w *work) insert(i int, id table.ChunkID, entries []table.Entry) {
	w.spans = slices.Insert(w.spans, i, table.Span{ChunkID: id, Behind: w.idAt(i)})
	w.put(i, entries)
	if i > 0 {
		w.setBehind(i-1, id)
	}
}

// idAt returns the chunk at place i of the index, zero beyond its end.
func (w *work) idAt(i int) table.ChunkID {
	if i >= len(w.spans) {
		return table.ChunkID{}
	}
	return w.spans[i].ChunkID
}

func (w *work) setBehind(i int, id table.ChunkID) {
	w.spans[i].Behind = id
	w.changed[w.spans[i].ChunkID] = true
}

func (w *work) setGap(i int, gap *table.Gap) {
	w.spans[i].Gap = gap
	w.changed[w.spans[i].ChunkID] = true
}

func (w *work) setStart(i int) {
	w.spans[i].Start = true
	w.changed[w.spans[i].ChunkID] = true
}

// nextGap returns the first span from i on that has a gap before it, or the
// number of spans.
func (w *work) nextGap(i int) int {
	for i < len(w.spans) && w.spans[i].Gap == nil {
		i++
	}
	return i
}

// oldestIn returns the hash of the oldest event of spans i to j, inclusive.
func (w *work) oldestIn(i, j int) (uint64, bool) {
	for ; j >= i; j-- {
		if h := w.spans[j].Hashes; len(h) > 0 {
			return h[0], true
		}
	}
	return 0, false
}

// place is where an event is stored: span and position in it.
type place struct{ span, at int }

// locate finds the entries that are stored already.
func (w *work) locate(entries []table.Entry) map[uint64]place {
	wanted := make(map[uint64]bool, len(entries))
	for i := range entries {
		wanted[table.HashID(entries[i].ID)] = true
	}
	found := map[uint64]place{}
	for i := range w.spans {
		for at, h := range w.spans[i].Hashes {
			if wanted[h] {
				found[h] = place{i, at}
			}
		}
	}
	return found
}

// fresh returns the entries that are not known, each once, in order.
func fresh(entries []table.Entry, known map[uint64]place) []table.Entry {
	var out []table.Entry
	seen := map[uint64]bool{}
	for i := range entries {
		h := table.HashID(entries[i].ID)
		if _, ok := known[h]; ok || seen[h] {
			continue
		}
		seen[h] = true
		out = append(out, entries[i])
	}
	return out
}

func indexOf(entries []table.Entry, hash uint64) int {
	for i := range entries {
		if table.HashID(entries[i].ID) == hash {
			return i
		}
	}
	return -1
}

func isCreate(e *table.Entry) bool { return e.IsState(event.RoomCreate) }

// fits returns how many of entries go into a chunk that has those of begun.
func fits(begun, entries []table.Entry) int {
	count, bytes := len(begun), 0
	for i := range begun {
		bytes += sizeOf(&begun[i])
	}
	for n := range entries {
		bytes += sizeOf(&entries[n])
		if count == table.ChunkEvents || count > 0 && bytes > table.ChunkBytes {
			return n
		}
		count++
	}
	return len(entries)
}

// sizeOf is about what an entry takes in its chunk.
func sizeOf(e *table.Entry) int { return len(e.Raw) + len(e.ID) + len(e.Type) + len(e.Txn) + 16 }

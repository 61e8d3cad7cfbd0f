package history

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/table"
)

// SyncPage is the timeline of a room in one /sync response.
type SyncPage struct {
	// Entries are oldest first, each with its sender's profile of the time.
	Entries []table.Entry
	Limited bool
	// PrevBatch is where /messages continues before the first entry, or "".
	PrevBatch string
	// Since is the token that the response is relative to, or "".
	Since string
}

// Appended says what a sync page changed.
type Appended struct {
	Writes []Write
	// New are the entries that were not known, oldest first.
	New []table.Entry
}

// Append adds a sync page to the end of a room (FEATURES D-01, 7-19).
func Append(room Room, page SyncPage) Appended {
	w := newWork(room.Spans)
	known := w.locate(page.Entries)
	added := fresh(page.Entries, known)
	tail := room.Tail
	switch {
	case len(w.spans) == 0:
		w.begin(page)
		tail = nil
	case page.Limited && !w.connected(page.Entries, known):
		w.open(page)
		tail = nil
	case len(added) == 0:
		return Appended{}
	}
	w.extend(tail, w.fillGap(page, known, added))
	w.markStart(page)
	return Appended{Writes: w.writes(), New: added}
}

// begin starts the room's first fragment.
func (w *work) begin(page SyncPage) {
	w.insert(0, table.ChunkID{Fragment: 1, Chunk: table.FirstChunk}, []table.Entry{})
	if page.PrevBatch != "" || page.Limited {
		w.setGap(0, &table.Gap{From: page.PrevBatch})
	} else {
		w.setStart(0)
	}
}

// open starts a fragment behind a gap.
func (w *work) open(page SyncPage) {
	id := table.ChunkID{Fragment: w.spans[0].Fragment + 1, Chunk: table.FirstChunk}
	w.insert(0, id, []table.Entry{})
	w.setGap(0, &table.Gap{From: page.PrevBatch, To: page.Since})
}

// connected reports whether a limited page leaves no hole after the newest
// run: it begins inside the run, or covers it whole.
func (w *work) connected(page []table.Entry, known map[uint64]place) bool {
	if len(page) == 0 {
		return false
	}
	end := w.nextGap(0)
	if at, ok := known[table.HashID(page[0].ID)]; ok && at.span <= end {
		return true
	}
	return w.coverAt(page) >= 0
}

// coverAt returns where in the page the oldest event of the newest run is, if
// that run has a gap before it, else -1.
func (w *work) coverAt(page []table.Entry) int {
	end := w.nextGap(0)
	if end == len(w.spans) {
		return -1
	}
	oldest, ok := w.oldestIn(0, end)
	if !ok {
		return -1
	}
	return indexOf(page, oldest)
}

// fillGap puts what a page has from before the newest run into the gap there,
// and returns the entries that remain for the end.
func (w *work) fillGap(page SyncPage, known map[uint64]place, added []table.Entry) []table.Entry {
	cut := w.coverAt(page.Entries)
	if cut <= 0 {
		return added
	}
	older := slices.Clone(page.Entries[:cut])
	slices.Reverse(older)
	gap := w.nextGap(0)
	token := page.PrevBatch
	if token == "" {
		token = w.spans[gap].Gap.From
	}
	w.prepend(gap, older, &token)
	return fresh(page.Entries[cut:], known)
}

// extend writes entries behind the newest chunk, which has those of tail.
func (w *work) extend(tail, entries []table.Entry) {
	if len(entries) == 0 {
		return
	}
	// A tail that could not be read must not be written over.
	if len(tail) > 0 || len(w.spans[0].Hashes) == 0 {
		if n := fits(tail, entries); n > 0 {
			w.put(0, slices.Concat(tail, entries[:n]))
			entries = entries[n:]
		}
	}
	for len(entries) > 0 {
		n := fits(nil, entries)
		id := w.spans[0].ChunkID
		id.Chunk++
		w.insert(0, id, slices.Clone(entries[:n]))
		entries = entries[n:]
	}
}

// markStart turns the gap before a page that begins with the room's creation
// into its start.
func (w *work) markStart(page SyncPage) {
	if len(page.Entries) == 0 || !isCreate(&page.Entries[0]) {
		return
	}
	last := len(w.spans) - 1
	if oldest, ok := w.oldestIn(last, last); ok && oldest == table.HashID(page.Entries[0].ID) {
		w.setGap(last, nil)
		w.setStart(last)
	}
}

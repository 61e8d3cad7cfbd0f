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
	Change
	// New are the entries that were not known, oldest first.
	New []table.Entry
}

// Append adds a sync page to the end of a room (FEATURES D-01, 7-19).
func Append(room Room, page SyncPage) Appended {
	w := newWork(room.Spans)
	known := w.locate(page.Entries)
	cut := max(0, w.coverAt(page.Entries))
	added := w.behindGaps(page.Entries, known, cut)
	tail := room.Tail
	switch {
	case len(w.spans) == 0:
		w.begin(page)
		tail = nil
	case page.Limited && !w.connected(page.Entries, known):
		w.open(page)
		tail = nil
	case len(fresh(page.Entries, known)) == 0:
		return Appended{}
	}
	w.fillGap(page, cut)
	w.locateGap(page, added)
	w.extend(tail, added)
	w.markStart(page)
	return Appended{Change: w.change(), New: added}
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

// fillGap puts what a page has from before the newest run into the gap there.
func (w *work) fillGap(page SyncPage, cut int) {
	if cut == 0 {
		return
	}
	older := slices.Clone(page.Entries[:cut])
	slices.Reverse(older)
	gap := w.nextGap(0)
	token := page.PrevBatch
	if token == "" {
		token = w.spans[gap].Gap.From
	}
	w.prepend(gap, older, &token)
}

// locateGap gives the gap at the end, behind which the entries will stand, the
// token that says where it is.
func (w *work) locateGap(page SyncPage, added []table.Entry) {
	end := &w.spans[0]
	if end.Gap == nil || len(end.Hashes) > 0 || len(added) == 0 || page.PrevBatch == "" || added[0].ID != page.Entries[0].ID {
		return
	}
	w.setGap(0, &table.Gap{From: page.PrevBatch, To: end.Gap.To})
}

// behindGaps returns the unknown entries without those that a gap is for, the
// first cut ones among them: a room that lost a part of its history may be sent
// that part again by a sync, in front of what it still has, and the end is not
// the place for it.
func (w *work) behindGaps(page []table.Entry, known map[uint64]place, cut int) []table.Entry {
	all := fresh(page, known)
	if len(known) == 0 {
		return all
	}
	// older is the span of the last known entry before each.
	older, span := make([]int, len(page)), len(w.spans)
	for i := range page {
		older[i] = span
		if at, ok := known[table.HashID(page[i].ID)]; ok {
			span = at.span
		}
	}
	inGap := map[uint64]bool{}
	newer := len(w.spans) // the span of the next known entry
	for i := len(page) - 1; i >= 0; i-- {
		h := table.HashID(page[i].ID)
		if at, ok := known[h]; ok {
			newer = at.span
		} else if i < cut || w.nextGap(newer) < older[i] {
			inGap[h] = true
		}
	}
	return slices.DeleteFunc(all, func(e table.Entry) bool { return inGap[table.HashID(e.ID)] })
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
		id.Chunk += table.ChunkStep
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

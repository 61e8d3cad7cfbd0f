package history

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/table"
)

// OlderPage is an answer of /messages with dir=b.
type OlderPage struct {
	// At is the chunk whose gap was asked for, and From the token used.
	At   table.ChunkID
	From string
	// Entries are newest first, as the server gives them.
	Entries []table.Entry
	// End is nil where the server sent none: there is nothing more. An empty
	// page with an end is not the end (FEATURES B-13).
	End *string
}

// Prepended says what a page changed.
type Prepended struct {
	Writes []Write
	// New are the events that were not known, newest first.
	New []table.Entry
	// Closed is true once nothing is missing at the gap.
	Closed bool
	// Stale is true if the gap had moved or gone since the page was asked for;
	// nothing was written.
	Stale bool
}

// Prepend puts a page into the gap that it was asked for.
func Prepend(room Room, page OlderPage) Prepended {
	w := newWork(room.Spans)
	i := slices.IndexFunc(w.spans, func(s table.Span) bool { return s.ChunkID == page.At })
	if i < 0 || w.spans[i].Gap == nil || w.spans[i].Gap.From != page.From {
		return Prepended{Stale: true}
	}
	end := page.End
	added := fresh(page.Entries, w.locate(page.Entries))
	if end != nil && *end == page.From && len(added) == 0 {
		end = nil
	}
	closed := w.prepend(i, page.Entries, end)
	return Prepended{Writes: w.writes(), New: added, Closed: closed}
}

// prepend puts a page, newest first, into the gap before span i and, where the
// page reaches through all of the run behind that gap, into the gaps that
// follow. It reports whether the gap at i is closed.
func (w *work) prepend(i int, page []table.Entry, end *string) (closed bool) {
	for hops := 0; ; hops++ {
		next := w.nextGap(i + 1)
		cut := w.reach(i, next, page)
		if cut < 0 {
			done := w.fill(i, page, end)
			return done || hops > 0
		}
		before := len(w.spans)
		last := w.place(i, page[:cut+1])
		w.setGap(last, nil)
		i = next + len(w.spans) - before
		page = page[cut+1:]
	}
}

// reach returns where in the page the oldest event of the run between two gaps
// is, or -1.
func (w *work) reach(i, next int, page []table.Entry) int {
	if next == len(w.spans) {
		return -1
	}
	oldest, ok := w.oldestIn(i+1, next)
	if !ok {
		return -1
	}
	return indexOf(page, oldest)
}

// fill puts the page into the gap before span i and decides what remains of
// the gap.
func (w *work) fill(i int, page []table.Entry, end *string) (closed bool) {
	gap := *w.spans[i].Gap
	closed = end == nil || gap.To != "" && *end == gap.To || w.deep(i, page)
	last := w.place(i, page)
	alone := last == len(w.spans)-1
	start := alone && (end == nil || w.beginsRoom(last, page))
	switch {
	case start:
		w.setGap(last, nil)
		w.setStart(last)
	case closed:
		w.setGap(last, nil)
	default:
		w.setGap(last, &table.Gap{From: *end, To: gap.To})
	}
	return closed || start
}

// deep reports whether the page ends far enough inside of what is known behind
// the gap at span i.
func (w *work) deep(i int, page []table.Entry) bool {
	if len(page) == 0 {
		return false
	}
	oldest := page[len(page)-1:]
	at, ok := w.locate(oldest)[table.HashID(oldest[0].ID)]
	if !ok || at.span <= i {
		return false
	}
	newer := len(w.spans[at.span].Hashes) - 1 - at.at
	for j := i + 1; j < at.span; j++ {
		newer += len(w.spans[j].Hashes)
	}
	return newer >= overlap
}

// beginsRoom reports whether the page's oldest event is the room's creation
// and the first one of span last.
func (w *work) beginsRoom(last int, page []table.Entry) bool {
	if len(page) == 0 || !isCreate(&page[len(page)-1]) {
		return false
	}
	oldest, ok := w.oldestIn(last, last)
	return ok && oldest == table.HashID(page[len(page)-1].ID)
}

// place writes the unknown events of a page into new chunks before span i,
// takes the gap with it, and returns the span that is before the gap now.
func (w *work) place(i int, page []table.Entry) int {
	// A chunk behind the gap in the same fragment cannot be; if the index is
	// damaged so, nothing may be written over it.
	if i+1 < len(w.spans) && w.spans[i+1].Fragment == w.spans[i].Fragment {
		return i
	}
	entries := fresh(page, w.locate(page))
	gap := w.spans[i].Gap
	for len(entries) > 0 {
		n := fits(nil, entries)
		chunk := slices.Clone(entries[:n])
		slices.Reverse(chunk)
		id := w.spans[i].ChunkID
		id.Chunk--
		w.setGap(i, nil)
		i++
		w.insert(i, id, chunk)
		w.setGap(i, gap)
		entries = entries[n:]
	}
	return i
}

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
	Change
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
	return Prepended{Change: w.change(), New: added, Closed: closed}
}

// prepend puts a page, newest first, into the gap before span i and, where the
// page reaches through all of the run behind that gap, into the gaps that
// follow. It reports whether the gap at i is closed.
func (w *work) prepend(i int, page []table.Entry, end *string) (closed bool) {
	for hops := 0; ; hops++ {
		if w.free(i) < uint64(len(page)) {
			w.forget(i + 1)
		}
		next := w.runBehind(i)
		cut := w.reach(i, next, page)
		if cut < 0 {
			if !w.reaches(i, end) {
				w.join(i)
			}
			done := w.fill(i, page, end)
			return done || hops > 0
		}
		for j := w.nextGap(i + 1); j < next; j = w.nextGap(j + 1) {
			w.setGap(j, nil) // the page went through it
		}
		before := len(w.spans)
		last := w.place(i, page[:cut+1])
		w.setGap(last, nil)
		i = next + len(w.spans) - before
		page = page[cut+1:]
	}
}

// runBehind returns the gap behind the first events behind the gap at span i, or
// the number of spans.
func (w *work) runBehind(i int) int {
	for next := w.nextGap(i + 1); ; next = w.nextGap(next + 1) {
		if next == len(w.spans) {
			return next
		}
		if _, ok := w.oldestIn(i+1, next); ok {
			return next
		}
	}
}

// reaches reports whether a page that ends there ends at the older part, as far
// as the server knows it: older events were not asked for, or do not exist.
func (w *work) reaches(i int, end *string) bool {
	to := w.spans[i].Gap.To
	return end == nil || to != "" && *end == to
}

// join makes one gap of those behind span i that no event lies between: a page
// could not be told to have passed from one to the other.
func (w *work) join(i int) {
	for {
		next := w.nextGap(i + 1)
		if next == len(w.spans) {
			return
		}
		if _, ok := w.oldestIn(i+1, next); ok {
			return
		}
		gap := &table.Gap{From: w.spans[i].Gap.From, To: w.spans[next].Gap.To}
		w.spans = slices.Delete(w.spans, i+1, next+1)
		w.holeBehind(i)
		w.setBehind(i, w.idAt(i+1))
		w.setGap(i, gap)
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
	closed = w.reaches(i, end) || w.deep(i, page)
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
	return newer >= Overlap
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
	entries := fresh(page, w.locate(page))
	gap := w.spans[i].Gap
	for len(entries) > 0 {
		n := fits(nil, entries)
		chunk := slices.Clone(entries[:n])
		slices.Reverse(chunk)
		id := w.spans[i].ChunkID
		id.Chunk -= w.step(i)
		w.setGap(i, nil)
		i++
		w.insert(i, id, chunk)
		w.setGap(i, gap)
		entries = entries[n:]
	}
	return i
}

// step is how far below span i's number the next older chunk's is. Inside of
// a fragment that lost a chunk, the numbers in between have to do.
func (w *work) step(i int) uint64 {
	if w.inside(i) || w.spans[i].Chunk <= table.ChunkStep {
		return 1
	}
	return table.ChunkStep
}

// free counts the chunks that can be put before span i.
func (w *work) free(i int) uint64 {
	if w.inside(i) {
		return w.spans[i].Chunk - w.spans[i+1].Chunk - 1
	}
	return w.spans[i].Chunk
}

// inside reports that the chunk behind span i is of the same fragment.
func (w *work) inside(i int) bool {
	return i+1 < len(w.spans) && w.spans[i+1].Fragment == w.spans[i].Fragment
}

// forget takes out all spans from i on; pagination brings them back.
func (w *work) forget(i int) {
	w.spans = w.spans[:i]
	w.holeBehind(i - 1)
	w.setBehind(i-1, table.ChunkID{})
	if gap := w.spans[i-1].Gap; gap != nil {
		w.setGap(i-1, &table.Gap{From: gap.From})
	}
}

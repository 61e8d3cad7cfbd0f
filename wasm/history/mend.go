package history

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Torn reports whether what was read of a room's index is not what was written:
// spans are the newest of them, all or a part, newest first, and newest is the
// chunk that must come first, zero where that is not known.
func Torn(spans []table.Span, newest table.ChunkID, all bool) bool {
	w := &work{spans: spans}
	if newest != (table.ChunkID{}) && w.idAt(0) != newest {
		return true
	}
	for i := range spans {
		if i == len(spans)-1 && !all {
			return false
		}
		if w.torn(i) {
			return true
		}
	}
	return false
}

// torn reports whether the chunk behind span i is another than it was.
func (w *work) torn(i int) bool {
	s := &w.spans[i]
	if s.Behind == (table.ChunkID{}) { // the oldest, or from before there were links
		return i == len(w.spans)-1 && s.Gap == nil && !s.Start
	}
	return s.Behind != w.idAt(i+1)
}

// Damage is what is known of a room's history that storage lost a part of.
type Damage struct {
	// Spans are all that can be read of the index, newest first.
	Spans []table.Span
	// Bad are chunks of which the entries or the span cannot be read.
	Bad []table.ChunkID
	// Newest is the chunk that must come first, zero where that is not known.
	Newest table.ChunkID
}

// Mend puts a gap wherever a chunk was lost, so that pagination brings back
// what was in it (T-7). It returns the index as it is then.
func Mend(d Damage) (spans []table.Span, c Change) {
	w := newWork(d.Spans)
	w.link(d.Bad)
	newest := d.Newest
	for _, id := range slices.Concat(d.Bad, []table.ChunkID{w.idAt(0)}) {
		if id.Compare(newest) > 0 {
			newest = id
		}
	}
	w.drop(d.Bad)
	for i := range w.spans {
		if w.torn(i) {
			w.tear(i)
		}
	}
	if w.idAt(0) != newest {
		w.insert(0, table.ChunkID{Fragment: newest.Fragment + 1, Chunk: table.FirstChunk}, []table.Entry{})
		w.tear(0)
	}
	if len(w.holes) > 0 {
		w.forgetTokens()
	}
	return w.spans, w.change()
}

// link gives spans from before there were links the one that they would have,
// so that a bad chunk behind them is missed.
func (w *work) link(bad []table.ChunkID) {
	all := slices.Clone(bad)
	for i := range w.spans {
		all = append(all, w.spans[i].ChunkID)
	}
	newestFirst := func(a, b table.ChunkID) int { return b.Compare(a) }
	order.Sort(all, newestFirst)
	all = slices.Compact(all)
	for i := range w.spans {
		s := &w.spans[i]
		at, _ := slices.BinarySearchFunc(all, s.ChunkID, newestFirst)
		if s.Behind == (table.ChunkID{}) && !s.Start && at+1 < len(all) {
			w.setBehind(i, all[at+1])
		}
	}
}

func (w *work) drop(bad []table.ChunkID) {
	for _, id := range bad {
		w.holes = append(w.holes, Hole{id, id})
	}
	w.spans = slices.DeleteFunc(w.spans, func(s table.Span) bool { return slices.Contains(bad, s.ChunkID) })
}

// holeBehind takes out whatever lies between span i and the one behind it,
// known or not.
func (w *work) holeBehind(i int) {
	h := Hole{Newest: w.spans[i].ChunkID, Oldest: w.idAt(i + 1)}
	h.Newest.Chunk--
	if i+1 < len(w.spans) {
		h.Oldest.Chunk++
	}
	w.holes = append(w.holes, h)
}

// tear puts a gap before span i.
func (w *work) tear(i int) {
	w.spans[i].Start = false
	w.holeBehind(i)
	w.setBehind(i, w.idAt(i+1))
	w.setGap(i, &table.Gap{})
}

// forgetTokens lets all gaps be located anew: a token may have passed events of
// what was lost, which were known then.
func (w *work) forgetTokens() {
	for i := range w.spans {
		if gap := w.spans[i].Gap; gap != nil && gap.From != "" {
			w.setGap(i, &table.Gap{To: gap.To})
		}
	}
}

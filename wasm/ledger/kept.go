package ledger

import (
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/table"
)

// keptSpans bounds the index that is kept: 50,000 events, some 400 kB.
const keptSpans = 1000

// kept is the whole index of the room that somebody reads back: each page needs
// all of it, and only its own turn changes it. It is as storage has it at the end
// of the last turn; a commit of which the end is unknown leaves none.
type kept struct {
	short uint32 // 0 for none
	spans []table.Span
}

// takeKept answers who needs the index that is kept.
func (t *Turn) takeKept(h *roomHistory) {
	if k := &t.ledger.kept; h.index && h.all && k.short == h.room.Short && !h.fetched {
		h.Spans, h.fetched = k.spans, true
	}
}

// keep brings what is kept to the end of a turn that was committed.
func (l *Ledger) keep(t *Turn) {
	for id, h := range t.histories {
		if room := t.rooms[id]; room != nil && h.index && h.all && h.fetched && !h.unpacked {
			l.kept = kept{h.room.Short, h.Spans}
		}
	}
	for id, c := range t.change.Rooms {
		switch room, touched := t.rooms[id]; {
		case touched && room == nil:
			l.kept = kept{} // whichever was removed
		case room != nil && room.Short == l.kept.short && len(c.Holes)+len(c.Chunks) > 0:
			l.kept.spans = history.Change{Holes: c.Holes, Writes: c.Chunks}.On(l.kept.spans)
		}
	}
	if len(l.kept.spans) > keptSpans {
		l.kept = kept{}
	}
}

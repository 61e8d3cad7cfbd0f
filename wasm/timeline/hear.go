package timeline

import (
	"slices"
	"strconv"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/view"
)

// hear takes one turn's change.
func (t *Timeline) hear(change *ledger.Change) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if change.Crypto != nil {
		defer t.heardCrypto(change.Crypto)
	}
	if change.Ignored != nil {
		t.ignore(change.Ignored)
		defer t.refresh()
	}
	c := change.Rooms[t.room]
	if c == nil {
		return
	}
	if c.Room == nil || c.Room.Short != t.short {
		// The room was forgotten, and perhaps joined anew.
		t.reset()
	}
	if c.Room != nil {
		t.short, t.fullyRead = c.Room.Short, c.Room.FullyRead
		t.power.version = c.Room.Version
	}
	for i := range c.State {
		t.setMember(&c.State[i])
		t.setEncryption(&c.State[i])
		t.setPower(&c.State[i])
	}
	t.takePlains(c.Plains)
	if t.detached != nil {
		t.follow(c.Chunks)
	} else {
		t.takeHoles(c.Holes)
		t.takeWrites(c.Chunks)
	}
	for _, r := range c.Receipts {
		t.setReceipt(r)
	}
	if c.Outbox != nil {
		t.setEchoes(*c.Outbox)
	} else if len(c.Chunks) > 0 || len(c.State) > 0 {
		t.setEchoes(t.ledger.Outbox(t.room))
	}
	t.refresh()
}

func (t *Timeline) setMember(e *event.Event) {
	if e.Type != event.RoomMember || e.StateKey == nil {
		return
	}
	user, content := event.UserID(*e.StateKey), e.Content()
	t.renamed(t.names.setMember(user, event.ReadMembership(content), event.ReadProfile(content)))
	if who := t.readers[user]; who != nil && who.at != nil {
		who.at.section.dirty = true
	}
}

// takeHoles empties the sections of chunks that are stored no more. They stay,
// for what comes in their place.
func (t *Timeline) takeHoles(holes []history.Hole) {
	for _, hole := range holes {
		for i, s := range t.sections {
			if hole.Has(s.id) {
				s.take(history.Write{Span: table.Span{ChunkID: s.id}, Entries: []table.Entry{}})
				if i+1 < len(t.sections) {
					t.sections[i+1].dirty = true // another one is above it now
				}
			}
		}
	}
}

// takeWrites takes chunks that were written: changes of loaded ones, new ones
// among them or behind them, and those that grow out of a gap at the top, as many
// as are wanted.
func (t *Timeline) takeWrites(writes []history.Write) {
	if len(writes) == 0 {
		return
	}
	wasGap := t.atGap()
	writes = slices.Clone(writes)
	order.Stable(writes, func(a, b history.Write) int { return b.Span.ChunkID.Compare(a.Span.ChunkID) })
	older := false
	for _, w := range writes {
		i, loaded := t.find(w.Span.ChunkID)
		if !loaded {
			top := i == 0 && len(t.sections) > 0
			if w.Entries == nil || top && !(wasGap && t.sections[0].id.Fragment == w.Span.Fragment) {
				continue
			}
			if top && t.taking.full() {
				t.exhausted = false
				continue
			}
			older = older || i < len(t.sections)
			t.insert(i, t.newSection(w.Span.ChunkID))
		}
		t.sections[i].take(w)
		if !loaded {
			t.taking.add(t.sections[i].shown)
		}
	}
	if older {
		t.placeReaders()
	}
}

func (s *section) take(w history.Write) {
	s.gap, s.start, s.behind, s.dirty = w.Span.Gap, w.Span.Start, w.Span.Behind, true
	if w.Entries == nil {
		return
	}
	s.fill(w.Entries)
	for _, r := range s.rows {
		s.timeline.placeReader(r.sender)
		for _, user := range s.timeline.awaited[r.id] {
			s.timeline.placeReader(user)
		}
	}
}

// insert puts a section among the loaded ones.
func (t *Timeline) insert(i int, s *section) {
	t.sections = slices.Insert(t.sections, i, s)
	if i+1 < len(t.sections) {
		t.sections[i+1].dirty = true // its gap or its first day may show now
	}
}

// setEchoes shows the room's outbox, without what is loaded as an event.
func (t *Timeline) setEchoes(outbox []*table.Outgoing) {
	if len(outbox) == 0 && len(t.outgoing.entries) == 0 {
		return
	}
	t.dropOutgoing()
	s := t.echoes
	s.rows, s.shown, s.dirty = nil, 0, true
	for _, o := range outbox {
		if t.txns[o.TxnID] != nil || o.EventID != "" && t.rows[o.EventID] != nil || o.State == api.SendCancelled {
			continue
		}
		r := &row{key: table.EchoKey(o.TxnID), id: o.EventID, ts: o.Created, sender: t.me, echo: o}
		s.add(r)
		t.putOutgoing(r)
	}
	t.settle()
}

// refresh brings the list up to date, in one edit.
func (t *Timeline) refresh() {
	t.settle()
	t.shift()
	t.fetchApart()
	t.fetchSums()
	t.setMarker()
	t.list.Edit(func(tx *view.Tx[api.TimelineItem]) {
		offset, day, changed := 0, int64(noDay), false
		var above *section
		var all []api.TimelineItem
		for _, s := range append(slices.Clip(t.sections), t.echoes) {
			if s.dirty || changed {
				had, last := len(s.items), s.lastDay
				s.render(day, above)
				changed = last != s.lastDay
				if !t.replaced {
					tx.Splice(offset, had, s.items...)
				}
			}
			if t.replaced {
				all = append(all, s.items...)
			}
			offset += len(s.items)
			if day = s.lastDay; len(s.rows) > 0 || s.gap != nil {
				above = s
			}
		}
		if t.replaced {
			tx.Replace(all)
			t.replaced = false
		}
	})
}

// setMarker finds where the read marker stands: below what was read last, if
// somebody else wrote since.
func (t *Timeline) setMarker() {
	at := t.rows[t.fullyRead]
	if t.thread != "" {
		at = nil // it is the room's
	}
	if at != nil && !t.othersAfter(at) {
		at = nil
	}
	if at == t.marker {
		return
	}
	for _, r := range []*row{at, t.marker} {
		if r != nil {
			r.section.dirty = true
		}
	}
	t.marker = at
}

func (t *Timeline) othersAfter(r *row) bool {
	for _, next := range r.section.rows[r.at+1:] {
		if next.item != nil && !next.item.Own {
			return true
		}
	}
	i, _ := t.find(r.section.id)
	for _, s := range t.sections[min(i+1, len(t.sections)):] {
		if s.others > 0 {
			return true
		}
	}
	return false
}

// gapKey stays the same while the gap fills from its newer side: there is one at
// the end of a fragment, and others above chunks that a fragment lost.
func gapKey(id, above table.ChunkID) string {
	key := "gap/" + strconv.FormatUint(uint64(id.Fragment), 10)
	if above.Fragment == id.Fragment {
		key += "/" + strconv.FormatUint(above.Chunk, 10)
	}
	return key
}

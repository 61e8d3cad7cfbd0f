package timeline

import (
	"bytes"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// section is a loaded chunk with the items it contributes. The local echoes
// are one as well, behind all chunks.
type section struct {
	timeline *Timeline
	id       table.ChunkID
	behind   table.ChunkID // the chunk before this one, zero where that is not known
	gap      *table.Gap
	start    bool

	rows []*row
	// shown counts rows with an item, others those that others sent.
	shown, others int
	// names holds the keys of the names that the items use.
	names map[string]bool
	// readers are the users whose receipt stands at an event.
	readers map[event.EventID][]event.UserID

	// dirty says that items is not what it should be.
	dirty bool
	items []api.TimelineItem
	// lastDay is the day of the last item here or above, or noDay.
	lastDay int64
}

// row is an event or a local echo.
type row struct {
	section *section
	at      int // in section.rows
	key     string
	id      event.EventID
	ts      int64
	sender  event.UserID
	entry   *table.Entry
	echo    *table.Outgoing // where entry is nil
	// item is what is shown, without receipts; nil if the event is no line.
	item *api.EventItem
	// described says that it was decided once whether it is a line.
	described bool
}

// before orders rows as the timeline does.
func (r *row) before(o *row) bool {
	if r.section != o.section {
		return r.section.id.Compare(o.section.id) < 0
	}
	return r.at < o.at
}

func (t *Timeline) newSection(id table.ChunkID) *section {
	return &section{
		timeline: t, id: id, dirty: true, lastDay: noDay,
		names: map[string]bool{}, readers: map[event.EventID][]event.UserID{},
	}
}

// fill gives the section its events. Rows of events that it had stay.
func (s *section) fill(entries []table.Entry) {
	t := s.timeline
	old := s.rows
	s.rows, s.shown, s.others, s.dirty = make([]*row, 0, len(entries)), 0, 0, true
	for i := range entries {
		e := &entries[i]
		if i < len(old) && old[i].holds(e) {
			s.add(old[i])
			continue
		}
		s.add(t.newRow(s, e))
	}
	for _, r := range old {
		if r.at >= len(s.rows) || s.rows[r.at] != r {
			t.drop(r)
		}
	}
	t.settle()
	for _, r := range s.rows {
		if last := t.spoke[r.sender]; r.item != nil && (last == nil || last.before(r)) {
			t.spoke[r.sender] = r
		}
	}
}

// holds reports whether the row is of this very entry.
func (r *row) holds(e *table.Entry) bool {
	have := r.entry
	return have.ID == e.ID && have.Txn == e.Txn && have.Profile == e.Profile && bytes.Equal(have.Raw, e.Raw)
}

func (s *section) add(r *row) {
	r.section, r.at = s, len(s.rows)
	s.rows = append(s.rows, r)
	s.count(r, 1)
}

// count counts a row that is a line, or no more.
func (s *section) count(r *row, n int) {
	if r.item == nil {
		return
	}
	s.shown += n
	if !r.item.Own {
		s.others += n
	}
}

// redraw describes the section's events anew.
func (s *section) redraw() {
	s.dirty = true
	clear(s.names)
	for _, r := range s.rows {
		if r.entry != nil && r.item != nil {
			r.item = s.eventItem(r)
		}
	}
}

// ref is what relations know the row by.
func (r *row) ref() event.EventID {
	if r.echo != nil {
		return event.EventID(r.key)
	}
	return r.id
}

func (s *section) person(id event.UserID, p event.Profile) api.Person {
	s.names[event.NameKey(p.Shown(id))] = true
	return s.timeline.names.person(id, p)
}

// render makes the section's items. before is the day of the item above it,
// above the section above it, or nil.
func (s *section) render(before int64, above *section) {
	t := s.timeline
	s.items, s.dirty = make([]api.TimelineItem, 0, len(s.rows)+2), false
	switch {
	case s.start && above == nil && t.thread == "":
		s.items = append(s.items, api.TimelineItem{Key: "start", Kind: api.ItemStart})
	case s.gap != nil && above != nil:
		s.items = append(s.items, api.TimelineItem{Key: gapKey(s.id, above.id), Kind: api.ItemGap})
	}
	for _, r := range s.rows {
		if r.item != nil {
			if day := t.zone.day(r.ts); day != noDay && day != before {
				s.items = append(s.items, api.TimelineItem{Key: "day/" + r.key, Kind: api.ItemDay, TS: t.zone.begin(day)})
				before = day
			}
			s.items = append(s.items, api.TimelineItem{Key: r.key, Kind: api.ItemEvent, TS: r.ts, Event: s.withReceipts(r)})
		}
		if r == t.marker {
			s.items = append(s.items, api.TimelineItem{Key: "readMarker", Kind: api.ItemReadMarker})
		}
	}
	s.lastDay = before
}

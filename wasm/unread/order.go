package unread

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// InTimeline tells where events, what is listed and what was read stand in a room,
// of which spans is the index, newest first, and added comes behind that.
func InTimeline(u *table.Unread, events []event.EventID, spans []table.Span, added []table.Entry) Order {
	p := places{at: map[uint64]int{}}
	for _, id := range events {
		p.want(id)
	}
	for i := range u.Events {
		p.want(u.Events[i].ID)
	}
	for i := range u.Read {
		p.want(u.Read[i].EventID)
	}
	p.want(u.Since)
	for i := range slices.Backward(spans) {
		for _, hash := range spans[i].Hashes {
			p.see(hash)
		}
	}
	for i := range added {
		p.see(table.HashID(added[i].ID))
	}
	return p.of
}

// places are where those events stand that matter.
type places struct {
	at   map[uint64]int
	next int
}

const unplaced = -1

func (p *places) want(id event.EventID) { p.at[table.HashID(id)] = unplaced }

func (p *places) see(hash uint64) {
	if _, wanted := p.at[hash]; wanted {
		p.at[hash] = p.next
	}
	p.next++
}

func (p *places) of(id event.EventID) (place int, known bool) {
	place, known = p.at[table.HashID(id)]
	return place, known && place != unplaced
}

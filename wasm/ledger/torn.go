package ledger

import (
	"maps"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Tears holds an element when there may be more rooms than before in Torn.
func (l *Ledger) Tears() <-chan struct{} { return l.tears }

// Torn returns the rooms of whose state a part was lost.
func (l *Ledger) Torn() []event.RoomID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	all := slices.Collect(maps.Keys(l.torn))
	for id, r := range l.rooms {
		if r.Torn && !l.torn[id] {
			all = append(all, id)
		}
	}
	return all
}

// ReadPages reads a room's state pages and notes whether all are there. It may
// be called in a turn.
func (l *Ledger) ReadPages(room *table.Room, records storage.Result) []*table.StatePage {
	whole := len(records) == int(room.Pages)
	var pages []*table.StatePage
	for _, rec := range records {
		page, err := table.DecodeStatePage(rec.Value)
		whole = whole && err == nil
		pages = append(pages, page)
	}
	if !whole {
		l.tear(room.ID)
	}
	return pages
}

// tear notes that a part of a room's state is missing. It is noted for as long
// as the ledger is open; the room itself says so for longer once a turn touches
// what is left.
func (l *Ledger) tear(id event.RoomID) {
	l.mu.Lock()
	l.torn[id] = true
	l.mu.Unlock()
	l.pokeTears()
}

func (l *Ledger) pokeTears() {
	select {
	case l.tears <- struct{}{}:
	default:
	}
}

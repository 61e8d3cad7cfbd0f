package ledger

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// What spaces say of their children is in memory as the rooms are: who looks at a
// list of rooms by space looks at all of it.

// Space returns what a space says of its children, nil where nothing is known. It
// must not be changed.
func (l *Ledger) Space(id event.RoomID) *table.Space {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.spaces[id]
}

// Space returns a copy of what a space says, to change; an empty one if nothing was
// known.
func (t *Turn) Space(id event.RoomID) *table.Space {
	if s := t.spaces[id]; s != nil {
		return s
	}
	s := &table.Space{}
	if known := t.ledger.Space(id); known != nil {
		s = known.Clone()
	}
	t.spaces[id] = s
	return s
}

// clearSpace forgets what a room said as a space.
func (t *Turn) clearSpace(id event.RoomID) {
	if t.spaces[id] != nil || t.ledger.Space(id) != nil {
		t.spaces[id] = &table.Space{}
	}
}

// writeSpaces stores what spaces say anew.
func (t *Turn) writeSpaces() {
	for id, s := range t.spaces {
		room := t.Room(id)
		if room == nil {
			delete(t.spaces, id)
			continue
		}
		value := s.Encode()
		if known := t.ledger.Space(id); known != nil && string(known.Encode()) == string(value) {
			delete(t.spaces, id)
			continue
		}
		t.batch.Put(table.Spaces, table.SpaceKey(room.Short), value)
	}
}

// applySpaces makes what spaces say the present. The caller holds the lock.
func (l *Ledger) applySpaces(t *Turn) {
	for id, s := range t.spaces {
		l.spaces[id] = s
		t.change.Rooms[id].Space = true
	}
	for id, room := range t.rooms {
		if room == nil {
			delete(l.spaces, id)
		}
	}
}

// loadSpaces reads the records of Spaces. A space of which it cannot be read, or was
// never written, is asked for again as a whole.
func (o *opening) loadSpaces(records storage.Result) {
	found := map[string]*table.Space{}
	for _, rec := range records {
		if s, err := table.DecodeSpace(rec.Value); err == nil {
			found[string(rec.Key)] = s
		}
	}
	for id, room := range o.rooms {
		switch s := found[string(table.SpaceKey(room.Short))]; {
		case s != nil:
			o.spaces[id] = s
		case room.Type == event.Space && room.Membership == event.Join && room.HasState():
			o.torn[id] = true
		}
	}
	if len(o.torn) > 0 {
		o.pokeTears()
	}
}

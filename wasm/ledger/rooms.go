package ledger

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// The rooms of a first sync are stored together, since each record has its
// price. One that changes gets a record of its own, which counts from then on.

// writeRooms stores the rooms that changed.
func (t *Turn) writeRooms() {
	var together []*table.Room
	for id, room := range t.rooms {
		known := t.knownAs(id, room)
		switch {
		case room == nil || sameRoom(known, room):
		case known == nil && room.Packed:
			together = append(together, room)
		default:
			if !room.Own {
				room.Own = true
				t.records++
			}
			t.batch.Put(table.Rooms, table.RoomKey(room.Short), room.Encode())
		}
	}
	slices.SortFunc(together, func(a, b *table.Room) int { return cmp.Compare(a.Short, b.Short) })
	for len(together) > 0 {
		n, value := table.EncodeRooms(together)
		first := together[0].Short
		for _, r := range together[:n] {
			r.With = first
		}
		t.batch.Put(table.Rooms, table.RoomsKey(first), value)
		t.records++
		together = together[n:]
	}
}

// knownAs returns the room as it was before the turn, nil if it was not.
func (t *Turn) knownAs(id event.RoomID, room *table.Room) *table.Room {
	if known := t.ledger.Room(id); known != nil && room != nil && known.Short == room.Short {
		return known
	}
	return nil
}

func sameRoom(before, after *table.Room) bool {
	return before != nil && before.With == after.With && string(before.Encode()) == string(after.Encode())
}

// part gives all that were stored together with a room that goes records of
// their own: nothing of it may stay.
func (t *Turn) part(room *table.Room) {
	if room.Own {
		t.records--
	}
	if room.With == 0 {
		return
	}
	t.batch.Delete(table.Rooms, table.RoomsKey(room.With))
	t.records--
	for _, other := range t.Rooms() {
		if other.With == room.With && other.ID != room.ID {
			t.Room(other.ID).With = 0
		}
	}
}

// loadRooms reads the records of Rooms. What cannot be read of them goes.
func (o *opening) loadRooms(records storage.Result) {
	for _, rec := range records {
		if len(rec.Key) >= 4 {
			o.nextShort = max(o.nextShort, binary.BigEndian.Uint32(rec.Key)+1)
		}
		rooms, with, err := readRooms(rec)
		if err != nil {
			o.resync = true
			o.mending.Delete(table.Rooms, rec.Key)
			continue
		}
		o.manifest.RoomRecords++
		for _, r := range rooms {
			o.nextShort = max(o.nextShort, r.Short+1)
			o.loadRoom(r, with)
		}
	}
}

// readRooms returns the rooms of a record; with is the first of those that were
// stored together, 0 for a room's own record.
func readRooms(rec storage.Record) (rooms []*table.Room, with uint32, err error) {
	if len(rec.Key) == len(table.RoomKey(0)) {
		r, err := table.DecodeRoom(rec.Value)
		if err == nil && (r.ID == "" || string(table.RoomKey(r.Short)) != string(rec.Key)) {
			err = table.ErrGarbled
		}
		return []*table.Room{r}, 0, err
	}
	rooms, err = table.DecodeRooms(rec.Value)
	if err != nil || string(table.RoomsKey(rooms[0].Short)) != string(rec.Key) {
		return nil, 0, table.ErrGarbled
	}
	return rooms, rooms[0].Short, nil
}

func (o *opening) loadRoom(r *table.Room, with uint32) {
	r.With, r.Own = with, with == 0
	other := o.rooms[r.ID]
	switch {
	case other == nil:
	case r.Own:
		r.With = other.With
	default: // it has a newer record of its own
		other.With = with
		return
	}
	o.rooms[r.ID] = r
}

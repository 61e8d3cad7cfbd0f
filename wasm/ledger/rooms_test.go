package ledger_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// crowd is a disk with packed rooms that were stored together, of which the
// third changed since.
func crowd(t *testing.T) (*mem.Disk, *ledger.Ledger) {
	disk := mem.NewDisk()
	l := open(t, disk)
	update(t, l, func(turn *ledger.Turn) {
		for n := range 500 {
			room, _ := turn.AddRoom(event.RoomID(fmt.Sprint("!", n)))
			room.Name, room.Topic = fmt.Sprintf("name of %d.", n), strings.Repeat("x", 200)
			turn.Pack(room, scan.Value(`{}`))
		}
		turn.SetNextBatch("1")
	})
	if n := len(disk.Records(table.Rooms)); n < 2 || n > 5 {
		t.Fatalf("500 rooms are %d records", n)
	}
	update(t, l, func(turn *ledger.Turn) { turn.Room("!2").Name = "newer" })
	return disk, l
}

// TestRoomsThatCameTogether: what changed counts, and of a room that goes nothing
// stays.
func TestRoomsThatCameTogether(t *testing.T) {
	disk, l := crowd(t)
	for _, id := range []event.RoomID{"!1", "!0", "!2"} { // neither first nor changed, the first, changed
		name := []byte(l.Room(id).Name)
		update(t, l, func(turn *ledger.Turn) { turn.RemoveRoom(id) })
		disk.Kill()
		if l = open(t, disk); l.NextBatch() != "1" || l.Room(id) != nil {
			t.Errorf("after %s went: next batch %q, room %+v", id, l.NextBatch(), l.Room(id))
		}
		for _, rec := range disk.Records(table.Rooms) {
			if bytes.Contains(rec.Value, name) {
				t.Errorf("%q is in %x", name, rec.Key)
			}
		}
	}
	if got := len(l.Rooms()); got != 497 || l.Room("!499").Name != "name of 499." {
		t.Errorf("%d rooms, the last %+v", got, l.Room("!499"))
	}
}

// L-1: an older copy of a room does not pass for the newer one that was lost.
func TestOlderCopyIsNotTheRoom(t *testing.T) {
	for name, garbled := range map[string][]byte{"lost": nil, "garbled": {1, 2}} {
		disk, l := crowd(t)
		disk.Garble(table.Rooms, table.RoomKey(l.Room("!2").Short), garbled)
		for start := range 3 {
			disk.Kill()
			l = open(t, disk)
			if resynced := l.NextBatch() == ""; resynced != (start < 2) || l.Room("!2") == nil {
				t.Errorf("%s, start %d: next batch %q, room %+v", name, start, l.NextBatch(), l.Room("!2"))
			}
			if start == 1 {
				update(t, l, func(turn *ledger.Turn) { turn.SetNextBatch("2") })
			}
		}
	}
}

// L-1: rooms that are lost together are missed each.
func TestLostTogether(t *testing.T) {
	for name, garbled := range map[string][]byte{"lost": nil, "garbled": {1, 2}} {
		disk, l := crowd(t)
		disk.Garble(table.Rooms, table.RoomsKey(l.Room("!2").With), garbled)
		disk.Kill()
		l = open(t, disk)
		if got := l.Lost().Rooms; got < 100 || got != 500-len(l.Rooms()) || l.NextBatch() != "" || l.Room("!2").Name != "newer" {
			t.Errorf("%s: %d are missed, %d are there, next batch %q, changed %+v", name, got, len(l.Rooms()), l.NextBatch(), l.Room("!2"))
		}
	}
}

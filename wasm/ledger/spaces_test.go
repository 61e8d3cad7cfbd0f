package ledger_test

import (
	"testing"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/table"
)

// house is a disk with a space, a room in it, and one that says it is in it.
func house(t *testing.T) (*mem.Disk, *ledger.Ledger) {
	disk := mem.NewDisk()
	l := open(t, disk)
	update(t, l, func(turn *ledger.Turn) {
		turn.SetSession(&table.Session{UserID: "@me:h", DeviceID: "D"})
		for id, kind := range map[event.RoomID]string{"!house": event.Space, "!kitchen": "", "!attic": ""} {
			room, _ := turn.AddRoom(id)
			room.Type, room.Membership, room.Pages = kind, event.Join, 1
		}
		turn.Room("!attic").Claims = []space.Claim{{Parent: "!house", Sender: "@keeper:h"}}
		s := turn.Space("!house")
		s.Children, s.Levels, s.Keepers = []space.Child{{ID: "!kitchen"}}, true, []event.UserID{"@keeper:h"}
		turn.SetNextBatch("1")
	})
	return disk, l
}

func below(l *ledger.Ledger) (found string) {
	l.Graph(func(g *space.Graph) {
		for _, id := range g.Below("!house") {
			found += string(id)
		}
	})
	return found
}

// TestSpacesAreKept: what a space says outlives the core, and goes with the room.
func TestSpacesAreKept(t *testing.T) {
	disk, l := house(t)
	if got := below(l); got != "!kitchen!attic" {
		t.Fatalf("below is %s", got)
	}
	disk.Kill()
	l = open(t, disk)
	if got := below(l); got != "!kitchen!attic" || len(l.Torn()) > 0 {
		t.Fatalf("after a start, below is %s; torn %v", got, l.Torn())
	}
	update(t, l, func(turn *ledger.Turn) { turn.Space("!house").Keepers = nil })
	if got := below(l); got != "!kitchen" {
		t.Errorf("without a keeper, below is %s", got)
	}
	update(t, l, func(turn *ledger.Turn) { turn.ClearState(turn.Room("!house")) })
	if got := below(l); got != "" {
		t.Errorf("without state, below is %s", got)
	}
	update(t, l, func(turn *ledger.Turn) { turn.RemoveRoom("!house") })
	if n := len(disk.Records(table.Spaces)); n != 0 || l.Space("!house") != nil {
		t.Errorf("%d records, %+v", n, l.Space("!house"))
	}
}

// L-2: what is lost of a space is asked for again, and so is what a version did not
// keep that knew no spaces.
func TestLostSpace(t *testing.T) {
	for name, garbled := range map[string][]byte{"lost": nil, "garbled": {1, 2}} {
		disk, l := house(t)
		disk.Garble(table.Spaces, table.SpaceKey(l.Room("!house").Short), garbled)
		disk.Kill()
		l = open(t, disk)
		if torn := l.Torn(); len(torn) != 1 || torn[0] != "!house" || l.NextBatch() != "1" {
			t.Errorf("%s: torn %v, next batch %q", name, torn, l.NextBatch())
		}
		if got := below(l); got != "" {
			t.Errorf("%s: below is %s", name, got)
		}
		update(t, l, func(turn *ledger.Turn) {
			turn.SetWhole(turn.Room("!house"))
			turn.Space("!house")
		})
		disk.Kill()
		if torn := open(t, disk).Torn(); len(torn) > 0 {
			t.Errorf("%s: mended, and torn again: %v", name, torn)
		}
	}
}

// TestGraphFollows: the graph is told of each turn as if it were made anew (FEATURES
// D-22: an upgrade counts where both rooms say so).
func TestGraphFollows(t *testing.T) {
	_, l := house(t)
	below(l) // from here on it follows
	update(t, l, func(turn *ledger.Turn) {
		room, _ := turn.AddRoom("!kitchen2")
		room.Membership = event.Join
		turn.Room("!kitchen").Successor = "!kitchen2"
	})
	if got := below(l); got != "!kitchen!attic" {
		t.Errorf("a forged successor leads to %s", got)
	}
	update(t, l, func(turn *ledger.Turn) { turn.Room("!kitchen2").Predecessor = "!kitchen" })
	if got := below(l); got != "!kitchen2!attic" {
		t.Errorf("the successor is not shown: %s", got)
	}
	update(t, l, func(turn *ledger.Turn) { turn.RemoveRoom("!kitchen2") })
	update(t, l, func(turn *ledger.Turn) {
		room, _ := turn.AddRoom("!kitchen2")
		room.Membership = event.Join
	})
	if got := below(l); got != "!kitchen!attic" {
		t.Errorf("with a successor that knows nothing of it any more: %s", got)
	}
	update(t, l, func(turn *ledger.Turn) { turn.Room("!kitchen").Unread = 3 })
	l.Graph(func(g *space.Graph) {
		if sum := g.Sum("!house"); sum != (space.Count{Rooms: 2, Unread: 3}) {
			t.Errorf("the sum is %+v", sum)
		}
	})
}

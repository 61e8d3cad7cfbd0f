package roomlist

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Recent returns the first n rooms of a list without parameters, once. It costs a
// look at each room, and needs no list that is kept up to date.
func Recent(l *ledger.Ledger, n int) []api.Room {
	every := newFilter(api.RoomFilter{})
	var first []*table.Room
	for _, r := range l.Rooms() {
		if !every.mayPass(r) || every.hides(l, r) || n <= 0 || len(first) == n && compareRecency(r, first[n-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(first, r, compareRecency)
		first = slices.Insert(first[:min(len(first), n-1)], at, r)
	}
	rooms := make([]api.Room, len(first))
	for i, r := range first {
		rooms[i] = summary.Listed(r)
	}
	return rooms
}

func compareRecency(a, b *table.Room) int {
	switch x, y := (rank{a.Membership, a.Recency, a.ID}), (rank{b.Membership, b.Recency, b.ID}); {
	case x.before(y):
		return -1
	case y.before(x):
		return 1
	}
	return 0
}

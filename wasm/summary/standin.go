package summary

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// MaxUpgrades is how many upgrades of a room are followed.
const MaxUpgrades = 64

// StandIn returns the room that stands for another one: the last of its successors that
// the user is in, or itself. Each on the way names the next one, which says so too. A
// circle of rooms replaces nothing (FEATURES D-22).
func StandIn(r *table.Room, look func(event.RoomID) *table.Room) *table.Room {
	latest, at := r, r
	for range MaxUpgrades {
		if at.Successor == "" {
			return latest
		}
		next := look(at.Successor)
		if next == nil || next.Predecessor != at.ID {
			return latest
		}
		if at = next; at.Membership == event.Join {
			latest = at
		}
	}
	return r
}

package roomlist

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/view"
)

// maxUpgrades is how many upgrades of a room are followed.
const maxUpgrades = 64

// replaced reports whether one that the user is in took a room's place: each on the way
// says so and the next one, too. A circle of rooms replaces nothing (FEATURES D-22).
func replaced(l *ledger.Ledger, r *table.Room) (joined bool) {
	for range maxUpgrades {
		if r.Successor == "" {
			return joined
		}
		next := l.Room(r.Successor)
		if next == nil || next.Predecessor != r.ID {
			return joined
		}
		joined = joined || next.Membership == event.Join
		r = next
	}
	return false
}

// hides reports whether the filter leaves a room out because it was replaced.
func (f *filter) hides(l *ledger.Ledger, r *table.Room) bool {
	return !f.Replaced && r.Membership == event.Join && replaced(l, r)
}

// moveReplaced shows or hides what a room replaced.
func (v *List) moveReplaced(tx *view.Tx[api.Room], r *table.Room) {
	for range maxUpgrades {
		if r = v.ledger.Room(r.Predecessor); r == nil {
			return
		}
		v.move(tx, r.ID, r)
	}
}

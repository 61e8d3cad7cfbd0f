package roomlist

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/view"
)

// hides reports whether the filter leaves a room out because it was replaced.
func (f *filter) hides(l *ledger.Ledger, r *table.Room) bool {
	return !f.Replaced && r.Membership == event.Join && summary.StandIn(r, l.Room) != r
}

// moveReplaced shows or hides what a room replaced.
func (v *List) moveReplaced(tx *view.Tx[api.Room], r *table.Room) {
	for range summary.MaxUpgrades {
		if r = v.ledger.Room(r.Predecessor); r == nil {
			return
		}
		v.move(tx, r.ID, r)
	}
}

package syncer

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// writeTimeline adds the timeline to the room's history, meets local echoes
// and lets new events move the room in the list.
func (w *roomWork) writeTimeline(t *ledger.Turn, p *pass, before map[event.UserID]event.Profile) {
	if len(w.timeline) == 0 && !w.limited {
		return
	}
	entries := history.SyncProfiles(w.timeline, p.me, func(user event.UserID) event.Profile { return before[user] })
	w.meetEchoes(t, p.me, entries)
	stored := t.History(w.room)
	added := history.Append(stored, history.SyncPage{
		Entries: entries, Limited: w.limited, PrevBatch: w.prev, Since: p.since,
	})
	t.ChangeHistory(w.room, added.Change)
	if w.limited {
		t.ForgetSent(w.room.ID)
		// Lazy loading does not tell who came and went in a gap (FEATURES D-01).
		w.room.FullMembers = false
	}
	summary.ApplyEvents(w.room, added.New, p.now, p.live)
	if w.room.Last == nil && !w.limited {
		w.room.Last = summary.Latest(slices.Concat(stored.Tail, added.New))
	}
}

// meetEchoes takes the local echoes of what this device sent out of the outbox
// and gives their transaction ids to events that only the event id tells
// (FEATURES D-09).
func (w *roomWork) meetEchoes(t *ledger.Turn, me event.UserID, entries []table.Entry) {
	for i := range entries {
		e := &entries[i]
		if e.Sender != me {
			continue
		}
		if txn := t.TakeEcho(w.room.ID, e.Txn, e.ID); txn != "" {
			e.Txn = txn
		}
	}
}

package syncer

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// entries gives each event of the timeline its sender's profile at the time.
// known tells what is stored; it must be asked before the new state is.
func (w *roomWork) entries(me event.UserID, known members) []table.Entry {
	before := w.profilesBefore(known)
	return history.SyncProfiles(w.timeline, me, func(user event.UserID) event.Profile { return before[user] })
}

// eachOnce leaves the first of those entries that have one id, as history does.
// A parcel has few.
func eachOnce(entries []table.Entry) []table.Entry {
	kept := entries[:0]
next:
	for i := range entries {
		for j := range kept {
			if kept[j].ID == entries[i].ID {
				continue next
			}
		}
		kept = append(kept, entries[i])
	}
	return kept
}

// storeTimeline adds the timeline to the room's history and returns what of it
// was not known.
func (w *roomWork) storeTimeline(t *ledger.Turn, since string, entries []table.Entry) []table.Entry {
	if len(w.timeline) == 0 && !w.limited {
		return nil
	}
	added := history.Append(t.History(w.room), history.SyncPage{
		Entries: entries, Limited: w.limited, PrevBatch: w.prev, Since: since,
	})
	t.ChangeHistory(w.room, added.Change)
	return added.New
}

// showTimeline lets new events move the room in the list.
func (w *roomWork) showTimeline(t *ledger.Turn, p *pass, added []table.Entry) {
	if w.limited {
		t.ForgetSent(w.room.ID)
		// Lazy loading does not tell who came and went in a gap (FEATURES D-01).
		w.room.FullMembers = false
	}
	plains := t.Plains(w.room.ID)
	opened := plains.Of(added)
	summary.ApplyEvents(w.room, opened, p.now, p.live)
	if w.room.Last == nil && !w.limited && len(w.timeline) > 0 {
		w.room.Last = summary.Latest(slices.Concat(t.History(w.room).Tail, opened))
	}
	summary.ApplyEdits(w.room, trusted(w.room, plains, opened))
}

// trusted are the events that may change others of the room: in an encrypted one
// those that came encrypted.
func trusted(room *table.Room, plains ledger.Plains, opened []table.Entry) []table.Entry {
	if !room.Encrypted {
		return opened
	}
	var sealed []table.Entry
	for i := range opened {
		if p := plains[opened[i].ID]; p != nil && p.Failure == "" {
			sealed = append(sealed, opened[i])
		}
	}
	return sealed
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

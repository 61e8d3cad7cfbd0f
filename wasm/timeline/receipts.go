package timeline

import (
	"cmp"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/table"
)

// reader is another user who read.
type reader struct {
	// receipts by thread: unthreaded and main.
	receipts map[string]table.Receipt
	// at is the row where the receipt stands, nil where it cannot be shown; ts
	// is when.
	at *row
	ts int64
}

// setReceipt takes a receipt that moved.
func (t *Timeline) setReceipt(r table.Receipt) {
	if r.UserID == t.me || r.UserID == "" || r.Kind != "m.read" || r.Thread != "" && r.Thread != t.ownThread() {
		return
	}
	who := t.readers[r.UserID]
	if who == nil {
		who = &reader{receipts: map[string]table.Receipt{}}
		t.readers[r.UserID] = who
	}
	if old := who.receipts[r.Thread].EventID; old != "" && old != who.receipts[t.other(r.Thread)].EventID {
		t.awaited[old] = without(t.awaited[old], r.UserID)
		if len(t.awaited[old]) == 0 {
			delete(t.awaited, old)
		}
	}
	who.receipts[r.Thread] = r
	t.awaited[r.EventID] = appendOnce(t.awaited[r.EventID], r.UserID)
	t.placeReader(r.UserID)
}

// ownThread is what threaded receipts call what is shown.
func (t *Timeline) ownThread() string {
	if t.thread != "" {
		return string(t.thread)
	}
	return "main"
}

// other is the second of the two kinds of threads that are looked at.
func (t *Timeline) other(thread string) string {
	if thread == "" {
		return t.ownThread()
	}
	return ""
}

func without(users []event.UserID, user event.UserID) []event.UserID {
	return slices.DeleteFunc(users, func(u event.UserID) bool { return u == user })
}

func appendOnce(users []event.UserID, user event.UserID) []event.UserID {
	if slices.Contains(users, user) {
		return users
	}
	return append(users, user)
}

// placeReader puts a user's receipt where it belongs: at the later of their
// receipts in the order of the timeline (FEATURES D-07), and there at the
// nearest event that is shown. Who has spoken since has read up to there, and
// that shows by itself.
func (t *Timeline) placeReader(user event.UserID) {
	who := t.readers[user]
	if who == nil {
		return
	}
	var at *row
	var ts int64
	for _, r := range who.receipts {
		if row := t.rows[r.EventID]; row != nil && (at == nil || at.before(row)) {
			at, ts = row, r.TS
		}
	}
	if last := t.spoke[user]; at != nil && last != nil && at.before(last) {
		at = nil
	}
	at = t.shownAt(at)
	if at == who.at && ts == who.ts {
		return
	}
	if who.at != nil {
		old := who.at.section
		old.readers[who.at.id] = without(old.readers[who.at.id], user)
		old.dirty = true
	}
	who.at, who.ts = at, ts
	if at != nil {
		at.section.readers[at.id] = append(at.section.readers[at.id], user)
		at.section.dirty = true
	}
}

// placeReaders places everybody, after older events were loaded.
func (t *Timeline) placeReaders() {
	for user := range t.readers {
		t.placeReader(user)
	}
}

// shift places everybody where what is shown is not what it was.
func (t *Timeline) shift() {
	if !t.shifted {
		return
	}
	t.shifted = false
	clear(t.spoke)
	for _, s := range t.sections {
		for _, r := range s.rows {
			if r.item != nil {
				t.spoke[r.sender] = r
			}
		}
	}
	t.placeReaders()
}

// shownAt returns the row itself or the nearest older one that is shown.
func (t *Timeline) shownAt(r *row) *row {
	if r == nil || r.item != nil {
		return r
	}
	i, _ := t.find(r.section.id)
	for at := r.at; i >= 0; i-- {
		rows := t.sections[i].rows
		if r.section != t.sections[i] {
			at = len(rows) - 1
		}
		for ; at >= 0; at-- {
			if rows[at].item != nil {
				return rows[at]
			}
		}
	}
	return nil
}

// withReceipts returns the row's item as it is shown.
func (s *section) withReceipts(r *row) *api.EventItem {
	users := s.readers[r.id]
	if len(users) == 0 || r.entry == nil {
		return r.item
	}
	item := *r.item
	item.Receipts = make([]api.ReadReceipt, len(users))
	for i, user := range users {
		item.Receipts[i] = api.ReadReceipt{Person: s.timeline.names.member(user), TS: s.timeline.readers[user].ts}
	}
	order.Sort(item.Receipts, func(a, b api.ReadReceipt) int {
		return cmp.Or(cmp.Compare(a.TS, b.TS), cmp.Compare(a.Person.ID, b.Person.ID))
	})
	return &item
}

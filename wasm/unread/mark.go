package unread

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/table"
)

// Wrote is the kind of receipt that an event stands for which the user sent: a
// server need not count it as one.
const Wrote = "wrote"

// maxRead bounds for how many threads it is remembered how far the user read.
const maxRead = 32

// remember remembers how far the user read, for what comes out of a gap later: of
// the threads that a receipt is for the furthest counts.
func remember(u *table.Unread, r table.Receipt, order Order) {
	place, _ := order(r.EventID)
	later := func(p table.Receipt) bool {
		at, known := order(p.EventID)
		return known && at > place
	}
	if slices.ContainsFunc(u.Read, func(p table.Receipt) bool { return includes(p, r) && (p.EventID == r.EventID || later(p)) }) {
		return
	}
	u.Read = slices.DeleteFunc(u.Read, func(p table.Receipt) bool { return includes(r, p) && !later(p) })
	i := slices.IndexFunc(u.Read, later)
	if i < 0 {
		i = len(u.Read)
	}
	u.Read = slices.Insert(u.Read, i, table.Receipt{EventID: r.EventID, Kind: r.Kind, Thread: r.Thread, TS: r.TS})
	if len(u.Read) > maxRead { // what lies before the second is not told apart any more
		u.Read = slices.Delete(u.Read, 0, 1)
		u.Read[0].Thread = ""
	}
}

// includes reports whether a receipt makes another superfluous that is not later.
func includes(r, other table.Receipt) bool {
	return (r.Thread == "" || r.Thread == other.Thread) && (r.Kind != Wrote || other.Kind == Wrote)
}

// isRead reports whether an event of a known place is before what the user read by
// a receipt; isAnswered, before what the user wrote.
func isRead(u *table.Unread, e *table.UnreadEvent, order Order) bool {
	return isCovered(u, e, order, false)
}

func isAnswered(u *table.Unread, e *table.UnreadEvent, order Order) bool {
	return isCovered(u, e, order, true)
}

func isCovered(u *table.Unread, e *table.UnreadEvent, order Order, wrote bool) bool {
	place, _ := order(e.ID)
	return slices.ContainsFunc(u.Read, func(r table.Receipt) bool {
		if (r.Kind == Wrote) != wrote || !Covers(r.Thread, e.Thread) {
			return false
		}
		if at, known := order(r.EventID); known {
			return place <= at
		}
		return e.TS <= r.TS
	})
}

// isBehind reports whether an event is behind anything that the user read, in
// whatever thread.
func isBehind(u *table.Unread, e *table.UnreadEvent, order Order) bool {
	place, _ := order(e.ID)
	for _, r := range slices.Concat(u.Read, u.Dangling) {
		at, known := order(r.EventID)
		if known && at < place || !known && r.TS < e.TS {
			return true
		}
	}
	return false
}

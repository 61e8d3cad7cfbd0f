package unread

import "github.com/alcove-chat/alcove/wasm/table"

// Wrote is the kind of receipt that an event stands for which the user sent: a
// server need not count it as one.
const Wrote = "wrote"

// maxRead bounds for how many threads it is remembered how far the user read.
const maxRead = 32

// remember remembers how far the user read, for what comes out of a gap later: of
// the threads that a receipt is for the furthest counts.
func remember(u *table.Unread, r table.Receipt, order Order) {
	place, _ := order(r.EventID)
	kept, i, needed := u.Read[:0], 0, true
	for k := range u.Read {
		p := &u.Read[k]
		at, known := order(p.EventID)
		later := known && at > place
		switch {
		case includes(p, &r) && (later || p.EventID == r.EventID):
			needed = false
		case includes(&r, p) && !later:
			continue
		case !later:
			i = len(kept) + 1
		}
		kept = append(kept, *p)
	}
	if u.Read = kept; !needed {
		return
	}
	r.UserID = "" // who that is goes without saying
	u.Read = append(u.Read, r)
	copy(u.Read[i+1:], u.Read[i:])
	u.Read[i] = r
	if len(u.Read) > maxRead { // what lies before the second is not told apart any more
		u.Read = u.Read[1:]
		u.Read[0].Thread = ""
	}
}

// includes reports whether a receipt makes another superfluous that is not later.
//
//go:noinline
func includes(r, other *table.Receipt) bool {
	return (r.Thread == "" || r.Thread == other.Thread) && (r.Kind != Wrote || other.Kind == Wrote)
}

// isRead reports whether an event of a known place is before what the user read by
// a receipt, or, with wrote, before what they wrote.
func isRead(u *table.Unread, e *table.UnreadEvent, order Order, wrote bool) bool {
	place, _ := order(e.ID)
	for i := range u.Read {
		r := &u.Read[i]
		if (r.Kind == Wrote) != wrote || !Covers(r.Thread, e.Thread) {
			continue
		}
		if at, known := order(r.EventID); known && place <= at || !known && e.TS <= r.TS {
			return true
		}
	}
	return false
}

// isBehind reports whether an event is behind anything that the user read, in
// whatever thread.
func isBehind(u *table.Unread, e *table.UnreadEvent, order Order) bool {
	place, _ := order(e.ID)
	for _, list := range [...][]table.Receipt{u.Read, u.Dangling} {
		for i := range list {
			if at, known := order(list[i].EventID); known && at < place || !known && list[i].TS < e.TS {
				return true
			}
		}
	}
	return false
}

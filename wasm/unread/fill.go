package unread

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Meet gives receipts their place whose events came out of a gap.
func Meet(u *table.Unread, order Order) {
	for i := 0; i < len(u.Dangling); {
		r := u.Dangling[i]
		if _, known := order(r.EventID); !known {
			i++
			continue
		}
		u.Dangling = slices.Delete(u.Dangling, i, i+1)
		Read(u, r, order)
	}
	if len(u.Dangling) == 0 {
		u.Dangling = nil
	}
}

// Open leaves of what came out of a gap what no receipt covers.
func Open(u *table.Unread, filled []table.UnreadEvent, order Order) []table.UnreadEvent {
	open := filled[:0]
	for i := range filled {
		e := &filled[i]
		if _, known := order(e.ID); known && at(u, e.ID) < 0 && !isRead(u, e, order, false) {
			open = append(open, *e)
		}
	}
	return open
}

// Fill lists what came out of a gap and was judged since, oldest first, in the
// place of what the server counted for it; last says that no gap is behind it. A
// gap is filled from its end: of what it holds the server's number is for the
// newest.
func Fill(u *table.Unread, filled []table.UnreadEvent, order Order, last bool) {
	for i := len(filled) - 1; i >= 0; i-- {
		e := &filled[i]
		if e.Marks != 0 && takeOver(u, e, order, last) && !isRead(u, e, order, true) {
			list(u, e, order)
		}
	}
	u.Rest = slices.DeleteFunc(u.Rest, func(r table.UnreadRest) bool { return r.Counts+r.Highlights == 0 })
}

// takeOver takes an event out of the server's number, and reports whether no receipt
// covers it. One that the server would count and does not was read where nobody saw
// it. Of one that it never counts nobody can say, unless something before it was
// read.
func takeOver(u *table.Unread, e *table.UnreadEvent, order Order, last bool) bool {
	if e.Marks&table.ServerCounts == 0 {
		return isBehind(u, e, order) && !isDoubtful(u, e)
	}
	i := restOf(u, e.Thread)
	if i < 0 || u.Rest[i].Counts <= u.Rest[i].Judged || !last && isDoubtful(u, e) {
		return false
	}
	u.Rest[i] = without(u.Rest[i], e.Marks)
	return true
}

// list puts an event in its place.
func list(u *table.Unread, e *table.UnreadEvent, order Order) {
	place, _ := order(e.ID)
	i := 0
	for ; i < len(u.Events); i++ {
		if at, known := order(u.Events[i].ID); known && at > place {
			break
		}
	}
	u.Events = append(u.Events, *e)
	copy(u.Events[i+1:], u.Events[i:])
	u.Events[i] = *e
}

// isDoubtful reports whether a receipt for what is not known may cover an event.
func isDoubtful(u *table.Unread, e *table.UnreadEvent) bool {
	for i := range u.Dangling {
		if r := &u.Dangling[i]; Covers(r.Thread, e.Thread) && e.TS <= r.TS {
			return true
		}
	}
	return false
}

//go:noinline
func restOf(u *table.Unread, thread event.EventID) int {
	for i := range u.Rest {
		if u.Rest[i].Thread == thread {
			return i
		}
	}
	return -1
}

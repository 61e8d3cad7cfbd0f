package unread

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Covers reports whether a receipt for a thread, "" for all, is for what is in
// that one, of which the root is "" for none.
//
//go:noinline
func Covers(thread string, root event.EventID) bool {
	return thread == "" || thread == Main && root == "" || thread == string(root)
}

// ReadAll takes out what a receipt covers that is for the newest event.
func ReadAll(u *table.Unread, r table.Receipt) {
	u.Events = slices.DeleteFunc(u.Events, func(e table.UnreadEvent) bool { return Covers(r.Thread, e.Thread) })
	ReadUnlisted(u, r.Thread)
	remember(u, r, func(event.EventID) (int, bool) { return 0, false }) // all others are before it
}

// ReadUnlisted takes out of the server's number what a receipt covers.
func ReadUnlisted(u *table.Unread, thread string) {
	u.Rest = slices.DeleteFunc(u.Rest, func(r table.UnreadRest) bool { return Covers(thread, r.Thread) })
}

// Order tells where in the room's timeline an event stands: the larger the later.
type Order func(event.EventID) (place int, known bool)

// Read takes out what a receipt of the user covers. Where nobody knows where its
// event stands, time tells (FEATURES D-07), and it is kept for when that comes.
func Read(u *table.Unread, r table.Receipt, order Order) {
	target, known := order(r.EventID)
	if known {
		remember(u, r, order)
	} else {
		keep(u, r)
	}
	u.Events = slices.DeleteFunc(u.Events, func(e table.UnreadEvent) bool {
		if !Covers(r.Thread, e.Thread) {
			return false
		}
		if place, ok := order(e.ID); known && ok {
			return place <= target
		}
		return e.TS <= r.TS
	})
	if since, ok := order(u.Since); known && ok && since <= target {
		ReadUnlisted(u, r.Thread)
	}
}

// maxDangling bounds what is kept of receipts for unknown events.
const maxDangling = 4

// keep keeps the later of two dangling receipts for one thread.
func keep(u *table.Unread, r table.Receipt) {
	i := slices.IndexFunc(u.Dangling, func(d table.Receipt) bool { return d.Thread == r.Thread })
	switch {
	case i < 0:
		u.Dangling = append(u.Dangling, r)
	case u.Dangling[i].TS <= r.TS:
		u.Dangling[i] = r
	}
	if len(u.Dangling) > maxDangling {
		u.Dangling = slices.Delete(u.Dangling, 0, 1)
	}
}

// Came takes the dangling receipts for an event, which is the newest now.
func Came(u *table.Unread, id event.EventID) (threads []string) {
	u.Dangling = slices.DeleteFunc(u.Dangling, func(r table.Receipt) bool {
		if r.EventID == id {
			threads = append(threads, r.Thread)
		}
		return r.EventID == id
	})
	if len(u.Dangling) == 0 {
		u.Dangling = nil
	}
	return threads
}

// Counts are a server's, of each thread that has any.
type Counts []table.UnreadRest

// Of returns the counts of a thread.
func (c Counts) Of(thread event.EventID) (n table.UnreadRest) {
	for _, one := range c {
		if one.Thread == thread {
			return one
		}
	}
	return table.UnreadRest{Thread: thread}
}

// Anew takes what the server counts, after a gap, for what is not listed.
func Anew(u *table.Unread, served Counts, since event.EventID) {
	was := Counts(u.Rest)
	u.Rest, u.Since = nil, since
	for _, s := range served {
		r := unlisted(u, s)
		r.Judged = min(r.Counts, was.Of(s.Thread).Judged)
		u.Rest = append(u.Rest, r)
	}
	shrink(u, served)
}

// Served takes what the server counts now. It may be from before the user read.
func Served(u *table.Unread, served Counts) {
	for i, r := range u.Rest {
		s := unlisted(u, served.Of(r.Thread))
		u.Rest[i].Counts, u.Rest[i].Highlights = min(r.Counts, s.Counts), min(r.Highlights, s.Highlights)
	}
	shrink(u, served)
}

// unlisted returns what of a server's count is not listed.
func unlisted(u *table.Unread, s table.UnreadRest) table.UnreadRest {
	for i := range u.Events {
		if e := &u.Events[i]; e.Thread == s.Thread {
			s = without(s, e.Marks)
		}
	}
	return s
}

//go:noinline
func without(s table.UnreadRest, marks table.UnreadMarks) table.UnreadRest {
	if marks&table.ServerCounts != 0 {
		s.Counts = max(0, s.Counts-1)
	}
	if marks&table.ServerHighlights != 0 {
		s.Highlights = max(0, s.Highlights-1)
	}
	return s
}

// shrink drops what is 0; all of it where what is listed is all that a server
// counts which does not count by threads.
func shrink(u *table.Unread, served Counts) {
	var all table.UnreadRest
	for _, s := range served {
		all.Counts, all.Highlights = all.Counts+s.Counts, all.Highlights+s.Highlights
	}
	for i := range u.Events {
		all = without(all, u.Events[i].Marks)
	}
	u.Rest = slices.DeleteFunc(u.Rest, func(r table.UnreadRest) bool {
		return r.Counts+r.Highlights == 0 || all.Counts+all.Highlights == 0
	})
}

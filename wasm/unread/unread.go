// Package unread counts what a user has not read of a room, by the user's own
// rules and receipts, in each thread.
//
// What was judged is listed until it is read; what was not, because it lies in a
// gap or before the first sync, is the server's number (table.Unread.Rest). That
// number only ever shrinks until the next gap, so that an answer from before the
// user read cannot bring it back; and once it is 0 the server is not asked again.
// What comes out of a gap moves from the number to the list.
//
// Its law: pure functions over a record that the caller owns. Nothing is unread
// again that was read. It does not judge events and knows no storage.
package unread

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Main is the thread that receipts name for what is in none; a receipt without
// thread is for all (spec: threaded read receipts).
const Main = "main"

// Kept is how many events of a room are listed. Older ones are a number.
const Kept = 100

const ours = table.Counts | table.Highlights

// Add lists an event behind all others, if it counts for the user or the server, or
// may come to.
func Add(u *table.Unread, e table.UnreadEvent) {
	if e.Marks != 0 && at(u, e.ID) < 0 {
		u.Events = append(u.Events, e)
	}
}

// Judge makes an event count as it was judged anew, if it is not read.
func Judge(u *table.Unread, id event.EventID, marks table.UnreadMarks) {
	if i := at(u, id); i >= 0 {
		u.Events[i].Marks = marks
	}
}

// Remove takes out an event that was redacted.
func Remove(u *table.Unread, id event.EventID) {
	if i := at(u, id); i >= 0 {
		u.Events = slices.Delete(u.Events, i, i+1)
	}
}

// Ignore takes out what these users sent, by table.HashUser.
func Ignore(u *table.Unread, users map[uint64]bool) {
	u.Events = slices.DeleteFunc(u.Events, func(e table.UnreadEvent) bool { return users[e.By] })
}

// Doubt has all that is listed judged anew.
func Doubt(u *table.Unread) {
	for i := range u.Events {
		u.Events[i].Marks |= table.Doubted
	}
}

// Doubted returns what is to be judged anew.
func Doubted(u *table.Unread) (ids []event.EventID) {
	for i := range u.Events {
		if u.Events[i].Marks&table.Doubted != 0 {
			ids = append(ids, u.Events[i].ID)
		}
	}
	return ids
}

// Trust ends the doubt about these.
func Trust(u *table.Unread, ids []event.EventID) {
	for _, id := range ids {
		if i := at(u, id); i >= 0 {
			u.Events[i].Marks &^= table.Doubted
		}
	}
}

// What is called as often as at would take some kilobytes if it were inlined.
//
//go:noinline
func at(u *table.Unread, id event.EventID) int {
	for i := range u.Events {
		if u.Events[i].ID == id {
			return i
		}
	}
	return -1
}

// Settle ends a change: what counts for nobody goes, and of what is too much the
// oldest becomes a number.
func Settle(u *table.Unread) {
	if len(u.Rest) == 0 {
		u.Rest, u.Since = nil, ""
	}
	u.Events = slices.DeleteFunc(u.Events, func(e table.UnreadEvent) bool { return e.Marks == 0 })
	for len(u.Events) > Kept {
		unlist(u)
	}
	if len(u.Events) == 0 {
		u.Events = nil
	}
}

// unlist makes the oldest event a number, of those that stand out the last: what
// the server says of what is encrypted would make them ordinary.
func unlist(u *table.Unread) {
	i := 0
	for i < len(u.Events)-1 && u.Events[i].Marks&table.Highlights != 0 {
		i++
	}
	if i == len(u.Events)-1 {
		i = 0
	}
	e := &u.Events[i]
	if addRest(u, e); e.Marks&table.Counts != 0 {
		u.Rest[restOf(u, e.Thread)].Judged++
	}
	if at(u, u.Since) <= i {
		u.Since = u.Events[i+1].ID
	}
	u.Events = slices.Delete(u.Events, i, i+1)
}

func addRest(u *table.Unread, e *table.UnreadEvent) {
	i := restOf(u, e.Thread)
	if i < 0 {
		i = len(u.Rest)
		u.Rest = append(u.Rest, table.UnreadRest{Thread: e.Thread})
	}
	if e.Marks&table.Counts != 0 {
		u.Rest[i].Counts++
	}
	if e.Marks&table.Highlights != 0 {
		u.Rest[i].Highlights++
	}
}

// Total returns what all threads have together.
func Total(u *table.Unread) (counts, highlights int) {
	for _, r := range Threads(u) {
		counts, highlights = counts+r.Counts, highlights+r.Highlights
	}
	return counts, highlights
}

// Threads returns what is unread in each thread that has any of it.
func Threads(u *table.Unread) []table.UnreadRest {
	sum := table.Unread{Rest: slices.Clone(u.Rest)}
	for i := range u.Events {
		if u.Events[i].Marks&ours != 0 {
			addRest(&sum, &u.Events[i])
		}
	}
	return sum.Rest
}

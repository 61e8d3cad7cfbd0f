package table

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Unread is what the user has not read of a room; package unread has its rules.
// The zero Unread is that nothing is known, or all is read.
type Unread struct {
	// Events are those that count or may come to count, in the order of the timeline.
	Events []UnreadEvent
	// Rest is what the server counts besides, in gaps and before what was judged.
	Rest []UnreadRest
	// Since is the first event that was judged after Rest was; "" for none yet.
	Since event.EventID
	// Dangling are own receipts for events that are not known, in no order.
	Dangling []Receipt
	// Read are own receipts, and own events, that are the furthest for a thread, or
	// for all, in the order of the timeline, each with its place and time alone.
	Read []Receipt
}

// UnreadEvent is an event that was judged.
type UnreadEvent struct {
	ID event.EventID
	// Thread is the root of the thread it is in, "" for none.
	Thread event.EventID
	// By is HashUser of the sender.
	By    uint64
	TS    int64
	Marks UnreadMarks
}

// UnreadMarks is how an event counts.
type UnreadMarks uint8

// The marks, which are stored.
const (
	// Counts and Highlights say what the user's rules make of the event as it is read.
	Counts UnreadMarks = 1 << iota
	Highlights
	// ServerCounts and ServerHighlights say what the server makes of it, which sees
	// what is encrypted.
	ServerCounts
	ServerHighlights
	// Sealed is an event that could not be opened so far.
	Sealed
	// Doubted is one to be judged anew: nobody tried to open it, or the rules changed.
	Doubted
)

// UnreadRest is a number of events of a thread, "" for those in none.
type UnreadRest struct {
	Thread             event.EventID
	Counts, Highlights int
	// Judged is how many of Counts were judged and are too much to be listed.
	Judged int
}

// HashUser stands for a user.
func HashUser(id event.UserID) uint64 { return HashID(event.EventID(id)) }

// Clone returns a copy that may be changed.
func (u Unread) Clone() Unread {
	u.Events, u.Rest = slices.Clone(u.Events), slices.Clone(u.Rest)
	u.Dangling, u.Read = slices.Clone(u.Dangling), slices.Clone(u.Read)
	return u
}

func (w *writer) unread(u *Unread) {
	w.uint(uint64(len(u.Events)))
	for i := range u.Events {
		e := &u.Events[i]
		w.text(string(e.ID))
		w.text(string(e.Thread))
		w.fixed64(e.By)
		w.int(e.TS)
		w.uint(uint64(e.Marks))
	}
	w.uint(uint64(len(u.Rest)))
	for _, r := range u.Rest {
		w.text(string(r.Thread))
		w.uint(uint64(r.Counts))
		w.uint(uint64(r.Highlights))
		w.uint(uint64(r.Judged))
	}
	w.text(string(u.Since))
	w.receipts(u.Dangling)
	w.receipts(u.Read)
}

// unread reads what unread wrote; whole says that it has Read and Judged.
func (d *reader) unread(whole bool) (u Unread) {
	if n := d.count(12); n > 0 {
		u.Events = make([]UnreadEvent, n)
	}
	for i := range u.Events {
		u.Events[i] = UnreadEvent{
			ID: event.EventID(d.text()), Thread: event.EventID(d.text()), By: d.fixed64(), TS: d.int(), Marks: UnreadMarks(d.uint()),
		}
	}
	for range d.count(3) {
		r := UnreadRest{Thread: event.EventID(d.text()), Counts: int(d.uint()), Highlights: int(d.uint())}
		if whole {
			r.Judged = int(d.uint())
		}
		u.Rest = append(u.Rest, r)
	}
	u.Since = event.EventID(d.text())
	u.Dangling = d.receipts()
	if whole {
		u.Read = d.receipts()
	}
	return u
}

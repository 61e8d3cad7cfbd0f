package syncer

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// needsUnread names what judging and own receipts need.
func (w *roomWork) needsUnread(t *ledger.Turn, since string) {
	if len(w.timeline) > 0 {
		needJudge(t, w.room)
	}
	if len(w.timeline) > 0 && w.limited || w.unknown {
		return
	}
	news := &w.room.News
	for _, r := range ownReceipts(w.read, t.Me()) {
		if slices.ContainsFunc(w.timeline, func(e event.Event) bool { return e.ID == r.EventID }) {
			continue
		}
		all := since == "" || w.fresh || len(news.Events)+len(news.Rest) > 0
		if len(w.timeline) > 0 {
			t.NeedHistory(w.room, all)
		} else {
			t.NeedIndex(w.room, all)
		}
	}
}

func ownReceipts(all []table.Receipt, me event.UserID) (own []table.Receipt) {
	for i := range all {
		if all[i].UserID == me {
			own = append(own, all[i])
		}
	}
	return own
}

// countUnread takes in what a section says of what is unread. added are the events
// of its timeline that are new, at the end of the room's.
func (w *roomWork) countUnread(t *ledger.Turn, added []table.Entry) {
	news := &w.room.News
	if w.fresh {
		*news = table.Unread{}
	}
	own := ownReceipts(w.read, t.Me())
	here := func(r table.Receipt) bool { return indexOf(added, r.EventID) >= 0 }
	var elsewhere []table.Receipt
	for _, r := range own {
		if here(r) {
			news.Dangling = append(news.Dangling, r) // for a moment
		} else {
			elsewhere = append(elsewhere, r)
		}
	}
	walk := unreadWalk{room: w.room, at: [][]table.Entry{added, t.History(w.room).Tail, w.others}, added: added}
	if len(added) > 0 {
		walk.judge = newJudge(t, w.room)
		walk.take(t.Plains(w.room.ID))
	}
	if len(elsewhere) > 0 {
		var at []event.EventID
		for _, r := range elsewhere {
			at = append(at, r.EventID)
		}
		order := unread.InTimeline(news, at, t.History(w.room).Spans, added)
		for _, r := range elsewhere {
			unread.Read(news, r, order)
		}
	}
	w.takeServed(added, walk.read)
	showNews(w.room)
}

// takeServed takes the server's counts for what is not listed; read are the threads
// that were read up to an event of this section.
func (w *roomWork) takeServed(added []table.Entry, read []string) {
	news := &w.room.News
	served, told := w.served()
	if w.limited || w.fresh && w.prev != "" {
		unread.Anew(news, served, firstOf(news, added))
		for _, thread := range read {
			unread.ReadUnlisted(news, thread)
		}
	} else if told {
		unread.Served(news, served)
	}
	if len(news.Rest) > 0 && news.Since == "" {
		news.Since = firstOf(news, added)
	}
}

// firstOf returns the first of new events, of those that are listed where there is
// one: it can be told what that comes before.
func firstOf(news *table.Unread, added []table.Entry) event.EventID {
	for i := range added {
		if slices.ContainsFunc(news.Events, func(e table.UnreadEvent) bool { return e.ID == added[i].ID }) {
			return added[i].ID
		}
	}
	if len(added) == 0 {
		return ""
	}
	return added[0].ID
}

// served reads the server's counts.
func (w *roomWork) served() (all unread.Counts, told bool) {
	one := func(thread event.EventID, n scan.Value) {
		counts, highlights := countsIn(n)
		all = append(all, table.UnreadRest{Thread: thread, Counts: counts, Highlights: highlights})
	}
	one("", w.body.unread)
	for root, n := range w.body.threads.Members() {
		one(event.EventID(root.Text()), n)
	}
	return all, w.body.unread.Exists()
}

// showUnread shows the server's counts of a room that is packed; those of others
// are known by now.
func (w *roomWork) showUnread() {
	if w.packed && w.body.unread.Exists() {
		w.room.Unread, w.room.Highlights = countsIn(w.body.unread)
		for _, n := range w.body.threads.Members() {
			counts, highlights := countsIn(n)
			w.room.Unread, w.room.Highlights = w.room.Unread+counts, w.room.Highlights+highlights
		}
	}
	if w.kind == left {
		w.room.Unread, w.room.Highlights, w.room.News = 0, 0, table.Unread{}
	}
}

func countsIn(n scan.Value) (counts, highlights int) {
	return int(max(0, n.Get("notification_count").Int())), int(max(0, n.Get("highlight_count").Int()))
}

func indexOf(entries []table.Entry, id event.EventID) int {
	return slices.IndexFunc(entries, func(e table.Entry) bool { return e.ID == id })
}

// unreadWalk takes new events in, one after the other.
type unreadWalk struct {
	judge
	room  *table.Room
	added []table.Entry
	at    [][]table.Entry // where what they belong to may be
	read  []string        // threads that were read up to here
}

func (w *unreadWalk) take(plains ledger.Plains) {
	news := &w.room.News
	for i := range w.added {
		e := &w.added[i].Event
		if gone := e.Redacts(); gone != "" {
			unread.Remove(news, gone)
		}
		if e.Sender == w.me {
			if thread, ok := w.readBy(e); ok {
				w.readUpTo(e, thread, unread.Wrote)
			}
		} else if marks := w.marks(e, plains[e.ID]); marks != 0 {
			unread.Add(news, w.unread(e, marks))
		}
		for _, thread := range unread.Came(news, e.ID) {
			w.readUpTo(e, thread, "")
		}
	}
}

// unread lists an event.
func (w *unreadWalk) unread(e *event.Event, marks table.UnreadMarks) table.UnreadEvent {
	thread, _ := w.threadOf(e)
	return table.UnreadEvent{ID: e.ID, Thread: thread, By: table.HashUser(e.Sender), TS: e.TS, Marks: marks}
}

// readBy: who writes has read what is above it. What only belongs to an event
// that is not known may be in any thread, and redactions are in none.
func (w *unreadWalk) readBy(e *event.Event) (thread string, ok bool) {
	if e.Type == event.RoomRedaction {
		return "", false
	}
	root, ok := w.threadOf(e)
	return receiptThread(root), ok
}

func receiptThread(root event.EventID) string {
	if root == "" {
		return unread.Main
	}
	return string(root)
}

func (w *unreadWalk) readUpTo(e *event.Event, thread, kind string) {
	unread.ReadAll(&w.room.News, table.Receipt{EventID: e.ID, Kind: kind, Thread: thread, TS: e.TS})
	w.read = append(w.read, thread)
}

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
		order := unread.InTimeline(news, elsewhere, t.History(w.room).Spans, added)
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
		since := event.EventID("")
		if len(added) > 0 {
			since = added[0].ID
		}
		unread.Anew(news, served, since)
		for _, thread := range read {
			unread.ReadUnlisted(news, thread)
		}
	} else if told {
		unread.Served(news, served)
	}
	if len(news.Rest) > 0 && news.Since == "" && len(added) > 0 {
		news.Since = added[0].ID
	}
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
			w.takeOwn(e)
		} else if marks := w.marks(e, plains[e.ID]); marks != 0 {
			thread, _ := w.threadOf(e)
			unread.Add(news, table.UnreadEvent{ID: e.ID, Thread: thread, By: table.HashUser(e.Sender), TS: e.TS, Marks: marks})
		}
		for _, thread := range unread.Came(news, e.ID) {
			w.readUpTo(thread)
		}
	}
}

// takeOwn: who writes has read what is above it. What only belongs to an event
// that is not known may be in any thread, and redactions are in none.
func (w *unreadWalk) takeOwn(e *event.Event) {
	if e.Type == event.RoomRedaction {
		return
	}
	if root, ok := w.threadOf(e); ok {
		w.readUpTo(receiptThread(root))
	}
}

func receiptThread(root event.EventID) string {
	if root == "" {
		return unread.Main
	}
	return string(root)
}

func (w *unreadWalk) readUpTo(thread string) {
	unread.ReadAll(&w.room.News, thread)
	w.read = append(w.read, thread)
}

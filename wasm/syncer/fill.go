package syncer

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// Fill takes in what a page that was put into a gap says of what is unread: until
// then the server's number stood for it, which tells of what is encrypted neither
// whom it mentions nor what it is. The turn has decrypted the page.
func Fill(ctx context.Context, t *ledger.Turn, room *table.Room, page history.Prepended) error {
	if len(page.New) == 0 {
		return nil
	}
	added := slices.Clone(page.New)
	slices.Reverse(added)
	walk := unreadWalk{room: room, at: [][]table.Entry{added}, added: added}
	walk.me = t.Me()
	filled := walk.filled()
	news := &room.News
	spans := page.On(t.History(room).Spans)
	order := unread.InTimeline(news, walk.ids(), spans, nil)
	unread.Meet(news, order)
	for _, r := range walk.answers() {
		unread.Read(news, r, order)
	}
	if filled = unread.Open(news, filled, order); len(filled) > 0 {
		needJudge(t, room)
		if err := t.Fetch(ctx); err != nil {
			return err
		}
		walk.weigh(t, filled)
		unread.Fill(news, filled, order, isBehindGaps(spans, added[len(added)-1].ID))
	}
	walk.redact()
	showNews(room)
	return nil
}

// filled lists what others sent; weigh finds how it counts.
func (w *unreadWalk) filled() (all []table.UnreadEvent) {
	for i := range w.added {
		if e := &w.added[i].Event; e.Sender != w.me {
			all = append(all, w.unread(e, 0))
		}
	}
	return all
}

func (w *unreadWalk) weigh(t *ledger.Turn, filled []table.UnreadEvent) {
	w.judge = newJudge(t, w.room)
	plains := t.Plains(w.room.ID)
	for i := range filled {
		id := filled[i].ID
		filled[i].Marks = w.marks(w.find(id), plains[id])
	}
}

// answers are what the user sent, as the receipts that it stands for.
func (w *unreadWalk) answers() (all []table.Receipt) {
	for i := range w.added {
		if e := &w.added[i].Event; e.Sender == w.me {
			if thread, ok := w.readBy(e); ok {
				all = append(all, table.Receipt{EventID: e.ID, Kind: unread.Wrote, Thread: thread, TS: e.TS})
			}
		}
	}
	return all
}

func (w *unreadWalk) redact() {
	for i := range w.added {
		if gone := w.added[i].Redacts(); gone != "" {
			unread.Remove(&w.room.News, gone)
		}
	}
}

// isBehindGaps reports whether no gap is behind an event of a room.
func isBehindGaps(spans []table.Span, id event.EventID) bool {
	hash := table.HashID(id)
	for i := range spans {
		if slices.Contains(spans[i].Hashes, hash) {
			return true
		}
		if spans[i].Gap != nil {
			return false
		}
	}
	return false
}

func (w *unreadWalk) ids() (ids []event.EventID) {
	for i := range w.added {
		ids = append(ids, w.added[i].ID)
	}
	return ids
}

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
	walk := unreadWalk{room: room, at: [][]table.Entry{page.New}, added: page.New}
	walk.me = t.Me()
	ids, filled, answers := walk.sort()
	news := &room.News
	spans := page.On(t.History(room).Spans)
	order := unread.InTimeline(news, ids, spans, nil)
	unread.Meet(news, order)
	for i := range answers {
		unread.Read(news, answers[i], order)
	}
	if filled = unread.Open(news, filled, order); len(filled) > 0 {
		needJudge(t, room)
		if err := t.Fetch(ctx); err != nil {
			return err
		}
		walk.weigh(t, filled)
		unread.Fill(news, filled, order, isBehindGaps(spans, ids[len(ids)-1]))
	}
	for i := range page.New {
		if gone := page.New[i].Redacts(); gone != "" {
			unread.Remove(news, gone)
		}
	}
	showNews(room)
	return nil
}

// sort tells of what was added newest first, in the order of the timeline, what
// others sent, of which weigh finds how it counts, and what the user sent, as the
// receipts that it stands for.
func (w *unreadWalk) sort() (ids []event.EventID, others []table.UnreadEvent, answers []table.Receipt) {
	for i := len(w.added) - 1; i >= 0; i-- {
		e := &w.added[i].Event
		ids = append(ids, e.ID)
		if e.Sender != w.me {
			others = append(others, w.unread(e, 0))
		} else if thread, ok := w.readBy(e); ok {
			answers = append(answers, table.Receipt{EventID: e.ID, Kind: unread.Wrote, Thread: thread, TS: e.TS})
		}
	}
	return ids, others, answers
}

func (w *unreadWalk) weigh(t *ledger.Turn, filled []table.UnreadEvent) {
	w.judge = newJudge(t, w.room)
	plains := t.Plains(w.room.ID)
	for i := range filled {
		id := filled[i].ID
		filled[i].Marks = w.marks(w.find(id), plains[id])
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

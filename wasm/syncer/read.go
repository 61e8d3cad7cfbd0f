package syncer

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// Read takes out what the user reads of a room with a receipt, which the server
// need not have yet. With the newest event that is all.
func Read(ctx context.Context, t *ledger.Turn, room *table.Room, r table.Receipt) error {
	t.NeedIndex(room, true)
	if err := t.Fetch(ctx); err != nil {
		return err
	}
	news, spans := &room.News, t.History(room).Spans
	if isNewest(spans, r.EventID) {
		unread.ReadAll(news, r)
	} else {
		unread.Read(news, r, unread.InTimeline(news, []event.EventID{r.EventID}, spans, nil))
	}
	showNews(room)
	return nil
}

func isNewest(spans []table.Span, id event.EventID) bool {
	for i := range spans {
		if n := len(spans[i].Hashes); n > 0 {
			return spans[i].Hashes[n-1] == table.HashID(id)
		}
	}
	return false
}

// showNews shows what is unread after a change.
func showNews(room *table.Room) {
	unread.Settle(&room.News)
	room.Unread, room.Highlights = unread.Total(&room.News)
}

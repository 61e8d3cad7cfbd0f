package client

import (
	"context"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// ExplainUnread implements api.Client.
func (c *Client) ExplainUnread(ctx context.Context, p api.RoomParams) (report api.UnreadReport, err error) {
	a, err := c.inhabited()
	if err != nil {
		return report, err
	}
	err = a.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error {
		room := t.Room(p.RoomID)
		if room == nil {
			return errNoRoom
		}
		report = api.UnreadReport{
			Source: api.UnreadServer, Unread: room.Unread, Highlights: room.Highlights,
			Events: []api.UnreadEvent{}, Rest: threadUnread(room.News.Rest), Receipts: []api.OwnReceipt{},
		}
		if room.Packed {
			return nil
		}
		report.Source = api.UnreadOwn
		explained, err := syncer.Explain(ctx, t, room)
		for i := range explained {
			report.Events = append(report.Events, unreadEvent(&explained[i]))
		}
		return err
	})
	if err != nil || report.Source == api.UnreadServer {
		return report, err
	}
	report.Receipts, err = a.ownReceipts(ctx, p.RoomID)
	return report, err
}

func threadUnread(all []table.UnreadRest) []api.ThreadUnread {
	out := []api.ThreadUnread{}
	for _, r := range all {
		if r.Counts+r.Highlights > 0 {
			out = append(out, api.ThreadUnread{ID: r.Thread, Unread: r.Counts, Highlights: r.Highlights})
		}
	}
	return out
}

// unreadThreads are the threads of a room with something unread.
func unreadThreads(room *table.Room) (all []api.ThreadUnread) {
	for _, one := range threadUnread(unread.Threads(&room.News)) {
		if one.ID != "" {
			all = append(all, one)
		}
	}
	return all
}

func unreadEvent(e *syncer.Explained) api.UnreadEvent {
	return api.UnreadEvent{
		EventID: e.ID, Thread: e.Thread, TS: e.TS,
		Counts: e.Marks&table.Counts != 0, Highlight: e.Marks&table.Highlights != 0,
		Kind: api.RuleKind(e.Decision.Kind), Rule: e.Decision.RuleID,
		Sealed: e.Marks&table.Sealed != 0, ServerCounts: e.Marks&table.ServerCounts != 0,
	}
}

// ownReceipts reads the user's own receipts of a room.
func (a *account) ownReceipts(ctx context.Context, id event.RoomID) ([]api.OwnReceipt, error) {
	own := []api.OwnReceipt{}
	room := a.ledger.Room(id)
	if room == nil {
		return own, nil
	}
	_, results, err := a.ledger.Read(ctx, room,
		storage.ScanPrefix(table.Receipts, storage.U32(room.Short), 0), storage.ScanPrefix(table.TimelineIndex, table.TimelinePrefix(room.Short), 0))
	if err != nil {
		return nil, err
	}
	latest := map[string]table.Receipt{}
	for _, rec := range results[0] { // those that came with the room are first
		list, err := table.DecodeReceipts(rec.Value)
		if err != nil {
			continue
		}
		for _, r := range list {
			if r.UserID == a.ledger.Me() {
				latest[string(table.ReceiptKey(room.Short, &r))] = r
			}
		}
	}
	spans, _ := table.DecodeIndex(results[1])
	for _, r := range latest {
		own = append(own, api.OwnReceipt{Kind: r.Kind, Thread: r.Thread, EventID: r.EventID, TS: r.TS, Known: readOrder{spans: spans}.has(r.EventID)})
	}
	return own, nil
}

package client

import (
	"context"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
)

// MarkRead implements api.Client. What is read shows at once; the server is
// told after.
func (c *Client) MarkRead(ctx context.Context, p api.MarkReadParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	room := a.ledger.Room(p.RoomID)
	if room == nil {
		return errNoRoom
	}
	order, err := a.readOrder(ctx, room)
	if err != nil {
		return err
	}
	target := p.EventID
	if target == "" {
		target = order.newest
	}
	mark := readMark{target, p.Private}
	if target == "" || order.before(target, room.FullyRead) && (target != room.FullyRead || a.hasTold(p.RoomID, mark) && room.Unread+room.Highlights == 0) {
		return nil
	}
	if err := a.markRead(ctx, p.RoomID, target); err != nil {
		return err
	}
	if room.MarkedUnread {
		_ = c.SetMarkedUnread(ctx, api.SetMarkedUnreadParams{RoomID: p.RoomID})
	}
	return a.tell(ctx, server, p.RoomID, mark)
}

// tell tells the server of a mark. One that the network swallowed is told again
// once the server answers.
func (a *account) tell(ctx context.Context, server *homeserver.Client, room event.RoomID, mark readMark) error {
	markers := homeserver.ReadMarkers{FullyRead: mark.event, Public: mark.event}
	if mark.private {
		markers = homeserver.ReadMarkers{FullyRead: mark.event, Private: mark.event}
	}
	err := server.SetReadMarkers(ctx, room, markers)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil:
		a.told[room] = mark
		delete(a.untold, room)
	case homeserver.IsOffline(err):
		a.untold[room] = mark
	}
	return err
}

// tellAgain tells the server what it could not be told before.
func (a *account) tellAgain(ctx context.Context, server *homeserver.Client) {
	a.mu.Lock()
	marks := a.untold
	a.untold = map[event.RoomID]readMark{}
	a.mu.Unlock()
	for id, mark := range marks {
		// A later mark was told, or will be, for itself.
		if room := a.ledger.Room(id); room != nil && room.FullyRead == mark.event {
			_ = a.tell(ctx, server, id, mark)
		}
	}
}

// readMark is what the server was told about a room. The stored marker moves
// before that and even if it fails, so it does not say that the server knows.
type readMark struct {
	event   event.EventID
	private bool
}

func (a *account) hasTold(room event.RoomID, mark readMark) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.told[room] == mark
}

// readOrder tells which of two events of a room is later.
type readOrder struct {
	spans  []table.Span // newest first
	newest event.EventID
}

func (a *account) readOrder(ctx context.Context, room *table.Room) (readOrder, error) {
	prefix := table.TimelinePrefix(room.Short)
	_, res, err := a.ledger.Read(ctx, room, storage.ScanPrefix(table.TimelineIndex, prefix, 0), storage.ScanPrefix(table.Timeline, prefix, 1))
	if err != nil {
		return readOrder{}, err
	}
	var o readOrder
	o.spans, _ = table.DecodeIndex(res[0])
	for _, rec := range res[1] {
		if _, id, err := table.ParseTimelineKey(rec.Key); err == nil {
			if chunk, err := table.DecodeChunk(id, rec.Value); err == nil && len(chunk.Entries) > 0 {
				o.newest = chunk.Entries[len(chunk.Entries)-1].ID
			}
		}
	}
	return o, nil
}

// before reports that a is known to stand at or before b.
func (o readOrder) before(a, b event.EventID) bool {
	if a == b {
		return true
	}
	ha, hb := table.HashID(a), table.HashID(b)
	for _, span := range o.spans {
		for i := len(span.Hashes) - 1; i >= 0; i-- {
			switch span.Hashes[i] {
			case ha:
				return false
			case hb:
				return true
			}
		}
	}
	return false
}

// markRead moves the marker here before the server says so, and takes out what is
// read then.
func (a *account) markRead(ctx context.Context, id event.RoomID, target event.EventID) error {
	receipt := table.Receipt{EventID: target, TS: a.client.platform.Clock.Now().UnixMilli()}
	return a.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error {
		room := t.Room(id)
		if room == nil {
			return errNoRoom
		}
		room.FullyRead = target
		return syncer.Read(ctx, t, room, receipt)
	})
}

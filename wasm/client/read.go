package client

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/relation"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
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
	mark := readMark{event: p.EventID, private: p.Private}
	if mark.event == "" {
		mark.event = order.newestIn(p.Thread, room)
	}
	at := readPlace{p.RoomID, p.Thread}
	if mark.event == "" || a.isBehind(room, order, at, mark) {
		return nil
	}
	if err := a.markRead(ctx, at, mark.event); err != nil {
		return err
	}
	if room.MarkedUnread && at.marks() {
		_ = c.SetMarkedUnread(ctx, api.SetMarkedUnreadParams{RoomID: p.RoomID})
	}
	return a.tell(ctx, server, at, mark)
}

// readPlace is what is read: a room with all its threads, or one of these.
type readPlace struct {
	room   event.RoomID
	thread string
}

// marks reports whether the room's marker moves: it stands outside of threads.
func (p readPlace) marks() bool { return p.thread == "" || p.thread == unread.Main }

// readMark is what the server was told about a place. The stored marker moves
// before that and even if it fails, so it does not say that the server knows.
type readMark struct {
	event   event.EventID
	private bool
}

// isBehind reports whether a mark would move nothing.
func (a *account) isBehind(room *table.Room, order readOrder, at readPlace, mark readMark) bool {
	a.mu.Lock()
	told := a.told[at] == mark
	a.mu.Unlock()
	if !at.marks() || mark.event == room.FullyRead {
		return told && room.Unread+room.Highlights == 0
	}
	return order.before(mark.event, room.FullyRead)
}

// tell tells the server of a mark. One that the network swallowed is told again
// once the server answers.
func (a *account) tell(ctx context.Context, server *homeserver.Client, at readPlace, mark readMark) error {
	err := sendMark(ctx, server, at, mark)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil:
		a.told[at] = mark
		delete(a.untold, at)
	case homeserver.IsOffline(err):
		a.untold[at] = mark
	}
	return err
}

func sendMark(ctx context.Context, server *homeserver.Client, at readPlace, mark readMark) error {
	markers, kind := homeserver.ReadMarkers{FullyRead: mark.event, Public: mark.event}, homeserver.ReadPublic
	if mark.private {
		markers, kind = homeserver.ReadMarkers{FullyRead: mark.event, Private: mark.event}, homeserver.ReadPrivate
	}
	if at.thread == "" {
		return server.SetReadMarkers(ctx, at.room, markers)
	}
	if at.marks() {
		if err := server.SetReadMarkers(ctx, at.room, homeserver.ReadMarkers{FullyRead: mark.event}); err != nil {
			return err
		}
	}
	return server.SendReceipt(ctx, at.room, kind, mark.event, at.thread)
}

// tellAgain tells the server what it could not be told before.
func (a *account) tellAgain(ctx context.Context, server *homeserver.Client) {
	a.mu.Lock()
	marks := a.untold
	a.untold = map[readPlace]readMark{}
	a.mu.Unlock()
	for at, mark := range marks {
		// A later mark was told, or will be, for itself.
		if room := a.ledger.Room(at.room); room != nil && (!at.marks() || room.FullyRead == mark.event) {
			_ = a.tell(ctx, server, at, mark)
		}
	}
}

// readOrder tells which of two events of a room is later.
type readOrder struct {
	spans []table.Span  // newest first
	tail  []table.Entry // of the newest chunk
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
			if chunk, err := table.DecodeChunk(id, rec.Value); err == nil {
				o.tail = chunk.Entries
			}
		}
	}
	return o, nil
}

// newestIn returns the newest event of a thread that is at hand, which is the root
// where there is no other.
func (o readOrder) newestIn(thread string, room *table.Room) event.EventID {
	for i := range slices.Backward(o.tail) {
		if unread.Covers(thread, o.threadOf(&o.tail[i].Event)) {
			return o.tail[i].ID
		}
	}
	for _, e := range slices.Backward(room.News.Events) {
		if unread.Covers(thread, e.Thread) {
			return e.ID
		}
	}
	if thread == unread.Main {
		return ""
	}
	return event.EventID(thread)
}

// threadOf returns the root of the thread that an event is in as far as the newest
// chunk tells, "" for none.
func (o readOrder) threadOf(e *event.Event) event.EventID {
	for range relation.MaxHops + 1 {
		r := e.Relation()
		if r.Type == event.Thread {
			return r.ID
		}
		i := slices.IndexFunc(o.tail, func(e table.Entry) bool { return e.ID == r.ID })
		if i < 0 {
			break
		}
		e = &o.tail[i].Event
	}
	return ""
}

func (o readOrder) has(id event.EventID) bool {
	hash := table.HashID(id)
	return slices.ContainsFunc(o.spans, func(s table.Span) bool { return slices.Contains(s.Hashes, hash) })
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
func (a *account) markRead(ctx context.Context, at readPlace, target event.EventID) error {
	receipt := table.Receipt{EventID: target, Thread: at.thread, TS: a.client.platform.Clock.Now().UnixMilli()}
	return a.ledger.Update(ctx, func(ctx context.Context, t *ledger.Turn) error {
		room := t.Room(at.room)
		if room == nil {
			return errNoRoom
		}
		if at.marks() {
			room.FullyRead = target
		}
		return syncer.Read(ctx, t, room, receipt)
	})
}

package timeline

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// taking is a page that is being stored: how many of its events are to be shown,
// and how many are.
type taking struct{ limit, shown int }

// full reports that what is older waits in storage until it is asked for.
func (n *taking) full() bool { return n != nil && n.shown >= n.limit }

func (n *taking) add(events int) {
	if n != nil {
		n.shown += events
	}
}

// store takes a page in. It returns how many events are shown that were not
// there before: about limit, where the page has more.
func (t *Timeline) store(ctx context.Context, gap *opening, page homeserver.Messages, limit int) (shown int, err error) {
	n := &taking{limit: limit}
	defer t.setTaking(nil)
	err = t.ledger.Update(ctx, func(ctx context.Context, turn *ledger.Turn) error {
		t.setTaking(n)
		return t.storePage(ctx, turn, gap, page)
	})
	return n.shown, err
}

func (t *Timeline) setTaking(n *taking) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taking = n
}

func (t *Timeline) storePage(ctx context.Context, turn *ledger.Turn, gap *opening, page homeserver.Messages) error {
	room := turn.Room(t.room)
	if room == nil {
		return ErrUnknownRoom
	}
	events := parsePage(turn, page.Chunk)
	past := history.Past{
		Own: t.me, State: readEvents(page.State), Newer: t.entriesFrom(gap.at),
		Current: func(user event.UserID) event.Profile {
			_, p, _ := turn.State(room).Member(user)
			return p
		},
	}
	turn.NeedIndex(room, true)
	for _, user := range past.Strangers(events) {
		turn.NeedState(room, event.RoomMember, string(user))
	}
	if err := turn.Fetch(ctx); err != nil {
		return err
	}
	entries := history.Profiles(events, past)
	older := history.OlderPage{At: gap.at, From: gap.gap.From, Entries: entries}
	if page.End != "" {
		older.End = &page.End
	}
	got := history.Prepend(turn.History(room), older)
	t.meetEchoes(turn, got.Writes)
	if err := turn.Decrypt(ctx, map[event.RoomID][]event.Event{t.room: eventsOf(got.New)}); err != nil {
		return err
	}
	turn.ChangeHistory(room, got.Change)
	if t.filled == nil {
		return nil
	}
	return t.filled(ctx, turn, room, got)
}

func eventsOf(entries []table.Entry) []event.Event {
	events := make([]event.Event, len(entries))
	for i := range entries {
		events[i] = entries[i].Event
	}
	return events
}

// meetEchoes gives events that this device sent the transaction id of their
// local echo, where only the event id tells, and takes the echo out (FEATURES
// D-09).
func (t *Timeline) meetEchoes(turn *ledger.Turn, writes []history.Write) {
	for _, w := range writes {
		for i := range w.Entries {
			e := &w.Entries[i]
			if e.Sender != t.me {
				continue
			}
			if txn := turn.TakeEcho(t.room, e.Txn, e.ID); txn != "" {
				e.Txn = txn
			}
		}
	}
}

// parsePage reads the events of a page. What is none is set aside.
func parsePage(turn *ledger.Turn, chunk scan.Value) []event.Event {
	var events []event.Event
	for raw := range chunk.Items() {
		e, err := event.Parse(raw)
		if err != nil {
			turn.SetAside(raw)
			continue
		}
		events = append(events, e)
	}
	return events
}

// entriesFrom returns the stored events right after a gap, oldest first.
func (t *Timeline) entriesFrom(id table.ChunkID) []table.Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, ok := t.find(id)
	if !ok {
		return nil
	}
	var entries []table.Entry
	for _, r := range t.sections[i].rows {
		entries = append(entries, *r.entry)
	}
	return entries
}

package timeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/summary"
	"github.com/alcove-chat/alcove/wasm/table"
)

// detached is what a timeline has that shows what a server brings: events that are
// not stored, since nobody knows how they hang together with those that are. Turns
// tell it what comes, and what is new of what it shows.
type detached struct {
	source       source
	older, newer string
	// since is where the room ended before the source was asked: what is stored
	// behind it comes at the end of what is shown.
	since position
}

// position is a place in a room's history: so many events of a chunk.
type position struct {
	chunk  table.ChunkID
	events int
}

// live reports that nothing is missing between what is shown and the room's end.
func (d *detached) live() bool {
	_, list := d.source.(*pinned)
	return d.newer == "" && !list
}

// maxReach is how far from the room's end an event may be to be shown by loading
// all that is stored up to it.
const maxReach = 1000

// findSource decides what the timeline stands on: on what is stored, if that reaches to
// what is asked for, or on the server.
func (t *Timeline) findSource(ctx context.Context, c Config) (source, error) {
	room := t.ledger.Room(t.room)
	if room == nil {
		return nil, ErrUnknownRoom
	}
	if c.Pinned {
		ids, err := t.pinnedIDs(ctx, room)
		return &pinned{server: t.server, room: t.room, ids: ids}, err
	}
	if t.target == "" {
		return nil, nil
	}
	if t.thread == "" {
		if err := t.findOriginal(ctx); err != nil {
			return nil, err
		}
	}
	near, err := t.isNear(ctx, room)
	switch {
	case err != nil || near:
		return nil, err
	case t.thread != "":
		return &threaded{server: t.server, room: t.room, root: t.thread}, nil
	}
	return &around{server: t.server, room: t.room, id: t.target}, nil
}

func (t *Timeline) pinnedIDs(ctx context.Context, room *table.Room) ([]event.EventID, error) {
	state, err := t.ledger.ReadState(ctx, room, ledger.StateName{Type: event.RoomPinnedEvents})
	if err != nil {
		return nil, err
	}
	return summary.Pinned(state[0].Get("content")), nil
}

// isNear reports whether the target is stored, and all that came after it.
func (t *Timeline) isNear(ctx context.Context, room *table.Room) (bool, error) {
	spans, err := t.newestSpans(ctx, room, maxReach/table.ChunkEvents)
	if err != nil {
		return false, err
	}
	hash := table.HashID(t.target)
	for i := range spans {
		if slices.Contains(spans[i].Hashes, hash) {
			return true, nil
		}
		if spans[i].Gap != nil {
			break
		}
	}
	return false, nil
}

func (t *Timeline) newestSpans(ctx context.Context, room *table.Room, n int) ([]table.Span, error) {
	_, results, err := t.ledger.Read(ctx, room, storage.ScanPrefix(table.TimelineIndex, table.TimelinePrefix(room.Short), n))
	if err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	spans, _ := table.DecodeIndex(results[0])
	return spans, nil
}

// detach asks the source for its first window. Where the server cannot be reached,
// what is stored of a thread has to do.
func (t *Timeline) detach(ctx context.Context, s source, limit int) (window, error) {
	spans, err := t.newestSpans(ctx, t.ledger.Room(t.room), 1)
	if err != nil {
		return window{}, err
	}
	d := &detached{source: s}
	if len(spans) > 0 {
		d.since = position{spans[0].ChunkID, len(spans[0].Hashes)}
	}
	w, err := s.open(ctx, limit)
	if err == nil {
		d.older, d.newer = w.older, w.newer
		t.detached, t.target = d, cmp.Or(w.at, t.target)
	} else if t.thread != "" && homeserver.IsOffline(err) {
		err = nil
	}
	return w, err
}

// loadWindow opens the view on a window of the server.
func (t *Timeline) loadWindow(ctx context.Context, w window) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reset()
	room := t.ledger.Room(t.room)
	if room == nil {
		return ErrUnknownRoom
	}
	t.short, t.power.version = room.Short, room.Version
	prefix := table.TimelinePrefix(room.Short)
	room, results, err := t.ledger.Read(ctx, room, storage.ScanPrefix(table.State, prefix, 0),
		storage.ScanPrefix(table.Receipts, prefix, 0), storage.ScanPrefix(table.Timeline, prefix, 2))
	if err != nil {
		return fmt.Errorf("load timeline: %w", err)
	}
	t.takeMembers(room, results[0])
	if err := t.takeWindow(ctx, w, false); err != nil {
		return err
	}
	var missed []history.Write
	for _, rec := range slices.Backward(results[2]) {
		if _, id, err := table.ParseTimelineKey(rec.Key); err == nil {
			if chunk, err := table.DecodeChunk(id, rec.Value); err == nil {
				missed = append(missed, history.Write{Span: table.Span{ChunkID: id}, Entries: chunk.Entries})
			}
		}
	}
	t.follow(missed)
	t.takeReceipts(results[1])
	t.setEchoes(t.ledger.Outbox(t.room))
	t.refresh()
	return nil
}

// takeWindow adds a window at one of the ends of what is shown.
func (t *Timeline) takeWindow(ctx context.Context, w window, forward bool) error {
	profiles := map[event.UserID]event.Profile{}
	for i := range w.members {
		if e := &w.members[i]; e.Type == event.RoomMember && e.StateKey != nil {
			profiles[event.UserID(*e.StateKey)] = event.ReadProfile(e.Content())
		}
	}
	var entries []table.Entry
	for i := range w.events {
		e := table.Entry{Event: w.events[i], Profile: profiles[w.events[i].Sender]}
		if t.rows[e.ID] != nil || slices.ContainsFunc(entries, func(o table.Entry) bool { return o.ID == e.ID }) {
			continue
		}
		if e.Profile == (event.Profile{}) {
			e.Profile = t.names.members[e.Sender]
		}
		if e.Sender == t.me {
			e.Txn = e.TxnID()
		}
		entries = append(entries, e)
	}
	if len(entries) == 0 {
		return nil
	}
	if err := t.decrypt(ctx, []table.Chunk{{Entries: entries}}); err != nil {
		return err
	}
	t.addEntries(entries, forward)
	return nil
}

// addEntries makes a section of entries, at the end or at the beginning.
func (t *Timeline) addEntries(entries []table.Entry, atEnd bool) {
	id, at := table.ChunkID{Fragment: 1, Chunk: table.FirstChunk}, 0
	if n := len(t.sections); n > 0 && atEnd {
		at, id.Chunk = n, t.sections[n-1].id.Chunk+1
	} else if n > 0 {
		id.Chunk = t.sections[0].id.Chunk - 1
	}
	s := t.newSection(id)
	t.insert(at, s)
	s.fill(entries)
	t.sum(s)
	t.placeReaders()
}

// follow takes what turns bring: at the end what is new, if the end is shown, and
// else what says something of events that are.
func (t *Timeline) follow(writes []history.Write) {
	d := t.detached
	for _, w := range writes {
		if w.Span.ChunkID.Compare(d.since.chunk) < 0 {
			continue
		}
		from := 0
		if w.Span.ChunkID == d.since.chunk {
			from = min(d.since.events, len(w.Entries))
		} else if w.Span.Gap != nil && w.Span.ChunkID.Fragment != d.since.chunk.Fragment && d.live() {
			d.newer = w.Span.Gap.To // there is something between
		}
		if w.Entries == nil {
			continue
		}
		t.followNew(w.Entries[from:])
		d.since = position{w.Span.ChunkID, len(w.Entries)}
	}
}

func (t *Timeline) followNew(entries []table.Entry) {
	var added []table.Entry
	for _, e := range entries {
		rel := e.Relation()
		concerns := t.rows[rel.ID] != nil || t.rows[e.Redacts()] != nil || t.thread != "" && rel.ID == t.thread
		switch {
		case t.rows[e.ID] != nil:
		case t.detached.live() && (t.thread == "" || concerns):
			added = append(added, e)
		case concerns && e.Redacts() != "":
			t.relations.Redact(e.Redacts())
		case concerns:
			t.putApart(&e)
		}
	}
	if len(added) > 0 {
		t.addEntries(added, true)
	}
}

// paginateDetached loads windows before or behind what is shown.
func (t *Timeline) paginateDetached(ctx context.Context, limit int, forward bool) (result api.Paginated, err error) {
	for requests := 0; result.Loaded < limit && requests < maxRequests; requests++ {
		t.mu.Lock()
		d := t.detached
		token, dir := d.older, homeserver.Back
		if forward {
			token, dir = d.newer, homeserver.Forward
		}
		t.mu.Unlock()
		if token == "" {
			break
		}
		w, err := d.source.page(ctx, dir, token, max(limit, DefaultLimit))
		if err != nil {
			return result, err
		}
		n, err := t.takePage(ctx, w, forward)
		if err != nil {
			return result, err
		}
		result.Loaded += n
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	result.Start, result.End = t.detached.older == "", t.detached.newer == ""
	return result, nil
}

func (t *Timeline) takePage(ctx context.Context, w window, forward bool) (loaded int, err error) {
	return t.inTurn(ctx, func(ctx context.Context) error {
		if err := t.takeWindow(ctx, w, forward); err != nil {
			return err
		}
		if forward {
			t.detached.newer = w.newer
		} else {
			t.detached.older = w.older
		}
		return nil
	})
}

package timeline

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

// apart are events that are no rows and that rows need all the same: what a reply
// answers, the edit and the thread's latest that a server has bundled.
type apart struct {
	events map[event.EventID]*table.Entry
	// wanted are asked for next; asked were.
	wanted, asked map[event.EventID]bool
	// shut says that some were not decrypted yet.
	shut bool
	// unsummed are those of which it is not known what relates to them; summing says
	// that somebody finds out.
	unsummed []event.EventID
	summing  bool
}

func newApart() apart {
	return apart{
		events: map[event.EventID]*table.Entry{},
		wanted: map[event.EventID]bool{},
		asked:  map[event.EventID]bool{},
	}
}

func (a *apart) time(id event.EventID) int64 {
	if e := a.events[id]; e != nil {
		return e.TS
	}
	return 0
}

// want asks for an event that is not there.
func (a *apart) want(t *Timeline, id event.EventID) {
	if t.rowOf(id) == nil && a.events[id] == nil && !a.asked[id] {
		a.wanted[id] = true
	}
}

// putApart takes an event that is needed beside the rows.
func (t *Timeline) putApart(e *table.Entry) {
	if t.rows[e.ID] != nil || t.apart.events[e.ID] != nil {
		return
	}
	t.apart.events[e.ID] = e
	t.apart.shut = t.apart.shut || ledger.Encrypted(&e.Event) && t.plains[e.ID] == nil
	t.relations.Put(t.relating(e))
}

// maxQuotes is how many events are asked for at once.
const maxQuotes = 20

// fetchApart has events brought and opened that rows need. That reads and waits for
// the server, so it is not for the turn that found them.
func (t *Timeline) fetchApart() {
	a := &t.apart
	if !a.shut && len(a.wanted) == 0 {
		return
	}
	var ids []event.EventID
	for id := range a.wanted {
		if len(ids) < maxQuotes {
			ids = append(ids, id)
			a.asked[id] = true
			delete(a.wanted, id)
		}
	}
	a.shut = false
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	if !t.closed {
		t.flights.Go(func() { t.bring(t.ctx, ids) })
	}
}

// bring brings events, from storage or else from the server.
func (t *Timeline) bring(ctx context.Context, ids []event.EventID) {
	found, err := t.stored(ctx, ids)
	if err != nil {
		return
	}
	for _, id := range ids {
		if found[id] == nil {
			found[id] = t.askFor(ctx, id)
		}
	}
	t.takeApart(ctx, found)
}

// takeApart shows what was brought, and opens what is encrypted of it.
func (t *Timeline) takeApart(ctx context.Context, found map[event.EventID]*table.Entry) {
	_ = t.ledger.Update(ctx, func(ctx context.Context, _ *ledger.Turn) error {
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, e := range found {
			if e != nil {
				t.putApart(e)
			}
		}
		defer t.refresh()
		return t.openApart(ctx)
	})
}

func (t *Timeline) openApart(ctx context.Context) error {
	var sealed []event.Event
	for id, e := range t.apart.events {
		if ledger.Encrypted(&e.Event) && t.plains[id] == nil {
			sealed = append(sealed, e.Event)
		}
	}
	t.apart.shut = false // what cannot be opened waits for its key
	return t.open(ctx, sealed)
}

func (t *Timeline) stored(ctx context.Context, ids []event.EventID) (map[event.EventID]*table.Entry, error) {
	found := map[event.EventID]*table.Entry{}
	if len(ids) == 0 {
		return found, nil
	}
	err := t.ledger.Update(ctx, func(ctx context.Context, turn *ledger.Turn) error {
		stored, err := turn.ReadEntries(ctx, map[event.RoomID][]event.EventID{t.room: ids})
		for i := range stored[t.room] {
			e := &stored[t.room][i]
			found[e.ID] = e
		}
		return err
	})
	return found, err
}

// strange is an event of which it is not known who its sender was at the time.
func (t *Timeline) strange(e event.Event) *table.Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &table.Entry{Event: e, Profile: t.names.members[e.Sender]}
}

// askFor asks the server for an event. It is asked once, unless it could not be
// reached.
func (t *Timeline) askFor(ctx context.Context, id event.EventID) *table.Entry {
	raw, err := t.server.Event(ctx, t.room, id)
	if err == nil {
		if e, err := event.Parse(raw); err == nil && e.ID == id {
			return t.strange(e)
		}
		return nil
	}
	if homeserver.IsOffline(err) {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.apart.asked, id)
	}
	return nil
}

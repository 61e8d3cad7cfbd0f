package timeline

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/table"
)

// What a detached timeline shows is not followed by all that relates to it. A server
// sums up edits and threads with the events; reactions and votes it has to be asked
// for (FEATURES A.7), in the background, what is newest first.

const (
	// sumsAtOnce is how many events' relations are shown in one go.
	sumsAtOnce = 5
	// maxSum bounds what is asked for of one event, in pages of sumPage.
	maxSum  = 20
	sumPage = 100
)

// sum asks for what relates to the messages of a section.
func (t *Timeline) sum(s *section) {
	for _, r := range s.rows {
		if r.item != nil && r.item.StateKey == nil {
			t.apart.unsummed = append(t.apart.unsummed, r.id)
		}
	}
}

// fetchSums has one flight ask for all that is to be summed up.
func (t *Timeline) fetchSums() {
	if len(t.apart.unsummed) == 0 || t.apart.summing {
		return
	}
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	if !t.closed {
		t.apart.summing = true
		t.flights.Go(func() { t.sumUp(t.ctx) })
	}
}

func (t *Timeline) sumUp(ctx context.Context) {
	for {
		ids, kinds := t.nextSums()
		if len(ids) == 0 {
			return
		}
		found := map[event.EventID]*table.Entry{}
		for i, id := range ids {
			if err := t.relationsOf(ctx, id, kinds[i], found); homeserver.IsOffline(err) || ctx.Err() != nil {
				t.mu.Lock()
				t.apart.unsummed, t.apart.summing = append(t.apart.unsummed, ids...), false // with the next change
				t.mu.Unlock()
				return
			}
		}
		t.takeApart(ctx, found)
	}
}

// nextSums returns what to ask for next, and with it which relations.
func (t *Timeline) nextSums() (ids []event.EventID, kinds []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := &t.apart
	cut := max(0, len(a.unsummed)-sumsAtOnce)
	for _, id := range a.unsummed[cut:] {
		ids, kinds = append(ids, id), append(kinds, event.Annotation)
		if t.relations.Poll(id) != nil {
			ids, kinds = append(ids, id), append(kinds, event.Reference)
		}
	}
	a.unsummed = a.unsummed[:cut]
	a.summing = len(ids) > 0
	return ids, kinds
}

func (t *Timeline) relationsOf(ctx context.Context, id event.EventID, kind string, found map[event.EventID]*table.Entry) error {
	from := ""
	for range maxSum {
		page, err := t.server.Relations(ctx, t.room, id, homeserver.RelationsParams{Relation: kind, From: from, Limit: sumPage})
		if err != nil {
			return err
		}
		for _, e := range readEvents(page.Chunk) {
			if e.Relation().ID == id {
				found[e.ID] = t.strange(e)
			}
		}
		if from = page.Next; from == "" {
			break
		}
	}
	return nil
}

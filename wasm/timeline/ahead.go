package timeline

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// ahead is the page behind the one that is being taken in. Who reads a second
// page will read a third, and the server can look for it while this one is
// stored and shown. A timeline has one at most; it is stored when its turn comes,
// in the gap that it was asked for, or not at all.
//
// The longer somebody reads, the more is asked for at once: a hundred events cost
// the server, the network and the disk little more than fifty. What of it is not
// wanted yet waits in storage.
type ahead struct {
	gap    table.Gap
	cancel context.CancelFunc
	done   chan struct{}
	page   homeserver.Messages
	err    error
}

// maxPage is how many events are asked for at most.
const maxPage = 4 * table.ChunkEvents

// lookAhead asks for the page that follows one of this gap, which ended at end.
func (t *Timeline) lookAhead(ctx context.Context, gap table.Gap, end string) {
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	first := t.page == 0
	t.page = min(max(table.ChunkEvents, 2*t.page), maxPage)
	if first || t.closed || ctx.Err() != nil || end == "" || end == gap.From || end == gap.To {
		return
	}
	t.dropAhead()
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a := &ahead{gap: table.Gap{From: end, To: gap.To}, cancel: cancel, done: make(chan struct{})}
	t.ahead = a
	limit := t.page
	t.flights.Go(func() {
		defer close(a.done)
		a.page, a.err = t.request(run, a.gap, limit)
	})
}

// dropAhead takes back what nobody asked for yet. The caller holds flightMu.
func (t *Timeline) dropAhead() {
	if t.ahead != nil {
		t.ahead.cancel()
		t.ahead = nil
	}
}

// takeAhead returns what is on its way for this gap, or nil.
func (t *Timeline) takeAhead(gap table.Gap) *ahead {
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	a := t.ahead
	if a != nil && a.gap != gap {
		t.dropAhead()
		return nil
	}
	t.ahead = nil
	return a
}

// wait returns the page. ok is false if the server has to be asked again.
func (a *ahead) wait(ctx context.Context) (page homeserver.Messages, ok bool) {
	defer a.cancel()
	select {
	case <-a.done:
		return a.page, a.err == nil && ctx.Err() == nil
	case <-ctx.Done():
		return homeserver.Messages{}, false
	}
}

// pageOf returns the page before a gap, whether it is on its way or not.
func (t *Timeline) pageOf(ctx context.Context, gap table.Gap) (homeserver.Messages, error) {
	if a := t.takeAhead(gap); a != nil {
		if page, ok := a.wait(ctx); ok || ctx.Err() != nil {
			return page, ctx.Err()
		}
	}
	return t.request(ctx, gap, table.ChunkEvents)
}

// lazyMembers asks for the members that a page needs, so that its names are
// those of the time.
const lazyMembers = `{"lazy_load_members":true}`

func (t *Timeline) request(ctx context.Context, gap table.Gap, limit int) (homeserver.Messages, error) {
	page, err := t.server.Messages(ctx, t.room, homeserver.MessagesParams{
		From: gap.From, To: gap.To, Dir: homeserver.Back, Limit: limit, Filter: scan.Value(lazyMembers),
	})
	if err != nil {
		return page, fmt.Errorf("load older events: %w", err)
	}
	return page, nil
}

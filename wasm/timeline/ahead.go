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
type ahead struct {
	gap    table.Gap
	cancel context.CancelFunc
	done   chan struct{}
	page   homeserver.Messages
	err    error
}

// lookAhead asks for the page that follows one of this gap, which ended at end.
func (t *Timeline) lookAhead(ctx context.Context, gap table.Gap, end string) {
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	first := !t.reading
	t.reading = true
	if first || t.closed || ctx.Err() != nil || end == "" || end == gap.From || end == gap.To {
		return
	}
	t.dropAhead()
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a := &ahead{gap: table.Gap{From: end, To: gap.To}, cancel: cancel, done: make(chan struct{})}
	t.ahead = a
	t.flights.Go(func() {
		defer close(a.done)
		a.page, a.err = t.request(run, a.gap)
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

// page returns the page before a gap, whether it is on its way or not.
func (t *Timeline) page(ctx context.Context, gap table.Gap) (homeserver.Messages, error) {
	if a := t.takeAhead(gap); a != nil {
		if page, ok := a.wait(ctx); ok || ctx.Err() != nil {
			return page, ctx.Err()
		}
	}
	return t.request(ctx, gap)
}

// lazyMembers asks for the members that a page needs, so that its names are
// those of the time.
const lazyMembers = `{"lazy_load_members":true}`

func (t *Timeline) request(ctx context.Context, gap table.Gap) (homeserver.Messages, error) {
	page, err := t.server.Messages(ctx, t.room, homeserver.MessagesParams{
		From: gap.From, To: gap.To, Dir: homeserver.Back, Limit: table.ChunkEvents, Filter: scan.Value(lazyMembers),
	})
	if err != nil {
		return page, fmt.Errorf("load older events: %w", err)
	}
	return page, nil
}

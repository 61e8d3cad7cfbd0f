package timeline

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// maxRequests bounds one pagination: a server may answer with empty pages for
// ever, or with events that are not shown.
const maxRequests = 20

// flight is a pagination under way. It ends early when nobody waits for it.
type flight struct {
	done    chan struct{}
	forward bool
	cancel  context.CancelFunc
	waiters int
	result  api.Paginated
	err     error
}

// Paginate loads older events: into gaps that are shown, else at the top from
// storage, else from the server. Where the server cannot be reached it goes on
// with what is stored behind the gap. A second call joins the one under way.
func (t *Timeline) Paginate(ctx context.Context, limit int) (api.Paginated, error) {
	return t.fly(ctx, limit, false)
}

// Advance loads newer events, where the room's end is not shown.
func (t *Timeline) Advance(ctx context.Context, limit int) (api.Paginated, error) {
	return t.fly(ctx, limit, true)
}

func (t *Timeline) fly(ctx context.Context, limit int, forward bool) (api.Paginated, error) {
	f, err := t.board(ctx, orDefault(limit), forward)
	for err == nil && f.forward != forward { // it goes the other way: wait for it
		if _, err = t.ride(ctx, f); ctx.Err() == nil {
			f, err = t.board(ctx, orDefault(limit), forward)
		}
	}
	if err != nil {
		return api.Paginated{}, err
	}
	return t.ride(ctx, f)
}

func (t *Timeline) ride(ctx context.Context, f *flight) (api.Paginated, error) {
	select {
	case <-f.done:
		return f.result, f.err
	case <-ctx.Done():
		t.leave(f)
		return api.Paginated{}, ctx.Err()
	}
}

// board joins the pagination under way, or starts one.
func (t *Timeline) board(ctx context.Context, limit int, forward bool) (*flight, error) {
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	if t.closed {
		return nil, ErrClosed
	}
	if t.flight == nil {
		run, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f := &flight{done: make(chan struct{}), cancel: cancel, forward: forward}
		t.flight = f
		t.flights.Go(func() {
			defer cancel()
			f.result, f.err = t.loadBeyond(run, limit, forward)
			t.land(f)
			close(f.done)
		})
	}
	t.flight.waiters++
	return t.flight, nil
}

func (t *Timeline) leave(f *flight) {
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	if f.waiters--; f.waiters == 0 {
		f.cancel()
		t.dropAhead()
		if t.flight == f {
			t.flight = nil
		}
	}
}

func (t *Timeline) land(f *flight) {
	t.flightMu.Lock()
	defer t.flightMu.Unlock()
	if t.flight == f {
		t.flight = nil
	}
}

func (t *Timeline) loadBeyond(ctx context.Context, limit int, forward bool) (api.Paginated, error) {
	switch {
	case t.detached != nil:
		return t.paginateDetached(ctx, limit, forward)
	case forward:
		return api.Paginated{Start: t.whole(), End: true}, nil
	}
	return t.paginate(ctx, limit)
}

func (t *Timeline) paginate(ctx context.Context, limit int) (result api.Paginated, err error) {
	var away error // why the server cannot be asked
	for requests := 0; result.Loaded < limit && requests < maxRequests; {
		gap, more := t.next(away != nil)
		if !more {
			break
		}
		var n int
		if gap == nil {
			err = t.mended(ctx, func() (err error) {
				n, err = t.loadOlder(ctx, limit-result.Loaded, away != nil)
				return err
			})
		} else {
			requests++
			page, failed := t.ask(ctx, gap)
			if failed != nil && ctx.Err() == nil {
				away = failed
				continue
			}
			if err = failed; err == nil {
				t.lookAhead(ctx, gap.gap, page.End)
				n, err = t.store(ctx, gap, page, limit-result.Loaded)
			}
		}
		if err != nil {
			return result, err
		}
		result.Loaded += n
	}
	result.Start, result.End = t.whole(), true
	if result.Loaded == 0 && !result.Start {
		err = away
	}
	return result, err
}

// opening is a gap that the server is asked to fill.
type opening struct {
	at  table.ChunkID
	gap table.Gap
	// inside is an event so far behind it that all that is missing is before
	// that one, or "".
	inside event.EventID
}

// next says what to load: a gap, or, where it is nil, what is stored. more is
// false if neither is left.
func (t *Timeline) next(offline bool) (gap *opening, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rootLoaded() {
		return nil, false
	}
	if !offline {
		for i := len(t.sections) - 1; i >= 0; i-- {
			if s := t.sections[i]; s.gap != nil {
				return &opening{s.id, *s.gap, t.insideOf(i)}, true
			}
		}
	}
	return nil, !t.exhausted && len(t.sections) > 0 && !t.sections[0].start
}

// insideOf returns the event that is history.Overlap events behind the start of
// section i, or "".
func (t *Timeline) insideOf(i int) event.EventID {
	n := history.Overlap
	for _, s := range t.sections[i:] {
		if n < len(s.rows) {
			return s.rows[n].id
		}
		n -= len(s.rows)
	}
	return ""
}

// whole reports that everything from the room's start on is loaded.
func (t *Timeline) whole() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rootLoaded() {
		return true
	}
	for _, s := range t.sections {
		if s.gap != nil {
			return false
		}
	}
	return t.exhausted || len(t.sections) > 0 && t.sections[0].start
}

// rootLoaded reports that the whole thread that is shown is loaded: nothing of it
// is older than its root, where no gap is in between.
func (t *Timeline) rootLoaded() bool {
	root := t.rows[t.thread]
	if t.thread == "" || root == nil {
		return false
	}
	i, _ := t.find(root.section.id)
	for _, s := range t.sections[i+1:] {
		if s.gap != nil {
			return false
		}
	}
	return true
}

// loadOlder loads from storage.
func (t *Timeline) loadOlder(ctx context.Context, limit int, across bool) (loaded int, err error) {
	return t.inTurn(ctx, func(ctx context.Context) error { return t.loadMore(ctx, limit, across) })
}

// inTurn loads something and shows it. It takes a turn, so that no change is missed
// between reading and showing.
func (t *Timeline) inTurn(ctx context.Context, load func(context.Context) error) (loaded int, err error) {
	err = t.ledger.Update(ctx, func(ctx context.Context, _ *ledger.Turn) error {
		t.mu.Lock()
		defer t.mu.Unlock()
		before := t.shown()
		if err := load(ctx); err != nil {
			return err
		}
		t.refresh()
		loaded = t.shown() - before
		return nil
	})
	return loaded, err
}

// ask asks the server for the page before a gap.
func (t *Timeline) ask(ctx context.Context, gap *opening) (page homeserver.Messages, err error) {
	at := gap.gap
	if at.From == "" {
		if page, err = t.locate(ctx, gap.inside); err != nil || page.Chunk.Exists() {
			return page, err
		}
		at.From = page.End
	}
	return t.pageOf(ctx, at)
}

// locate finds where to ask for what is missing, which is all before an event:
// a page that ends there, and what it holds if that is more than nothing.
// Without the event it is where the sync has come to; never the room's end,
// where there may be events that the sync has yet to bring.
func (t *Timeline) locate(ctx context.Context, id event.EventID) (homeserver.Messages, error) {
	if id != "" {
		around, err := t.server.Context(ctx, t.room, id, 1, scan.Value(lazyMembers))
		switch {
		case err == nil && around.Start != "":
			page := homeserver.Messages{End: around.Start}
			for range around.Before.Items() {
				page.Chunk = around.Before
			}
			return page, nil
		case homeserver.IsOffline(err):
			return homeserver.Messages{}, fmt.Errorf("locate event: %w", err)
		}
	}
	return homeserver.Messages{End: t.ledger.NextBatch()}, nil
}

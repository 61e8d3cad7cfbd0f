package client

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// present is the account's server as it is when it is asked: a timeline
// outlives the end of a session.
type present struct{ *account }

func (p present) Messages(ctx context.Context, room event.RoomID, params homeserver.MessagesParams) (homeserver.Messages, error) {
	server, err := p.get()
	if err != nil {
		return homeserver.Messages{}, err
	}
	return server.Messages(ctx, room, params)
}

func (p present) Context(ctx context.Context, room event.RoomID, id event.EventID, limit int, filter scan.Value) (homeserver.Context, error) {
	server, err := p.get()
	if err != nil {
		return homeserver.Context{}, err
	}
	return server.Context(ctx, room, id, limit, filter)
}

func (p present) Event(ctx context.Context, room event.RoomID, id event.EventID) (scan.Value, error) {
	server, err := p.get()
	if err != nil {
		return nil, err
	}
	return server.Event(ctx, room, id)
}

func (p present) Relations(ctx context.Context, room event.RoomID, id event.EventID, params homeserver.RelationsParams) (homeserver.Relations, error) {
	server, err := p.get()
	if err != nil {
		return homeserver.Relations{}, err
	}
	return server.Relations(ctx, room, id, params)
}

func (p present) get() (*homeserver.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return nil, homeserver.ErrUnreachable
	}
	return p.server, nil
}

// openTimeline is an open timeline with its stream.
type openTimeline struct {
	api.Stream[api.ListUpdate[api.TimelineItem]]
	*timeline.Timeline
	account *account
	room    event.RoomID
	name    string
	nth     int // of those that were opened
}

// Close ends the stream and the timeline.
func (t *openTimeline) Close() {
	t.account.unlist(t)
	t.Stream.Close()
	t.Timeline.Close()
}

// unlist takes a timeline from the open ones, and lets the snapshot show
// another, if there is one.
func (a *account) unlist(t *openTimeline) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.timelines, t.name)
	var last *openTimeline
	for _, other := range a.timelines {
		if last == nil || other.nth > last.nth {
			last = other
		}
	}
	if last != nil && a.lastTimeline.CompareAndSwap(t, last) {
		a.stale.poke()
	}
}

// Timeline implements api.Client.
func (c *Client) Timeline(ctx context.Context, p api.TimelineParams) (api.Stream[api.ListUpdate[api.TimelineItem]], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	if moreThanOne(p.Thread != "", p.Event != "", p.Pinned) {
		return nil, errBadParams
	}
	if err := a.needRoom(ctx, p.RoomID, a.isSynced); err != nil {
		return nil, err
	}
	c.mu.Lock()
	zone := c.params.TimeZone
	c.mu.Unlock()
	t, err := timeline.Open(ctx, timeline.Config{Ledger: a.ledger, Server: present{a}, Room: p.RoomID, Filled: syncer.Fill, Thread: p.Thread, Event: p.Event, Pinned: p.Pinned, Zone: zone}, p.Limit)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.mayShow(a.timelines[p.View] != nil); err != nil {
		t.Close()
		return nil, err
	}
	a.openings++
	open := &openTimeline{Stream: t.Subscribe(), Timeline: t, account: a, room: p.RoomID, name: p.View, nth: a.openings}
	a.timelines[p.View] = open
	a.lastTimeline.Store(open)
	a.stale.poke()
	return open, nil
}

func moreThanOne(all ...bool) bool {
	return slices.Contains(all, true) && slices.Contains(all[slices.Index(all, true)+1:], true)
}

// Paginate implements api.Client.
func (c *Client) Paginate(ctx context.Context, p api.PaginateParams) (api.Paginated, error) {
	a, err := c.inhabited()
	if err != nil {
		return api.Paginated{}, err
	}
	a.mu.Lock()
	open := a.timelines[p.View]
	a.mu.Unlock()
	if open == nil {
		return api.Paginated{}, errNoView
	}
	if p.Forward {
		return open.Advance(ctx, p.Limit)
	}
	return open.Paginate(ctx, p.Limit)
}

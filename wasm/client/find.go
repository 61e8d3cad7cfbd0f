package client

import (
	"context"
	"errors"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// defaultFound is how many are found at once where nobody says, maxFound at most.
const (
	defaultFound = 20
	maxFound     = 100
)

func foundLimit(limit int) int {
	if limit <= 0 {
		return defaultFound
	}
	return min(limit, maxFound)
}

// Threads implements api.Client.
func (c *Client) Threads(ctx context.Context, p api.ThreadsParams) (api.Found, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.Found{}, err
	}
	page, err := server.Threads(ctx, p.RoomID, p.Participated, p.From, foundLimit(p.Limit))
	if err != nil {
		return api.Found{}, err
	}
	return c.found(ctx, a, p.RoomID, slices.Collect(page.Chunk.Items()), page.Next)
}

// Search implements api.Client.
func (c *Client) Search(ctx context.Context, p api.SearchParams) (api.Found, error) {
	a, server, err := c.signedIn()
	if err != nil {
		return api.Found{}, err
	}
	events, next, err := server.Search(ctx, p.RoomID, p.Text, p.From, foundLimit(p.Limit))
	if err != nil {
		return api.Found{}, err
	}
	return c.found(ctx, a, p.RoomID, events, next)
}

// found shows what a server found, in its order.
func (c *Client) found(ctx context.Context, a *account, room event.RoomID, raws []scan.Value, next string) (api.Found, error) {
	var events []event.Event
	for _, raw := range raws {
		if e, err := event.Parse(raw); err == nil {
			events = append(events, e)
		}
	}
	items, err := timeline.Show(ctx, timeline.Config{Ledger: a.ledger, Server: present{a}, Room: room}, events)
	return api.Found{Items: append([]api.TimelineItem{}, items...), Next: next}, err
}

// EventAt implements api.Client.
func (c *Client) EventAt(ctx context.Context, p api.EventAtParams) (api.EventAt, error) {
	_, server, err := c.signedIn()
	if err != nil {
		return api.EventAt{}, err
	}
	id, ts, err := server.EventAt(ctx, p.RoomID, p.TS, homeserver.Forward)
	if errors.Is(err, homeserver.ErrNotFound) {
		id, ts, err = server.EventAt(ctx, p.RoomID, p.TS, homeserver.Back)
	}
	return api.EventAt{EventID: id, TS: ts}, err
}

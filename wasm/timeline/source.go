package timeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// source brings what a timeline shows that does not stand on what is stored.
type source interface {
	// open brings the first window.
	open(ctx context.Context, limit int) (window, error)
	// page brings the window before, or behind, what a token stands for.
	page(ctx context.Context, dir homeserver.Direction, token string, limit int) (window, error)
}

// window is a run of events without a hole, oldest first. A token is "" where there
// is nothing further.
type window struct {
	events       []event.Event
	members      []event.Event
	older, newer string
	// at is the event that the window is around, or "".
	at event.EventID
}

// threaded shows a thread whose root is not stored.
type threaded struct {
	server Server
	room   event.RoomID
	root   event.EventID
}

func (s *threaded) open(ctx context.Context, limit int) (window, error) {
	return s.page(ctx, homeserver.Back, "", limit)
}

// page lists the thread from its end, and its root before all.
func (s *threaded) page(ctx context.Context, _ homeserver.Direction, token string, limit int) (window, error) {
	got, err := s.server.Relations(ctx, s.room, s.root, homeserver.RelationsParams{Relation: event.Thread, From: token, Limit: limit})
	if err != nil {
		return window{}, fmt.Errorf("load thread: %w", err)
	}
	w := window{events: readEvents(got.Chunk), older: got.Next}
	if w.older == "" {
		raw, err := s.server.Event(ctx, s.room, s.root)
		if err != nil {
			return window{}, fmt.Errorf("load thread's root: %w", err)
		}
		if e, err := event.Parse(raw); err == nil {
			w.events = append(w.events, e)
		}
	}
	slices.Reverse(w.events)
	return w, nil
}

// pinned shows a list of events.
type pinned struct {
	server Server
	room   event.RoomID
	ids    []event.EventID
}

func (s *pinned) open(ctx context.Context, _ int) (w window, err error) {
	for _, id := range s.ids {
		raw, failed := s.server.Event(ctx, s.room, id)
		if homeserver.IsOffline(failed) || ctx.Err() != nil {
			return window{}, fmt.Errorf("load pinned event: %w", failed)
		}
		if e, err := event.Parse(raw); failed == nil && err == nil && e.ID == id {
			w.events = append(w.events, e)
		}
	}
	return w, nil
}

func (s *pinned) page(context.Context, homeserver.Direction, string, int) (window, error) {
	return window{}, nil
}

func readEvents(list scan.Value) (events []event.Event) {
	for raw := range list.Items() {
		if e, err := event.Parse(raw); err == nil {
			events = append(events, e)
		}
	}
	return events
}

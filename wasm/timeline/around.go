package timeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/relation"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// An edit is no line of its own: who asks for one is led to what it edits, and sees it
// as it is now (FEATURES A.4). What cannot be had or was never an edit of anything leads
// to where the edit stands.

// around shows what stands around an event.
type around struct {
	server Server
	room   event.RoomID
	id     event.EventID
}

func (s *around) open(ctx context.Context, limit int) (window, error) {
	w, found, err := s.context(ctx, s.id, limit)
	if rel := found.Relation(); err == nil && rel.Type == event.Replace {
		other, original, err := s.context(ctx, rel.ID, limit)
		if err == nil && relation.MayReplace(&found, &original) {
			return other, nil
		}
	}
	return w, err
}

func (s *around) context(ctx context.Context, id event.EventID, limit int) (w window, at event.Event, err error) {
	got, err := s.server.Context(ctx, s.room, id, limit, scan.Value(lazyMembers))
	if err != nil {
		return w, at, fmt.Errorf("load context: %w", err)
	}
	w = window{events: readEvents(got.Before), members: readEvents(got.State), older: got.Start, newer: got.End}
	slices.Reverse(w.events)
	if at, err = event.Parse(got.Event); err == nil {
		w.events, w.at = append(w.events, at), at.ID
	}
	w.events = append(w.events, readEvents(got.After)...)
	return w, at, nil
}

func (s *around) page(ctx context.Context, dir homeserver.Direction, token string, limit int) (window, error) {
	got, err := s.server.Messages(ctx, s.room, homeserver.MessagesParams{From: token, Dir: dir, Limit: limit, Filter: scan.Value(lazyMembers)})
	if err != nil {
		return window{}, fmt.Errorf("load events: %w", err)
	}
	w := window{events: readEvents(got.Chunk), members: readEvents(got.State)}
	if got.End == token {
		got.End = "" // some servers say so at the end
	}
	if dir == homeserver.Back {
		slices.Reverse(w.events)
		w.older = got.End
	} else {
		w.newer = got.End
	}
	return w, nil
}

// findOriginal sets the target to what it edits, where it is a stored edit.
func (t *Timeline) findOriginal(ctx context.Context) error {
	found, err := t.stored(ctx, []event.EventID{t.target})
	edit := found[t.target]
	if err != nil || edit == nil || edit.Relation().Type != event.Replace {
		return err
	}
	id := edit.Relation().ID
	if found, err = t.stored(ctx, []event.EventID{id}); err != nil {
		return err
	}
	original := found[id]
	if original == nil {
		if raw, err := t.server.Event(ctx, t.room, id); err == nil {
			if e, err := event.Parse(raw); err == nil {
				original = &table.Entry{Event: e}
			}
		}
	}
	if original != nil && relation.MayReplace(&edit.Event, &original.Event) {
		t.target = id
	}
	return ctx.Err()
}

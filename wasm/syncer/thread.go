package syncer

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/relation"
)

// lookUp reads what new events belong to where that is not at hand, if they may
// count: others' edits and reactions as a rule do not.
func lookUp(ctx context.Context, t *ledger.Turn, work []*roomWork) error {
	for range relation.MaxHops {
		wanted := map[event.RoomID][]event.EventID{}
		for _, w := range work {
			if ids := w.unknownTargets(t); len(ids) > 0 {
				wanted[w.id] = ids
			}
		}
		if len(wanted) == 0 {
			return nil
		}
		found, err := t.ReadEntries(ctx, wanted)
		if err != nil {
			return err
		}
		for _, w := range work {
			w.others = append(w.others, found[w.id]...)
		}
	}
	return nil
}

// unknownTargets returns what must be read of what new events belong to.
func (w *roomWork) unknownTargets(t *ledger.Turn) (ids []event.EventID) {
	if w.packed || w.unknown {
		return nil
	}
	for i := range w.timeline {
		e := &w.timeline[i]
		if r := e.Relation(); e.Sender == t.Me() || e.Type != event.Reaction && r.Type != event.Replace {
			ids = w.unless(t, r, ids)
		}
	}
	for i := range w.others {
		ids = w.unless(t, w.others[i].Relation(), ids)
	}
	return ids
}

// unless adds what a relation is to, unless it is at hand.
func (w *roomWork) unless(t *ledger.Turn, r event.Relation, ids []event.EventID) []event.EventID {
	if r.Type == "" || r.Type == event.Thread || slices.Contains(ids, r.ID) ||
		slices.ContainsFunc(w.timeline, func(e event.Event) bool { return e.ID == r.ID }) ||
		indexOf(t.History(w.room).Tail, r.ID) >= 0 || indexOf(w.others, r.ID) >= 0 {
		return ids
	}
	return append(ids, r.ID)
}

// threadOf returns the root of the thread that an event is in, "" for none. ok is
// false where it belongs to an event that is not at hand.
func (w *unreadWalk) threadOf(e *event.Event) (root event.EventID, ok bool) {
	for hops := 0; ; hops++ {
		r := e.Relation()
		switch {
		case r.Type == event.Thread:
			return r.ID, true
		case r.Type == "" || hops == relation.MaxHops:
			return "", true
		}
		if e = w.find(r.ID); e == nil {
			return w.listed(r.ID)
		}
	}
}

// listed returns the thread of an event that is unread.
func (w *unreadWalk) listed(id event.EventID) (root event.EventID, ok bool) {
	for i := range w.room.News.Events {
		if e := &w.room.News.Events[i]; e.ID == id {
			return e.Thread, true
		}
	}
	return "", false
}

func (w *unreadWalk) find(id event.EventID) *event.Event {
	for _, list := range w.at {
		if i := indexOf(list, id); i >= 0 {
			return &list[i].Event
		}
	}
	return nil
}

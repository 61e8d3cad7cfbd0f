package syncer

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/relation"
	"github.com/alcove-chat/alcove/wasm/table"
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
		if e.Sender != t.Me() && (e.Type == event.Reaction || e.Relation().Type == event.Replace) {
			continue
		}
		if id := w.unknownTarget(t, e); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// unknownTarget returns where relations lead to what is not at hand, "" for nowhere.
func (w *roomWork) unknownTarget(t *ledger.Turn, e *event.Event) event.EventID {
	for range relation.MaxHops {
		r := e.Relation()
		if r.Type == "" || r.Type == event.Thread {
			return ""
		}
		if e = w.atHand(t, r.ID); e == nil {
			return r.ID
		}
	}
	return ""
}

func (w *roomWork) atHand(t *ledger.Turn, id event.EventID) *event.Event {
	if i := slices.IndexFunc(w.timeline, func(e event.Event) bool { return e.ID == id }); i >= 0 {
		return &w.timeline[i]
	}
	for _, list := range [][]table.Entry{t.History(w.room).Tail, w.others} {
		if i := indexOf(list, id); i >= 0 {
			return &list[i].Event
		}
	}
	return nil
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

package e2ee

import (
	"cmp"
	"maps"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

const (
	// maxWaitingSessions and maxWaitingEvents, of one session, bound what is
	// remembered of what cannot be decrypted. Beyond that an event is decrypted
	// when it is looked at next.
	maxWaitingSessions = 1000
	maxWaitingEvents   = 500
)

// waiting is the events that could not be decrypted, all in memory: there are few
// or, on a new device without a backup, as many as are kept.
type waiting struct {
	// bySession is replaced, not changed, and so is what it points to.
	bySession map[SessionName]*table.WaitingEvents
	// changed is of the Work.
	changed map[SessionName]bool
}

func (s *waiting) load(records storage.Result) {
	s.bySession = map[SessionName]*table.WaitingEvents{}
	for _, rec := range records {
		if one, err := table.DecodeWaitingEvents(rec.Value); err == nil {
			room, session := table.SplitMegolmKey(rec.Key)
			s.bySession[SessionName{room, session}] = one
		}
	}
}

// begin returns a copy for a Work.
func (s *waiting) begin() waiting { return waiting{bySession: s.bySession} }

// change returns what waits for a session, a copy that will be stored.
func (s *waiting) change(n SessionName) *table.WaitingEvents {
	if s.changed == nil {
		s.bySession, s.changed = clone(s.bySession), map[SessionName]bool{}
	}
	one := s.bySession[n]
	switch {
	case one == nil:
		one = &table.WaitingEvents{}
	case !s.changed[n]:
		one = one.Clone()
	}
	s.bySession[n], s.changed[n] = one, true
	return one
}

// tidy forgets a session for which nothing waits.
func (s *waiting) tidy(n SessionName) {
	if one := s.bySession[n]; one != nil && one.Idle() {
		delete(s.bySession, n)
	}
}

func (s *waiting) query() (q storage.Query, any bool) { return q, false }

func (s *waiting) take(storage.Result) {}

func (s *waiting) remember() {}

func (s *waiting) write(b *storage.Batch) {
	for n := range s.changed {
		key := table.MegolmKey(n.Room, n.Session)
		if one := s.bySession[n]; one != nil {
			b.Put(table.Waiting, key, one.Encode())
		} else {
			b.Delete(table.Waiting, key)
		}
	}
}

// await notes that an event waits for more of a session.
func (w *Work) await(n SessionName, id event.EventID) {
	if known := w.waiting.bySession[n]; !validName(n) || len(id) > maxID || known != nil && slices.Contains(known.Events, id) {
		return
	}
	one := w.waiting.change(n)
	one.Woken = except(one.Woken, id)
	if one.Since == 0 {
		one.Since = w.m.Now().UnixMilli()
	}
	if one.Events = append(one.Events, id); len(one.Events) > maxWaitingEvents {
		one.Events = one.Events[1:]
	}
	w.boundWaiting()
	w.wantKey(n)
}

// boundWaiting forgets the sessions that waited longest, if there are too many:
// a tenth at a time, because to find them is work.
func (w *Work) boundWaiting() {
	if len(w.waiting.bySession) <= maxWaitingSessions {
		return
	}
	oldest := slices.SortedFunc(maps.Keys(w.waiting.bySession), func(a, b SessionName) int {
		return cmp.Compare(w.waiting.bySession[a].Since, w.waiting.bySession[b].Since)
	})
	for _, n := range oldest[:maxWaitingSessions/10] {
		w.waiting.change(n)
		delete(w.waiting.bySession, n)
	}
}

// settle notes that an event waits no more.
func (w *Work) settle(n SessionName, id event.EventID) {
	known := w.waiting.bySession[n]
	if known == nil || !slices.Contains(known.Events, id) && !slices.Contains(known.Woken, id) {
		return
	}
	one := w.waiting.change(n)
	one.Events, one.Woken = except(one.Events, id), except(one.Woken, id)
	w.waiting.tidy(n)
}

func except(list []event.EventID, id event.EventID) []event.EventID {
	return slices.DeleteFunc(list, func(one event.EventID) bool { return one == id })
}

// wake notes that what waits for a session is to be looked at again. It stays
// noted, over restarts too, until that was done.
func (w *Work) wake(n SessionName) {
	if known := w.waiting.bySession[n]; known != nil && len(known.Events) > 0 {
		one := w.waiting.change(n)
		one.Woken, one.Events = append(one.Woken, one.Events...), nil
	}
}

// Woken returns the events of which more became known since they could not be
// decrypted, by room: Decrypt them again, in this Work or a later one, or Forget
// those that are gone.
func (w *Work) Woken() map[event.RoomID][]event.EventID {
	all := map[event.RoomID][]event.EventID{}
	for n, one := range w.waiting.bySession {
		if len(one.Woken) > 0 {
			all[n.Room] = append(all[n.Room], one.Woken...)
		}
	}
	return all
}

// Forget takes note that events of a room need not be decrypted any more; without
// ids, none of them.
func (w *Work) Forget(room event.RoomID, ids ...event.EventID) {
	for n, one := range w.waiting.bySession {
		if n.Room != room {
			continue
		}
		if len(ids) == 0 {
			ids := slices.Concat(one.Events, one.Woken)
			for _, id := range ids {
				w.settle(n, id)
			}
		}
		for _, id := range ids {
			w.settle(n, id)
		}
	}
}

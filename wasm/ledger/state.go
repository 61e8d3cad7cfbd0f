package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// State is the part of a room's state that a turn works on.
type State struct {
	room  *table.Room
	pages map[uint32]*table.StatePage
	need  map[uint32]bool
	dirty map[uint32]bool
	torn  bool // a page that was read had been lost
}

// NeedState says that the turn will look at or change a state event.
func (t *Turn) NeedState(room *table.Room, kind, key string) {
	t.Need(room)
	s := t.State(room)
	if room.Pages == 0 {
		return // nothing stored, or forgotten in this turn
	}
	page := table.PageOf(room.Pages, kind, key)
	if s.pages[page] == nil {
		s.need[page] = true
	}
}

// NeedAllState says that the turn will look at all of a room's state.
func (t *Turn) NeedAllState(room *table.Room) {
	t.Need(room)
	s := t.State(room)
	for page := range room.Pages {
		if s.pages[page] == nil {
			s.need[page] = true
		}
	}
}

// State returns the room's state in this turn: what NeedState named and Fetch
// brought.
func (t *Turn) State(room *table.Room) *State {
	s := t.states[room.ID]
	if s == nil {
		s = &State{room: room, pages: map[uint32]*table.StatePage{}, need: map[uint32]bool{}, dirty: map[uint32]bool{}}
		t.states[room.ID] = s
	}
	return s
}

// Fetch answers all that was needed so far in one read.
func (t *Turn) Fetch(ctx context.Context) error {
	if err := t.fetchParcels(ctx); err != nil {
		return err
	}
	var queries []storage.Query
	var take []func(storage.Result) error
	for _, s := range t.states {
		if len(s.need) > 0 {
			q, f := s.query()
			queries, take = append(queries, q), append(take, f)
		}
	}
	for _, h := range t.histories {
		if t.takeKept(h); !h.fetched {
			q, f := h.queries()
			queries, take = append(queries, q...), append(take, f...)
		}
	}
	if len(queries) == 0 {
		return nil
	}
	results, err := t.ledger.db.Read(ctx, queries...)
	if err != nil {
		return fmt.Errorf("read for turn: %w", err)
	}
	for i, f := range take {
		if err := f(results[i]); err != nil {
			return err
		}
	}
	return t.mendHistories(ctx)
}

func (s *State) query() (storage.Query, func(storage.Result) error) {
	var pages []uint32
	var keys [][]byte
	for page := range s.need {
		pages = append(pages, page)
		keys = append(keys, table.StatePageKey(s.room.Short, page))
	}
	clear(s.need)
	return storage.Get(table.State, keys...), func(records storage.Result) error {
		for i, rec := range records {
			page, err := table.DecodeStatePage(rec.Value)
			if err != nil {
				s.torn = true
			}
			s.pages[pages[i]] = page
		}
		return nil
	}
}

// Get returns a state event, or nil. NeedState must have named it.
func (s *State) Get(kind, key string) scan.Value {
	page := s.pages[table.PageOf(s.room.Pages, kind, key)]
	if page == nil {
		return nil
	}
	if e := page.Get(kind, key); e != nil {
		return e.Raw
	}
	return nil
}

// Member returns what is known of a member.
func (s *State) Member(user event.UserID) (m event.Membership, p event.Profile, ok bool) {
	raw := s.Get(event.RoomMember, string(user))
	if raw == nil {
		return "", event.Profile{}, false
	}
	content := raw.Get("content")
	return event.ReadMembership(content), event.ReadProfile(content), true
}

// Each calls see with every state event; NeedAllState must have been called.
func (s *State) Each(see func(raw scan.Value)) {
	for _, page := range s.pages {
		for i := range page.Entries {
			see(page.Entries[i].Raw)
		}
	}
}

// DropMembers forgets the members of whom keep says no; NeedAllState must have
// been called.
func (s *State) DropMembers(keep func(event.UserID) bool) {
	for i, page := range s.pages {
		before := len(page.Entries)
		page.Entries = slices.DeleteFunc(page.Entries, func(e table.StateEntry) bool {
			return e.Type == event.RoomMember && !keep(event.UserID(e.Key))
		})
		if len(page.Entries) != before {
			s.dirty[i] = true
		}
	}
}

// Set stores a state event. NeedState must have named it.
func (s *State) Set(e *event.Event) {
	if s.room.Pages == 0 {
		s.room.Pages = 1
	}
	i := table.PageOf(s.room.Pages, e.Type, *e.StateKey)
	if s.pages[i] == nil {
		s.pages[i] = &table.StatePage{}
	}
	s.pages[i].Set(table.StateEntry{Type: e.Type, Key: *e.StateKey, Raw: e.Raw})
	s.dirty[i] = true
}

// ClearState forgets all state of a room.
func (t *Turn) ClearState(room *table.Room) {
	t.writesTo(room)
	if room.Pages > 0 {
		prefix := storage.U32(room.Short)
		t.batch.DeleteRange(table.State, prefix, storage.PrefixEnd(prefix))
	}
	room.Pages, room.FullMembers = 0, false
	delete(t.states, room.ID)
	t.clearSpace(room.ID)
	t.SetWhole(room)
}

// SetWhole says that nothing is missing in a room's state any more.
func (t *Turn) SetWhole(room *table.Room) {
	room.Torn = false
	t.whole = append(t.whole, room.ID)
}

// writeStates stores the pages that changed, after splitting those of rooms
// whose pages grew too large.
func (t *Turn) writeStates(ctx context.Context) error {
	for _, s := range t.states {
		if len(s.dirty) > 0 {
			t.writesTo(s.room)
		}
		for s.overfull() {
			if err := t.double(ctx, s); err != nil {
				return err
			}
		}
		if s.torn {
			s.room.Torn = true // in the commit that makes the page look whole
		}
		for i := range s.dirty {
			t.batch.Put(table.State, table.StatePageKey(s.room.Short, i), s.pages[i].Encode())
		}
	}
	return nil
}

// maxPages bounds the doubling; a page beyond it only grows.
const maxPages = 1 << 12

func (s *State) overfull() bool {
	if s.room.Pages >= maxPages {
		return false
	}
	for i := range s.dirty {
		if s.pages[i].Full() {
			return true
		}
	}
	return false
}

// double splits every page of the room in two.
func (t *Turn) double(ctx context.Context, s *State) error {
	for i := range s.room.Pages {
		if s.pages[i] == nil {
			s.need[i] = true
		}
	}
	if err := t.Fetch(ctx); err != nil {
		return err
	}
	old := s.pages
	s.room.Pages *= 2
	s.pages = map[uint32]*table.StatePage{}
	for i := range s.room.Pages {
		s.pages[i] = &table.StatePage{}
		s.dirty[i] = true
	}
	for _, page := range old {
		for _, e := range page.Entries {
			to := s.pages[table.PageOf(s.room.Pages, e.Type, e.Key)]
			to.Entries = append(to.Entries, e)
		}
	}
	return nil
}

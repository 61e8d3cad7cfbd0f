package history_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// server is a room with one true order for /sync and, for /messages, one that
// may differ from it by a few places.
type server struct {
	rand *rand.Rand
	// sync is the true order; messages has positions of it.
	sync     []table.Entry
	messages []int
	// shuffle is how far the orders differ; 0 for not at all.
	shuffle  int
	honourTo bool
}

func newEntry(n int, big bool) table.Entry {
	kind, key := "m.room.message", (*string)(nil)
	if n == 0 {
		empty := ""
		kind, key = event.RoomCreate, &empty
	}
	raw := `{"n":` + strconv.Itoa(n) + `}`
	if big {
		raw = `{"n":"` + strings.Repeat("x", 20<<10) + `"}`
	}
	id := event.EventID(fmt.Sprintf("$/+%d", n))
	return table.Entry{Event: event.Event{ID: id, Type: kind, Sender: "@a:x", TS: int64(n), StateKey: key, Raw: scan.Value(raw)}}
}

// grow adds events. What was there keeps its order, which tokens count on.
func (s *server) grow(n int) {
	first := max(1, len(s.sync)) // the creation is first in either order
	for range n {
		at := len(s.sync)
		s.sync = append(s.sync, newEntry(at, s.rand.IntN(40) == 0))
		s.messages = append(s.messages, at)
		if s.shuffle > 0 && at > first && s.rand.IntN(2) == 0 {
			other := max(first, at-1-s.rand.IntN(s.shuffle))
			if at-s.messages[other] <= s.shuffle && s.messages[at]-other <= s.shuffle {
				s.messages[at], s.messages[other] = s.messages[other], s.messages[at]
			}
		}
	}
}

func syncToken(pos int) string { return "s" + strconv.Itoa(pos) }

// syncPage is everything since pos, or the newest limit of it; overlap more is
// sent again.
func (s *server) syncPage(pos, limit, overlap int) history.SyncPage {
	from := max(0, pos-overlap)
	limited := len(s.sync)-from > limit
	if limited {
		from = len(s.sync) - limit
	}
	page := history.SyncPage{Entries: s.sync[from:], Limited: limited && from > pos, Since: syncToken(pos)}
	if pos == 0 {
		page.Since, page.Limited = "", limited
	}
	if from > 0 {
		page.PrevBatch = syncToken(from)
	}
	return page
}

// messagesPage is the answer for a token "s<pos>" or "m<pos>,<skip>": events
// before pos in sync's order, given in the order of messages.
func (s *server) messagesPage(from, to string, limit int) (entries []table.Entry, end *string) {
	pos, skip := parseToken(from, len(s.sync))
	low := 0
	if s.honourTo && to != "" {
		low, _ = parseToken(to, 0)
	}
	var all []int
	for _, at := range slices.Backward(s.messages) {
		if at < pos && at >= low {
			all = append(all, at)
		}
	}
	stop := min(len(all), skip+limit)
	for _, at := range all[min(skip, stop):stop] {
		entries = append(entries, s.sync[at])
	}
	if s.rand.IntN(4) == 0 && stop > skip {
		// Some servers filter after they counted: fewer events, or none.
		stop = skip + s.rand.IntN(stop-skip+1)
		entries = entries[:stop-skip]
		if stop == skip {
			next := fmt.Sprintf("m%d,%d", pos, skip)
			if next == from {
				next += ","
			}
			return nil, &next
		}
	}
	if stop == len(all) {
		return entries, nil
	}
	next := fmt.Sprintf("m%d,%d", pos, stop)
	return entries, &next
}

// after returns the event that is Overlap events behind a gap, or "".
func (s *store) after(id table.ChunkID) event.EventID {
	n := history.Overlap
	for i := slices.IndexFunc(s.spans, func(o table.Span) bool { return o.ChunkID == id }); i >= 0; i-- {
		entries := s.chunks[s.spans[i].ChunkID]
		if n < len(entries) {
			return entries[n].ID
		}
		n -= len(entries)
	}
	return ""
}

// before is the token where an event's context begins, or the sync's.
func (s *server) before(id event.EventID, pos int) string {
	for i, at := range s.messages {
		if s.sync[at].ID == id {
			return fmt.Sprintf("m%d,%d", len(s.sync), len(s.messages)-i)
		}
	}
	return syncToken(pos)
}

func parseToken(token string, missing int) (pos, skip int) {
	if token == "" {
		return missing, 0
	}
	parts := strings.Split(strings.TrimRight(token[1:], ","), ",")
	pos, _ = strconv.Atoi(parts[0])
	if len(parts) > 1 {
		skip, _ = strconv.Atoi(parts[1])
	}
	return pos, skip
}

// store is what a database keeps, in order, newest first.
type store struct {
	spans  []table.Span
	chunks map[table.ChunkID][]table.Entry
	newest table.ChunkID
}

func (s *store) commit(t *testing.T, c history.Change) {
	t.Helper()
	for _, hole := range c.Holes {
		s.spans = slices.DeleteFunc(s.spans, func(o table.Span) bool { return hole.Has(o.ChunkID) })
		maps.DeleteFunc(s.chunks, func(id table.ChunkID, _ []table.Entry) bool { return hole.Has(id) })
	}
	for _, w := range c.Writes {
		s.spans = slices.DeleteFunc(s.spans, func(o table.Span) bool { return o.ChunkID == w.Span.ChunkID })
		s.spans = append(s.spans, w.Span)
		if w.Span.Compare(s.newest) > 0 {
			s.newest = w.Span.ChunkID
		}
		if w.Entries != nil {
			s.chunks[w.Span.ChunkID] = w.Entries
		}
		checkChunk(t, w, s.chunks[w.Span.ChunkID])
	}
	slices.SortFunc(s.spans, func(a, b table.Span) int {
		return strings.Compare(string(table.TimelineKey(1, a.ChunkID)), string(table.TimelineKey(1, b.ChunkID)))
	})
}

func checkChunk(t *testing.T, w history.Write, entries []table.Entry) {
	t.Helper()
	size := 0
	for _, e := range entries {
		size += len(e.Raw)
	}
	if len(entries) > table.ChunkEvents || len(entries) > 1 && size > table.ChunkBytes {
		t.Fatalf("chunk of %d entries and %d bytes", len(entries), size)
	}
	if !slices.Equal(w.Span.Hashes, table.SpanOf(w.Span.ChunkID, entries).Hashes) {
		t.Fatalf("span %+v does not describe its chunk", w.Span.ChunkID)
	}
}

// lose takes out chunks, and lets the history be mended.
func (s *store) lose(t *testing.T, lost ...table.ChunkID) {
	t.Helper()
	isLost := func(o table.Span) bool { return slices.Contains(lost, o.ChunkID) }
	s.spans = slices.DeleteFunc(s.spans, isLost)
	if len(lost) > 0 && !history.Torn(s.spans, s.newest, true) {
		t.Fatalf("%v are not missed", lost)
	}
	for _, id := range lost {
		delete(s.chunks, id)
	}
	spans, change := history.Mend(history.Damage{Spans: s.spans, Newest: s.newest})
	s.commit(t, change)
	if !reflect.DeepEqual(spans, s.spans) || history.Torn(s.spans, s.newest, true) {
		t.Fatalf("mended to %+v, stored %+v", spans, s.spans)
	}
}

// garble lets entries or spans of chunks be unreadable, and the history mended.
func (s *store) garble(t *testing.T, bad ...table.ChunkID) {
	t.Helper()
	spans, change := history.Mend(history.Damage{Spans: s.spans, Bad: bad, Newest: s.newest})
	s.commit(t, change)
	if !reflect.DeepEqual(spans, s.spans) || history.Torn(s.spans, s.newest, true) {
		t.Fatalf("mended to %+v, stored %+v", spans, s.spans)
	}
}

// some returns a few of the chunks.
func (s *store) some(r *rand.Rand) (ids []table.ChunkID) {
	for _, span := range s.spans {
		if r.IntN(3) == 0 {
			ids = append(ids, span.ChunkID)
		}
	}
	return ids
}

func (s *store) room() history.Room {
	r := history.Room{Spans: s.spans}
	if len(s.spans) > 0 {
		r.Tail = s.chunks[s.spans[0].ChunkID]
	}
	return r
}

func (s *store) list() []event.EventID {
	var ids []event.EventID
	for _, span := range slices.Backward(s.spans) {
		for _, e := range s.chunks[span.ChunkID] {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// gap returns one of the gaps: the newest where one does not say where it is,
// because what is in a newer one must not come into it.
func (s *store) gap() (table.Span, bool) {
	var gaps []table.Span
	vague := false
	for _, span := range s.spans {
		if span.Gap != nil {
			gaps = append(gaps, span)
			vague = vague || span.Gap.From == ""
		}
	}
	switch {
	case len(gaps) == 0:
		return table.Span{}, false
	case vague:
		return gaps[0], true
	}
	return gaps[len(gaps)/2], true
}

func (s *store) paginate(t *testing.T, srv *server, pos, limit int, drop bool) {
	span, ok := s.gap()
	if !ok {
		return
	}
	from := span.Gap.From
	if from == "" {
		from = srv.before(s.after(span.ChunkID), pos)
	}
	entries, end := srv.messagesPage(from, span.Gap.To, limit)
	got := history.Prepend(s.room(), history.OlderPage{At: span.ChunkID, From: span.Gap.From, Entries: entries, End: end})
	if got.Stale {
		t.Fatal("a gap that was just read is stale")
	}
	if !drop {
		s.commit(t, got.Change)
	}
}

// play lets a server and a client run at random, then closes all gaps.
func play(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 7))
	srv := &server{rand: r, honourTo: r.IntN(2) == 0}
	if r.IntN(2) == 0 {
		srv.shuffle = 1 + r.IntN(5)
	}
	s := &store{chunks: map[table.ChunkID][]table.Entry{}}
	pos, limit, losses := 0, 1+r.IntN(30), 0
	srv.grow(1 + r.IntN(80))
	for range 5 + r.IntN(30) {
		drop := r.IntN(4) == 0
		switch what := r.IntN(5); what {
		case 3, 4:
			// Where the orders differ, one loss: what comes back after it may stand
			// elsewhere, and a second one may then lose it for good.
			if losses++; losses > 1 && srv.shuffle > 0 {
				break
			}
			if what == 3 {
				s.lose(t, s.some(r)...)
			} else {
				s.garble(t, s.some(r)...)
			}
		case 0:
			srv.grow(r.IntN(70))
		case 1:
			got := history.Append(s.room(), srv.syncPage(pos, limit, r.IntN(2)*r.IntN(60)))
			if !drop {
				s.commit(t, got.Change)
				pos = len(srv.sync)
			}
		case 2:
			s.paginate(t, srv, pos, 1+r.IntN(40), drop)
		}
		checkNoDoubles(t, seed, s.list())
	}
	s.commit(t, history.Append(s.room(), srv.syncPage(pos, limit, 0)).Change)
	for n := 0; ; n++ {
		if _, ok := s.gap(); !ok {
			break
		}
		if n > 3000 {
			t.Fatalf("seed %d: gaps do not close", seed)
		}
		s.paginate(t, srv, len(srv.sync), 1+r.IntN(40), false)
	}
	checkWhole(t, seed, srv, s)
}

func checkNoDoubles(t *testing.T, seed uint64, ids []event.EventID) {
	t.Helper()
	seen := map[event.EventID]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Fatalf("seed %d: %s is there twice", seed, id)
		}
		seen[id] = true
	}
}

func checkWhole(t *testing.T, seed uint64, srv *server, s *store) {
	t.Helper()
	got := s.list()
	var want []event.EventID
	for _, e := range srv.sync {
		want = append(want, e.ID)
	}
	if !s.spans[len(s.spans)-1].Start {
		t.Fatalf("seed %d: the room does not begin", seed)
	}
	if srv.shuffle > 0 {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("seed %d (shuffle %d): %d events instead of %d:\n%v", seed, srv.shuffle, len(got), len(want), got)
	}
}

// T-1, T-2, T-7, FEATURES D-01, D-04: whatever overlaps, is dropped, lost or comes
// in another order, the list is right once all gaps are closed.
func TestAnyInterleavingGivesTheOneList(t *testing.T) {
	for seed := range uint64(400) {
		play(t, seed)
	}
}

func FuzzInterleaving(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { play(t, seed) })
}

package history_test

import (
	"fmt"
	"math/rand/v2"
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

func (s *server) grow(n int) {
	for range n {
		at := len(s.sync)
		s.sync = append(s.sync, newEntry(at, s.rand.IntN(40) == 0))
		s.messages = append(s.messages, at)
		// The creation is first in either order.
		if s.shuffle > 0 && at > 1 && s.rand.IntN(2) == 0 {
			other := max(1, at-1-s.rand.IntN(s.shuffle))
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
}

func (s *store) commit(t *testing.T, writes []history.Write) {
	t.Helper()
	for _, w := range writes {
		s.spans = slices.DeleteFunc(s.spans, func(o table.Span) bool { return o.ChunkID == w.Span.ChunkID })
		s.spans = append(s.spans, w.Span)
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

func (s *store) gap() (table.Span, bool) {
	var gaps []table.Span
	for _, span := range s.spans {
		if span.Gap != nil {
			gaps = append(gaps, span)
		}
	}
	if len(gaps) == 0 {
		return table.Span{}, false
	}
	return gaps[len(gaps)/2], true
}

func (s *store) paginate(t *testing.T, srv *server, limit int, drop bool) {
	span, ok := s.gap()
	if !ok {
		return
	}
	entries, end := srv.messagesPage(span.Gap.From, span.Gap.To, limit)
	got := history.Prepend(s.room(), history.OlderPage{At: span.ChunkID, From: span.Gap.From, Entries: entries, End: end})
	if got.Stale {
		t.Fatal("a gap that was just read is stale")
	}
	if !drop {
		s.commit(t, got.Writes)
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
	pos, limit := 0, 1+r.IntN(30)
	srv.grow(1 + r.IntN(80))
	for range 5 + r.IntN(30) {
		drop := r.IntN(4) == 0
		switch r.IntN(3) {
		case 0:
			srv.grow(r.IntN(70))
		case 1:
			got := history.Append(s.room(), srv.syncPage(pos, limit, r.IntN(2)*r.IntN(60)))
			if !drop {
				s.commit(t, got.Writes)
				pos = len(srv.sync)
			}
		case 2:
			s.paginate(t, srv, 1+r.IntN(40), drop)
		}
		checkNoDoubles(t, seed, s.list())
	}
	s.commit(t, history.Append(s.room(), srv.syncPage(pos, limit, 0)).Writes)
	for n := 0; ; n++ {
		if _, ok := s.gap(); !ok {
			break
		}
		if n > 3000 {
			t.Fatalf("seed %d: gaps do not close", seed)
		}
		s.paginate(t, srv, 1+r.IntN(40), false)
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

// T-1, T-2, FEATURES D-01, D-04: whatever overlaps, is dropped or comes in another
// order, the list is right once all gaps are closed.
func TestAnyInterleavingGivesTheOneList(t *testing.T) {
	for seed := range uint64(400) {
		play(t, seed)
	}
}

func FuzzInterleaving(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { play(t, seed) })
}

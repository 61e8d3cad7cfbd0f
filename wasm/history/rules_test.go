package history_test

import (
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func run(from, to int) []table.Entry {
	var out []table.Entry
	for n := from; n < to; n++ {
		out = append(out, newEntry(n, false))
	}
	return out
}

func newestFirst(entries []table.Entry) []table.Entry {
	out := slices.Clone(entries)
	slices.Reverse(out)
	return out
}

// gapped is a room with 100..120, a gap, and 200..210 at the end.
func gapped(t *testing.T) *store {
	t.Helper()
	s := &store{chunks: map[table.ChunkID][]table.Entry{}}
	s.commit(t, history.Append(s.room(), history.SyncPage{Entries: run(100, 120), Limited: true, PrevBatch: "p1"}).Change)
	s.commit(t, history.Append(s.room(), history.SyncPage{Entries: run(200, 210), Limited: true, PrevBatch: "p2", Since: "s1"}).Change)
	return s
}

func prepend(s *store, entries []table.Entry, end *string) history.Prepended {
	return history.Prepend(s.room(), history.OlderPage{At: s.spans[0].ChunkID, From: "p2", Entries: entries, End: end})
}

func TestLimitedPageOpensAFragment(t *testing.T) {
	s := gapped(t)
	newest, oldest := s.spans[0], s.spans[1]
	if newest.Fragment != 2 || newest.Gap == nil || *newest.Gap != (table.Gap{From: "p2", To: "s1"}) {
		t.Errorf("newest span %+v", newest)
	}
	if oldest.Fragment != 1 || oldest.Gap == nil || *oldest.Gap != (table.Gap{From: "p1"}) || oldest.Start {
		t.Errorf("oldest span %+v", oldest)
	}
}

func TestEmptyLimitedPageIsAGap(t *testing.T) {
	s := gapped(t)
	s.commit(t, history.Append(s.room(), history.SyncPage{Limited: true, PrevBatch: "p3", Since: "s2"}).Change)
	if s.spans[0].Gap == nil || s.spans[0].Gap.From != "p3" || len(s.spans[0].Hashes) != 0 {
		t.Fatalf("newest span %+v", s.spans[0])
	}
	s.commit(t, history.Append(s.room(), history.SyncPage{Entries: run(300, 301), Since: "s3"}).Change)
	if len(s.spans) != 3 || len(s.spans[0].Hashes) != 1 || s.spans[0].Gap == nil {
		t.Fatalf("spans %+v", s.spans)
	}
}

func TestFirstPageFromCreationIsTheStart(t *testing.T) {
	got := history.Append(history.Room{}, history.SyncPage{Entries: run(0, 3), PrevBatch: "p"})
	if len(got.Writes) != 1 || !got.Writes[0].Span.Start || got.Writes[0].Span.Gap != nil || len(got.New) != 3 {
		t.Fatalf("%+v", got)
	}
	// A creation that is no state event begins nothing.
	fake := run(0, 3)
	fake[0].StateKey = nil
	got = history.Append(history.Room{}, history.SyncPage{Entries: fake, PrevBatch: "p"})
	if got.Writes[0].Span.Start || got.Writes[0].Span.Gap == nil {
		t.Fatalf("%+v", got.Writes[0].Span)
	}
}

func TestGapCloses(t *testing.T) {
	end, to, from := "e", "s1", "p2"
	known := run(100, 120)
	for name, c := range map[string]struct {
		entries []table.Entry
		end     *string
		closed  bool
	}{
		"no end":                           {run(150, 160), nil, true},
		"empty page with an end":           {nil, &end, false},
		"empty page with the same end":     {nil, &from, true},
		"new events with the same end":     {run(150, 160), &from, false},
		"reaches the token of before":      {run(150, 160), &to, true},
		"deep overlap":                     {append(slices.Clone(known[5:]), run(150, 200)...), &end, true},
		"edge of the older part only":      {append(slices.Clone(known[18:]), run(150, 200)...), &end, false},
		"known event in the middle":        {slices.Concat(run(150, 160), known[2:3], run(160, 170)), &end, false},
		"all of the older part and beyond": {slices.Concat(run(90, 100), known, run(150, 200)), &end, true},
	} {
		s := gapped(t)
		got := prepend(s, newestFirst(c.entries), c.end)
		if got.Closed != c.closed || got.Stale {
			t.Errorf("%s: closed %v", name, got.Closed)
		}
		s.commit(t, got.Change)
		if s.spans[len(s.spans)-1].Start {
			t.Errorf("%s: a gap between fragments made a start", name)
		}
	}
}

func TestPageThroughAFragmentMovesOnToTheNextGap(t *testing.T) {
	s, end := gapped(t), "e"
	page := slices.Concat(run(90, 100), run(100, 120), run(150, 200))
	s.commit(t, prepend(s, newestFirst(page), &end).Change)
	var want []event.EventID
	for _, e := range append(page, run(200, 210)...) {
		want = append(want, e.ID)
	}
	if got := s.list(); !slices.Equal(got, want) {
		t.Fatalf("list %v", got)
	}
	if gap := s.spans[len(s.spans)-1].Gap; gap == nil || gap.From != "e" {
		t.Fatalf("the oldest gap is %+v", gap)
	}
}

func TestStalePageIsDropped(t *testing.T) {
	s, end := gapped(t), "e"
	s.commit(t, prepend(s, newestFirst(run(190, 200)), &end).Change)
	got := prepend(s, newestFirst(run(180, 190)), nil)
	if !got.Stale || len(got.Writes) > 0 {
		t.Fatalf("%+v", got)
	}
}

func TestUnreadableTailIsNotWrittenOver(t *testing.T) {
	s := gapped(t)
	got := history.Append(history.Room{Spans: s.spans}, history.SyncPage{Entries: run(210, 211)})
	if len(got.Writes) != 1 || got.Writes[0].Span.ChunkID == s.spans[0].ChunkID {
		t.Fatalf("%+v", got.Writes)
	}
}

// A fragment that lost a chunk has numbers left for what comes in its place.
// Where they run out, what is older is forgotten rather than written over.
func TestTornFragmentFillsUp(t *testing.T) {
	for name, c := range map[string]struct {
		free int
		kept bool
	}{"enough": {50, true}, "too few": {3, false}} {
		s := &store{chunks: map[table.ChunkID][]table.Entry{}}
		s.commit(t, history.Append(s.room(), history.SyncPage{Entries: run(0, 150)}).Change)
		lost := s.spans[1].ChunkID
		s.lose(t, lost)
		if gap := s.spans[0].Gap; gap == nil || s.spans[0].Behind != s.spans[1].ChunkID {
			t.Fatalf("%s: %+v", name, s.spans[0])
		}
		oldest := s.spans[1].ChunkID
		if !c.kept { // as in databases of before there were numbers in between
			moved := table.ChunkID{Fragment: 1, Chunk: s.spans[0].Chunk - uint64(c.free) - 1}
			s.chunks[moved], s.spans[1].ChunkID, s.spans[0].Behind = s.chunks[oldest], moved, moved
			oldest = moved
		}
		end := "m150,110"
		s.commit(t, history.Prepend(s.room(), history.OlderPage{At: s.spans[0].ChunkID, Entries: newestFirst(run(60, 100)), End: &end}).Change)
		s.commit(t, history.Prepend(s.room(), history.OlderPage{At: s.spans[1].ChunkID, From: end, Entries: newestFirst(run(0, 60))}).Change)
		if kept := s.spans[len(s.spans)-1].ChunkID == oldest; kept != c.kept {
			t.Errorf("%s: %+v", name, s.spans)
		}
		if got := s.list(); len(got) != 150 || got[0] != "$/+0" || got[75] != "$/+75" || got[149] != "$/+149" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPutStoresWhatDecodes(t *testing.T) {
	var b storage.Batch
	history.Put(&b, 7, history.Append(history.Room{}, history.SyncPage{Entries: run(0, 120)}).Change)
	events := 0
	for _, op := range b.Ops() {
		_, id, err := table.ParseTimelineKey(op.Key)
		if err != nil {
			t.Fatal(err)
		}
		if op.Store == table.Timeline {
			c, err := table.DecodeChunk(id, op.Value)
			if err != nil {
				t.Fatal(err)
			}
			events += len(c.Entries)
		} else if _, err := table.DecodeSpan(id, op.Value); err != nil {
			t.Fatal(err)
		}
	}
	if events != 120 {
		t.Fatalf("%d events", events)
	}
}

func parsed(t *testing.T, raw string) event.Event {
	t.Helper()
	e, err := event.Parse(scan.Value(raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return e
}

func member(t *testing.T, id, membership, name, unsigned string) event.Event {
	t.Helper()
	return parsed(t, `{"event_id":"`+id+`","type":"m.room.member","sender":"@a:x","state_key":"@a:x","origin_server_ts":1,`+
		`"content":{"membership":"`+membership+`"`+name+`},"unsigned":{`+unsigned+`}}`)
}

func message(t *testing.T, id string) event.Event {
	t.Helper()
	return parsed(t, `{"event_id":"`+id+`","type":"m.room.message","sender":"@a:x","origin_server_ts":1,"content":{},"unsigned":{"transaction_id":"t`+id+`"}}`)
}

// FEATURES 2-01, D-02: names are those of the time, walking back.
func TestProfilesOfAnOlderPage(t *testing.T) {
	renamed := member(t, "$r", "join", `,"displayname":"New"`, `"prev_content":{"membership":"join","displayname":"Old"}`)
	joined := member(t, "$j", "join", `,"displayname":"Old"`, ``)
	left := member(t, "$l", "leave", ``, `"prev_content":{"membership":"join","displayname":"Last"}`)
	current := func(event.UserID) event.Profile { return event.Profile{Name: "Today"} }
	stored := func(e event.Event, name string) table.Entry {
		return table.Entry{Event: e, Profile: event.Profile{Name: name}}
	}
	for name, c := range map[string]struct {
		page []event.Event
		past history.Past
		want []string
	}{
		"today's":                     {[]event.Event{message(t, "$1")}, history.Past{Current: current}, []string{"Today"}},
		"of nobody":                   {[]event.Event{message(t, "$1")}, history.Past{}, []string{""}},
		"lazy-loaded state":           {[]event.Event{message(t, "$1")}, history.Past{Current: current, State: []event.Event{joined}}, []string{"Old"}},
		"newer entries":               {[]event.Event{message(t, "$1")}, history.Past{Newer: []table.Entry{stored(message(t, "$2"), "Near"), stored(message(t, "$3"), "Far")}}, []string{"Near"}},
		"newer entry is the renaming": {[]event.Event{message(t, "$1")}, history.Past{Newer: []table.Entry{stored(renamed, "New")}}, []string{"Old"}},
		"renaming in the page":        {[]event.Event{message(t, "$2"), renamed, message(t, "$1"), joined}, history.Past{State: []event.Event{renamed}}, []string{"New", "New", "Old", "Old"}},
		"leaving":                     {[]event.Event{left, message(t, "$1")}, history.Past{State: []event.Event{left}, Current: current}, []string{"Last", "Last"}},
	} {
		strangers, current := c.past.Strangers(c.page), c.past.Current
		c.past.Current = func(user event.UserID) event.Profile {
			if !slices.Contains(strangers, user) {
				t.Errorf("%s: the profile of today is asked for of %s, who is no stranger", name, user)
			}
			if current == nil {
				return event.Profile{}
			}
			return current(user)
		}
		if known := len(c.past.Newer)+len(c.past.State) > 0 && name != "leaving"; known && len(strangers) > 0 {
			t.Errorf("%s: %s is known", name, strangers)
		}
		entries := history.Profiles(c.page, c.past)
		for i, want := range c.want {
			if entries[i].Profile.Name != want {
				t.Errorf("%s: event %d is of %q, not %q", name, i, entries[i].Profile.Name, want)
			}
		}
	}
}

func TestProfilesOfASyncPage(t *testing.T) {
	renamed := member(t, "$r", "join", `,"displayname":"New"`, ``)
	left := member(t, "$l", "leave", ``, ``)
	before := func(event.UserID) event.Profile { return event.Profile{Name: "Old"} }
	page := []event.Event{message(t, "$1"), renamed, message(t, "$2"), left}
	entries := history.SyncProfiles(page, "@a:x", before)
	for i, want := range []string{"Old", "New", "New", "New"} {
		if entries[i].Profile.Name != want {
			t.Errorf("event %d is of %q, not %q", i, entries[i].Profile.Name, want)
		}
	}
	if entries[0].Txn != "t$1" || history.SyncProfiles(page, "@b:x", before)[0].Txn != "" {
		t.Error("a transaction id belongs to the user's own events only")
	}
}

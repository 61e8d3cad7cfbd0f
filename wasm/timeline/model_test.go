package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// life lets people write, read, rename themselves and take back, and this
// device come and go.
type life struct {
	*world
	rand  *rand.Rand
	names map[string]string // content of each user's member event
	made  int
	day   int64
	sends []string // transaction ids that wait for their echo
	// wrote are type and content of what was sent, by transaction id; ids what
	// became of it.
	wrote map[string][2]string
	ids   map[string]string
}

func (l *life) id() string { l.made++; return fmt.Sprintf("$%d", l.made) }

func (l *life) user() string { return []string{"@a:x", "@b:x", "@c:x"}[l.rand.IntN(3)] }

func (l *life) someID() string { return fmt.Sprintf("$%d", 1+l.rand.IntN(max(1, l.made))) }

// related is an event that belongs to one of these, rightly or not.
func (l *life) related(target string) (kind, content string) {
	rel := func(t, more string) string {
		return fmt.Sprintf(`"m.relates_to":{"rel_type":%q,"event_id":%q%s}`, t, target, more)
	}
	switch l.rand.IntN(7) {
	case 0, 1:
		return "m.reaction", fmt.Sprintf(`{%s}`, rel("m.annotation", fmt.Sprintf(`,"key":"%d"`, l.rand.IntN(3))))
	case 2, 3:
		return "m.room.message", fmt.Sprintf(`{"body":"* e","m.new_content":{"body":"e%d"},%s}`, l.rand.IntN(100), rel("m.replace", ""))
	case 4:
		return "m.room.message", fmt.Sprintf(`{"body":"t",%s}`, rel("m.thread", ""))
	case 5:
		return "m.poll.response", fmt.Sprintf(`{"m.selections":["a"],%s}`, rel("m.reference", ""))
	}
	return "m.room.message", fmt.Sprintf(`{"body":"r","m.relates_to":{"m.in_reply_to":{"event_id":%q}}}`, target)
}

func (l *life) write() {
	txn := fmt.Sprintf("t%d", l.made)
	l.made++
	target := l.someID()
	if n := len(l.sends); n > 0 && l.rand.IntN(2) == 0 {
		target = "~" + l.sends[l.rand.IntN(n)] // it has no id yet
	}
	kind, content := "m.room.message", `{"body":"b"}`
	switch l.rand.IntN(3) {
	case 0:
		kind, content = l.related(target)
	case 1:
		if l.rand.IntN(2) == 0 {
			kind, content = "m.room.redaction", fmt.Sprintf(`{"redacts":%q}`, target)
		}
	}
	l.sends, l.wrote[txn] = append(l.sends, txn), [2]string{kind, content}
	l.turn(func(t *ledger.Turn) {
		o := outgoing(txn)
		o.Type, o.Content = kind, scan.Value(content)
		t.AddOutgoing(o)
	})
}

// arrive brings what was sent first, with the ids of what it is about.
func (l *life) arrive() {
	txn := l.sends[0]
	l.sends = l.sends[1:]
	id := l.id()
	l.ids[txn] = id
	content := l.wrote[txn][1]
	for sent, known := range l.ids {
		content = strings.ReplaceAll(content, fmt.Sprintf(`"~%s"`, sent), fmt.Sprintf("%q", known))
	}
	l.say(fmt.Sprintf(`{"event_id":%q,"type":%q,"sender":"@me:x","origin_server_ts":%d,"content":%s,"unsigned":{"transaction_id":%q}}`,
		id, l.wrote[txn][0], day(1), content, txn))
}

func (l *life) happen() {
	switch l.rand.IntN(12) {
	case 9, 10:
		kind, content := l.related(l.someID())
		l.say(fmt.Sprintf(`{"event_id":%q,"type":%q,"sender":%q,"origin_server_ts":%d,"content":%s}`, l.id(), kind, l.user(), day(l.day), content))
	case 11:
		l.say(fmt.Sprintf(`{"event_id":%q,"type":"m.poll.start","sender":%q,"origin_server_ts":%d,"content":{"m.poll":{"question":{"body":"q"},"answers":[{"m.id":"a","m.text":"a"}]}}}`, l.id(), l.user(), day(l.day)))
	case 0:
		user := l.user()
		prev := l.names[user]
		l.names[user] = fmt.Sprintf(`{"membership":"join","displayname":"N%d"}`, l.rand.IntN(4))
		l.say(member(l.id(), user, l.names[user], prev))
	case 1:
		l.say(fmt.Sprintf(`{"event_id":%q,"type":"m.reaction","sender":%q,"origin_server_ts":%d,"content":{}}`, l.id(), l.user(), day(l.day)))
	case 2:
		l.say(fmt.Sprintf(`{"event_id":%q,"type":"m.room.redaction","sender":"@a:x","origin_server_ts":1,"content":{"redacts":%q}}`, l.id(), l.someID()))
	case 3:
		l.day += int64(l.rand.IntN(3))
	case 4:
		if len(l.sends) > 0 {
			l.arrive()
		}
	default:
		l.say(text(l.id(), l.user(), l.day))
	}
}

func (l *life) more() []string {
	var out []string
	if l.rand.IntN(3) == 0 {
		out = append(out, receipt(l.user(), l.someID(), l.rand.IntN(9)))
	}
	if l.rand.IntN(4) == 0 {
		out = append(out, fmt.Sprintf(`"account_data":{"events":[{"type":"m.fully_read","content":{"event_id":%q}}]}`, l.someID()))
	}
	return out
}

func (l *life) step(tl *timeline.Timeline) {
	switch l.rand.IntN(6) {
	case 0:
		l.page = 1 + l.rand.IntN(30)
		l.take(l.more()...)
	case 1:
		l.write()
	case 2:
		if l.rand.IntN(2) == 0 {
			l.offline()
		} else {
			l.answers(l.messages)
		}
		_, err := tl.Paginate(l.t.Context(), 1+l.rand.IntN(40))
		if err != nil && !errors.Is(err, errOffline) {
			l.t.Fatal(err)
		}
	default:
		for range l.rand.IntN(3 * min(l.most, table.ChunkEvents)) {
			l.happen()
		}
	}
}

func newLife(t *testing.T, seed uint64) *life {
	l := &life{world: newWorld(t), rand: rand.New(rand.NewPCG(seed, 5)), names: map[string]string{}, day: 1, wrote: map[string][2]string{}, ids: map[string]string{}}
	l.forgetful = true
	l.most = []int{7, 1000}[seed%2] // pages of a part of a chunk, and of several
	l.say(create(l.id()))
	for _, user := range []string{"@a:x", "@b:x", "@c:x"} {
		l.names[user] = `{"membership":"join","displayname":"` + user[1:2] + `"}`
		l.say(member(l.id(), user, l.names[user], ""))
	}
	l.take()
	return l
}

// checkIndex compares the index that turns have of the room with the stored one.
func (l *life) checkIndex() {
	l.t.Helper()
	if r := l.ledger.Room(room); r == nil || r.Packed {
		return
	}
	l.turn(func(turn *ledger.Turn) {
		r := turn.Room(room)
		turn.NeedIndex(r, true)
		if err := turn.Fetch(l.t.Context()); err != nil {
			l.t.Fatal(err)
		}
		_, results, err := l.ledger.Read(l.t.Context(), r, storage.ScanPrefix(table.TimelineIndex, table.TimelinePrefix(r.Short), 0))
		if err != nil {
			l.t.Fatal(err)
		}
		if stored, _ := table.DecodeIndex(results[0]); !reflect.DeepEqual(turn.History(r).Spans, stored) {
			l.t.Fatalf("the turn has %+v\nstored is %+v", turn.History(r).Spans, stored)
		}
	})
}

// loadStored loads all that is stored, gaps and all.
func (l *life) loadStored(tl *timeline.Timeline) {
	l.offline()
	for {
		got, err := tl.Paginate(l.t.Context(), 500)
		if errors.Is(err, errOffline) || got.Start {
			return
		}
		if err != nil {
			l.t.Fatal(err)
		}
	}
}

// TestLiveIsWhatOpeningAnewShows is T-5: after any history, a view that lived through
// it, the page that followed it and a view opened anew show the same.
func TestLiveIsWhatOpeningAnewShows(t *testing.T) {
	for seed := range uint64(60) {
		l := newLife(t, seed)
		tl := l.open(1 + l.rand.IntN(40))
		f := follow(t, tl)
		for range 40 {
			l.step(tl)
			l.checkIndex()
			if l.rand.IntN(3) == 0 {
				f.catchUp(tl)
			}
			if l.rand.IntN(10) == 0 {
				l.compare(seed, tl, f)
			}
		}
		l.take()
		l.compare(seed, tl, f)
		l.finish(seed, tl)
	}
}

func (f *follower) catchUp(tl *timeline.Timeline) {
	f.t.Helper()
	if want := tl.Items(); !reflect.DeepEqual(f.items, want) {
		f.next()
		if !reflect.DeepEqual(f.items, want) {
			f.t.Fatalf("the page has\n%s\nthe list\n%s", lines(f.items), lines(want))
		}
	}
}

func (l *life) compare(seed uint64, tl *timeline.Timeline, f *follower) {
	l.t.Helper()
	anew := l.open(1 + l.rand.IntN(40))
	defer anew.Close()
	l.loadStored(tl)
	l.loadStored(anew)
	f.catchUp(tl)
	live, opened := tl.Items(), anew.Items()
	if !reflect.DeepEqual(live, opened) {
		l.t.Fatalf("seed %d:\nlive   %s\nopened %s\n%s", seed, lines(live), lines(opened), firstDifference(live, opened))
	}
}

func firstDifference(a, b []api.TimelineItem) string {
	for i := range min(len(a), len(b)) {
		if !reflect.DeepEqual(a[i], b[i]) {
			return fmt.Sprintf("%d: %+v %+v\n%+v %+v", i, a[i], a[i].Event, b[i], b[i].Event)
		}
	}
	return "lengths differ"
}

// finish closes all gaps: then every event is there once, in order.
func (l *life) finish(seed uint64, tl *timeline.Timeline) {
	l.t.Helper()
	l.answers(l.messages)
	for range 1000 {
		if paginate(l.t, tl, 50).Start {
			break
		}
	}
	var got, want []string
	part := map[event.EventID]bool{} // of others: whether it is a line depends on them
	for _, raw := range l.events {
		e := parse(l.t, raw)
		part[e.ID] = e.Relation().Type != ""
	}
	for _, i := range tl.Items() {
		if i.Event != nil && i.Event.ID != "" && !part[i.Event.ID] {
			got = append(got, string(i.Event.ID))
		}
	}
	for _, raw := range l.events {
		if e := parse(l.t, raw); e.Type != event.Reaction && e.Type != event.RoomRedaction && !part[e.ID] {
			want = append(want, string(e.ID))
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		l.t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
	}
}

// TestReadersWritersAndPaginations runs all at once, for the race detector.
func TestReadersWritersAndPaginations(t *testing.T) {
	l := newLife(t, 1)
	l.say(many("a", 200)...)
	l.page = 10
	l.take()
	tl := l.open(5)
	done := make(chan bool)
	for range 3 {
		go func() {
			defer func() { done <- true }()
			s := tl.Subscribe()
			defer s.Close()
			for seen := 0; seen < 200; {
				u, err := s.Next(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				seen = u.Total
			}
		}()
		go func() {
			defer func() { done <- true }()
			for range 40 {
				if got, err := tl.Paginate(t.Context(), 20); err != nil || got.Start {
					return
				}
			}
		}()
	}
	for i := range 30 {
		err := l.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
			turn.AddOutgoing(outgoing(fmt.Sprint("t", i)))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 6 {
		<-done
	}
}

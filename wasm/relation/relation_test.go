package relation

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

var seeds = flag.Int("seeds", 5000, "how many rooms TestAnyOrder makes up")

// TestAnyOrder is A-1 (FEATURES D-10, D-11, D-12, D-19): events, redactions, keys, the
// server's sums and the list of ignored users come in any order, some twice, some
// leave and come back. In the end, and at any time between, the set answers what
// one finds who looks at all that is there; and whoever asks again only about what
// Changed names misses nothing.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(*seeds) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := makeWorld(r)
		if err := play(r, w); err != "" {
			t.Fatalf("seed %d: %s", seed, err)
		}
	}
}

var users = []event.UserID{me, "@a:x", "@b:x", "@c:x"}

func makeWorld(r *rand.Rand) *world {
	w := &world{redacted: map[event.EventID]bool{}, ignored: map[event.UserID]bool{}, bundles: map[event.EventID]Bundle{}, powerful: "@c:x"}
	n := 4 + r.IntN(24)
	for i := range n {
		w.events = append(w.events, makeEvent(r, event.EventID(fmt.Sprintf("$%c%d", 'a'+r.IntN(26), i))))
	}
	for i := range w.events {
		e := &w.events[i]
		target := &w.events[r.IntN(min(n, 1+r.IntN(n)))] // the first of them more often
		relate(r, e, target)
		if r.IntN(8) == 0 {
			w.redacted[e.ID] = true
		}
	}
	if r.IntN(3) == 0 {
		w.ignored["@a:x"] = true
	}
	for range r.IntN(3) {
		latest := w.events[r.IntN(n)]
		w.bundles[w.events[r.IntN(n)].ID] = Bundle{Count: 1 + r.IntN(5), Participated: r.IntN(2) == 0, Latest: latest.ID, LatestTS: latest.TS}
	}
	return w
}

func makeEvent(r *rand.Rand, id event.EventID) Event {
	e := Event{ID: id, Sender: users[r.IntN(len(users))], TS: int64(r.IntN(6)), Sealed: r.IntN(3) == 0, State: r.IntN(20) == 0}
	if r.IntN(8) == 0 {
		e.Pending, e.Sender, e.Sealed = 1+r.IntN(3), me, false
	}
	e.Redacted = r.IntN(25) == 0
	return e
}

// relate makes an event one that belongs to the target, rightly or not.
func relate(r *rand.Rand, e, target *Event) {
	poll := func(q string) string {
		return `{"m.poll":{"kind":"m.disclosed","max_selections":2,"question":{"body":"` + q + `"},"answers":[{"m.id":"a"},{"m.id":"b"},{"m.id":"c"},{"m.id":"a"}]}}`
	}
	e.Type, e.Content = "m.room.message", scan.Value(`{}`)
	set := func(kind string) { e.Relation = event.Relation{Type: kind, ID: target.ID} }
	switch r.IntN(9) {
	case 0, 1:
		if r.IntN(2) == 0 {
			e.Type, e.Content = "m.poll.start", scan.Value(poll("old"))
		}
	case 2, 3:
		set("m.replace")
		if r.IntN(4) > 0 {
			e.Sender, e.Type = target.Sender, target.Type
		}
		e.Content = scan.Value([]string{`{"m.new_content":{}}`, `{"m.new_content":` + poll("new") + `}`, `{}`, `{"m.new_content":"no"}`}[r.IntN(4)])
	case 4, 5:
		set("m.annotation")
		e.Relation.Key = []string{"x", "y", ""}[r.IntN(3)]
		if r.IntN(6) > 0 {
			e.Type = "m.reaction"
		}
	case 6:
		set("m.thread")
	default:
		set("m.reference")
		e.Type = []string{"m.poll.response", "m.poll.response", "m.poll.end", "m.other"}[r.IntN(4)]
		e.Content = scan.Value([]string{`{"m.selections":["a"]}`, `{"m.selections":["b","c","zz"]}`, `{"m.selections":["a","zz"]}`, `{"m.selections":[]}`, `{"m.selections":["c","c"]}`}[r.IntN(5)])
	}
	if e.Relation.ID == e.ID {
		e.Relation = event.Relation{}
	}
	if e.Type == "" {
		e.Type = "m.room.message"
	}
}

// stage is a set on its way to a world, what there is of it so far, and what
// somebody shows who asks only about what changed.
type stage struct {
	r     *rand.Rand
	goal  *world
	now   *world
	set   *Set
	shown map[event.EventID]string
}

func play(r *rand.Rand, w *world) string {
	now := &world{redacted: map[event.EventID]bool{}, ignored: map[event.UserID]bool{}, bundles: map[event.EventID]Bundle{}, powerful: w.powerful}
	s := NewSet(Room{Me: me, Before: func(a, b event.EventID) bool { return w.at(a) < w.at(b) }, MayRedact: func(u event.UserID) bool { return u == w.powerful }})
	st := &stage{r: r, goal: w, now: now, set: s, shown: map[event.EventID]string{}}
	steps := st.steps()
	r.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for _, step := range steps {
		step()
		if r.IntN(4) == 0 {
			if err := st.check(); err != "" {
				return err
			}
		}
	}
	for i := range w.events { // what was out at the end comes back
		st.put(w.events[i])
	}
	maps.Copy(now.bundles, w.bundles)
	for id, b := range w.bundles {
		s.SetBundle(id, b)
	}
	return st.check()
}

func (st *stage) steps() (steps []func()) {
	for _, e := range st.goal.events {
		if e.Sealed {
			shut := e
			shut.Type, shut.Content = event.RoomEncrypted, nil
			steps = append(steps, func() {
				if st.now.at(e.ID) < 0 {
					st.put(shut)
				}
			})
		}
		steps = append(steps, func() { st.put(e) })
		if st.r.IntN(6) == 0 {
			steps = append(steps, func() { st.remove(e.ID) }, func() { st.put(e) })
		}
	}
	for id := range st.goal.redacted {
		steps = append(steps, func() { st.redact(id) })
		if st.r.IntN(3) == 0 {
			steps = append(steps, func() { st.redact(id); st.redact(id); st.set.Unredact(id) })
		}
	}
	steps = append(steps, func() { st.ignore(map[event.UserID]bool{"@b:x": true}) })
	steps = append(steps, func() { st.ignore(st.goal.ignored) }, func() { st.ignore(nil) })
	for id, b := range st.goal.bundles {
		steps = append(steps, func() { st.now.bundles[id] = b; st.set.SetBundle(id, b) })
	}
	return steps
}

// put adds an event, in the order of the timeline.
func (st *stage) put(e Event) {
	st.set.Put(e)
	if i := st.now.at(e.ID); i >= 0 {
		st.now.events[i] = e
		return
	}
	st.now.events = append(st.now.events, e)
	slices.SortFunc(st.now.events, func(a, b Event) int { return st.goal.at(a.ID) - st.goal.at(b.ID) })
}

func (st *stage) remove(id event.EventID) {
	st.set.Remove(id)
	st.now.events = slices.DeleteFunc(st.now.events, func(e Event) bool { return e.ID == id })
	delete(st.now.bundles, id)
}

func (st *stage) redact(id event.EventID) {
	st.set.Redact(id)
	st.now.redacted[id] = true
}

func (st *stage) ignore(users map[event.UserID]bool) {
	st.set.Ignore(func(u event.UserID) bool { return users[u] })
	st.now.ignored = users
}

func (st *stage) check() string {
	for id := range st.set.Changed() {
		st.shown[id] = answersOf(st.set, id)
	}
	const nothing = "|||0 false|"
	for _, e := range st.goal.events {
		want, shown := st.now.answers(e.ID), st.shown[e.ID]
		if shown == "" {
			shown = nothing
		}
		if got := answersOf(st.set, e.ID); got != want || shown != want {
			return fmt.Sprintf("%s: answers %q, shows %q, want %q\n%s", e.ID, got, shown, want, st.now)
		}
	}
	return ""
}

func (w *world) String() string {
	var b strings.Builder
	for _, e := range w.events {
		fmt.Fprintf(&b, "%s %s %s ts %d pending %d state %v sealed %v %+v %s redacted %v\n",
			e.ID, e.Type, e.Sender, e.TS, e.Pending, e.State, e.Sealed, e.Relation, e.Content, w.redacted[e.ID])
	}
	fmt.Fprintf(&b, "ignored %v bundles %v", w.ignored, w.bundles)
	return b.String()
}

// TestEditedContent (FEATURES A.7): the original's relation stays, and an edit's own
// does not count.
func TestEditedContent(t *testing.T) {
	for _, c := range [][3]string{
		{`{"body":"a"}`, `{"body":"b"}`, `{"body":"b"}`},
		{`{"body":"a","m.relates_to":{"x":1}}`, `{"body":"b"}`, `{"body":"b","m.relates_to":{"x":1}}`},
		{`{"m.relates_to":{"x":1}}`, `{}`, `{"m.relates_to":{"x":1}}`},
		{`{"body":"a"}`, `{"m.relates_to":{"x":1},"body":"b"}`, `{"body":"b"}`},
		{`{"m.relates_to":{"x":1}}`, `{"m.relates_to":7,"body":"b"}`, `{"body":"b","m.relates_to":{"x":1}}`},
	} {
		if got := Edited(scan.Value(c[0]), scan.Value(c[1])); string(got) != c[2] {
			t.Errorf("%s edited with %s: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

// TestLoopsEnd: events in a circle, and one that relates to itself.
func TestLoopsEnd(t *testing.T) {
	s := NewSet(Room{Me: me, Before: func(a, b event.EventID) bool { return a < b }, MayRedact: func(event.UserID) bool { return false }})
	for i := range 10 {
		id, next := event.EventID(fmt.Sprint("$", i)), event.EventID(fmt.Sprint("$", (i+1)%10))
		s.Put(Event{ID: id, Sender: me, Type: "m.room.message", Relation: event.Relation{Type: "m.reference", ID: next, ReplyTo: next}})
	}
	s.Put(Event{ID: "$self", Sender: me, Type: "m.reaction", Relation: event.Relation{Type: "m.thread", ID: "$self"}})
	if got := s.ThreadOf("$0") + s.ThreadOf("$self"); got != "" {
		t.Error("in a thread of", got)
	}
}

func BenchmarkReduce(b *testing.B) { // issue 6: 10,000 events of which 30 % relate
	r := rand.New(rand.NewPCG(1, 1))
	var events []Event
	for i := range 10_000 {
		e := Event{ID: event.EventID(fmt.Sprint("$", i)), Sender: users[r.IntN(4)], TS: int64(i), Type: "m.room.message", Content: scan.Value(`{"body":"x","m.new_content":{"body":"y"}}`)}
		if kind := r.IntN(10); i > 0 && kind < 3 {
			e.Relation = event.Relation{Type: []string{"m.annotation", "m.replace", "m.thread"}[kind], ID: events[max(0, i-1-r.IntN(50))].ID, Key: "x"}
			if kind == 0 {
				e.Type = "m.reaction"
			}
		}
		events = append(events, e)
	}
	b.ReportAllocs()
	for b.Loop() {
		s := NewSet(Room{Me: me, Before: func(a, b event.EventID) bool { return len(a) < len(b) }, MayRedact: func(event.UserID) bool { return false }})
		for i := range events {
			s.Put(events[i])
		}
		for id := range s.Changed() {
			s.Edit(id)
			s.Reactions(id)
			s.Thread(id)
			s.ThreadOf(id)
			s.Poll(id)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/100, "µs/100events")
}

func BenchmarkCrowd(b *testing.B) { // 10,000 reactions on one message, one after the other
	for b.Loop() {
		s := NewSet(Room{Me: me})
		s.Put(Event{ID: "$0", Sender: me, Type: "m.room.message"})
		for i := range 10_000 {
			s.Put(Event{ID: event.EventID(fmt.Sprint("$r", i)), Sender: event.UserID(fmt.Sprint("@u", i)), Type: "m.reaction", Relation: event.Relation{Type: "m.annotation", ID: "$0", Key: "x"}})
		}
		s.Reactions("$0")
	}
}

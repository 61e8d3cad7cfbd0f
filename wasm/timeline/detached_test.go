package timeline_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// around is an event with at most two before and behind it. Tokens are places.
func (w *world) around(i int) homeserver.Context {
	low, high := max(0, i-2), min(len(w.events), i+3)
	before := slices.Clone(w.events[low:i])
	slices.Reverse(before)
	list := func(events []string) scan.Value { return scan.Value("[" + strings.Join(events, ",") + "]") }
	return homeserver.Context{
		Event: scan.Value(w.events[i]), Before: list(before), After: list(w.events[i+1 : high]),
		Start: "p" + strconv.Itoa(low), End: "p" + strconv.Itoa(high),
	}
}

// longRoom has 600 messages of which the newest 30 are stored.
func longRoom(t *testing.T) *world {
	w := newWorld(t)
	w.say(create("$c"))
	for i := range 600 {
		w.say(text(fmt.Sprintf("$%d", i), "@a:x", 1))
	}
	w.page = 30
	w.take()
	return w
}

func (w *world) focus(c timeline.Config) *timeline.Timeline {
	w.t.Helper()
	c.Ledger, c.Server, c.Room = w.ledger, w, room
	tl, err := timeline.Open(w.t.Context(), c, 5)
	if err != nil {
		w.t.Fatal(err)
	}
	return tl
}

func (w *world) insert(i int, events ...string) { w.events = slices.Insert(w.events, i, events...) }

// TestAroundAnEvent: what stands around an event of long ago, both ways, until the
// room's end; and what comes then.
func TestAroundAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := longRoom(t)
		w.insert(502, reaction("$r", "@b:x", "$500", "k"))
		w.pos++
		tl := w.focus(timeline.Config{Event: "$500"})
		defer tl.Close()
		synctest.Wait()
		expect(t, "opened", told(tl.Items()), "$498=b $499=b $500=b[k1] $501=b")
		w.most = 3
		_, err := tl.Paginate(t.Context(), 3)
		synctest.Wait()
		if got := told(tl.Items()); err != nil || !strings.HasPrefix(got, "$495=b $496=b $497=b $498=b") {
			t.Error(got, err)
		}
		w.say(text("$new", "@a:x", 1), reaction("$late", "@c:x", "$499", "l"), redaction("$d", "@a:x", "$501"))
		w.take()
		expect(t, "what comes belongs behind what is missing, but for what is about what is shown", told(tl.Items()),
			"$495=b $496=b $497=b $498=b $499=b[l1] $500=b[k1] $501-")
		w.most = 50
		var got api.Paginated
		for !got.End {
			if got, err = tl.Advance(t.Context(), 50); err != nil {
				t.Fatal(err)
			}
		}
		w.say(text("$newer", "@a:x", 1))
		w.take()
		synctest.Wait()
		items := strings.Fields(told(tl.Items()))
		if len(items) != 600-495+2 || !slices.Equal(items[len(items)-3:], []string{"$599=b", "$new=b", "$newer=b"}) {
			t.Error(len(items), items[len(items)-3:])
		}
	})
}

// TestReactionsOfLongAgo: servers bundle no reactions (FEATURES A.7, D-01).
func TestReactionsOfLongAgo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := longRoom(t)
		w.most = 3
		for i := range 10 { // all of them in what is not loaded
			w.insert(550, reaction(fmt.Sprintf("$r%d", i), fmt.Sprintf("@u%d:x", i), "$500", "k"))
		}
		w.pos += 10
		tl := w.focus(timeline.Config{Event: "$500"})
		defer tl.Close()
		synctest.Wait()
		expect(t, "with its reactions", told(tl.Items()), "$498=b $499=b $500=b[k10] $501=b $502=b")
	})
}

func TestEventThatIsStoredNeedsNoServer(t *testing.T) {
	w := longRoom(t)
	w.offline()
	w.most = 0
	tl := w.focus(timeline.Config{Event: "$575"})
	defer tl.Close()
	if got := told(tl.Items()); !strings.Contains(got, "$575=b") || !strings.HasSuffix(got, "$599=b") {
		t.Error(got)
	}
	if got, err := tl.Advance(t.Context(), 5); err != nil || !got.End {
		t.Error("it does not reach to the end", err)
	}
}

func TestThreadOfLongAgo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := longRoom(t)
		w.most = 3
		for i := range 5 {
			w.insert(300+i, message(fmt.Sprintf("$t%d", i), "@b:x", "in", about("m.thread", "$100")))
		}
		w.pos += 5
		tl := w.focus(timeline.Config{Thread: "$100"})
		defer tl.Close()
		synctest.Wait()
		expect(t, "opened", told(tl.Items()), "$t2=in@$100 $t3=in@$100 $t4=in@$100")
		w.say(message("$t9", "@c:x", "new", about("m.thread", "$100")), message("$x", "@c:x", "beside", ""), reaction("$r", "@c:x", "$t9", "k"))
		w.take()
		for got, err := (api.Paginated{}), error(nil); !got.Start; {
			if got, err = tl.Paginate(t.Context(), 5); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		expect(t, "whole", told(tl.Items()), "$100=b{6false:@c:x:new} $t0=in@$100 $t1=in@$100 $t2=in@$100 $t3=in@$100 $t4=in@$100 $t9=new[k1]@$100")
	})
}

func TestPinned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := longRoom(t)
		w.insert(550, edit("$e", "@a:x", "$7", "edited"), reaction("$r", "@b:x", "$7", "k"))
		w.pos += 2
		w.say(`{"event_id":"$p","type":"m.room.pinned_events","sender":"@a:x","state_key":"","origin_server_ts":1,"content":{"pinned":["$599","$7",8,"$gone","$7"]}}`)
		w.take()
		tl := w.focus(timeline.Config{Pinned: true})
		defer tl.Close()
		synctest.Wait()
		expect(t, "in their order", told(tl.Items()), "$599=b $7=b[k1]")
		w.say(redaction("$d", "@a:x", "$7"), text("$x", "@a:x", 1))
		w.take()
		expect(t, "what comes is not among them", told(tl.Items()), "$599=b $7-")
	})
}

// TestThreadThatGoesOnBeyond: what a server counted of a thread is not counted again
// where its newest message is further on than what is shown.
func TestThreadThatGoesOnBeyond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := longRoom(t)
		in := func(id string, n int64) string {
			return fmt.Sprintf(`{"event_id":%q,"type":"m.room.message","sender":"@b:x","origin_server_ts":%d,"content":{"body":%q%s}}`, id, day(n), id, about("m.thread", "$root"))
		}
		latest := in("$t3", 3)
		root := fmt.Sprintf(`{"event_id":"$root","type":"m.room.message","sender":"@a:x","origin_server_ts":%d,"content":{"body":"root"},"unsigned":{"m.relations":{"m.thread":{"count":3,"latest_event":%s}}}}`, day(1), latest)
		w.insert(300, root, in("$t1", 1), in("$t2", 2))
		w.insert(400, latest)
		w.pos += 4
		tl := w.focus(timeline.Config{Event: "$root"})
		defer tl.Close()
		synctest.Wait()
		if got := told(tl.Items()); !strings.Contains(got, "$root=root{3false:@b:x:$t3}") {
			t.Error(got)
		}
	})
}

package unread_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unread"
)

// cases are those in which receipts were got wrong before, by some client (spec:
// threaded read receipts; FEATURES C-24, D-05, D-07). In steps, "1" is an event
// outside of threads, "3@1" one in the thread of 1, "r3" a receipt for all threads,
// "m3" one for what is in none, "t1:3" one for the thread of 1; "r9/25" is one at
// the time 25 for an event that is not known. Event n is of the time 10·n. "x3"
// redacts. What is wanted are the events that are unread, "s" is what is left of
// the server's number.
var cases = []struct{ name, steps, want string }{
	{"nothing is read", "1 2 3", "1 2 3"},
	{"up to an event", "1 2 3 r2", "3"},
	{"the newest", "1 2 3 r3", ""},
	{"an older receipt comes later", "1 2 3 r3 r1", ""},
	{"an older receipt and what comes after", "1 2 r2 r1 3", "3"},
	{"of two receipts the later event counts, not the later time", "1 2 3 r2/90 r1/99", "3"},
	{"outside of threads", "1 2@1 3 m3", "2"},
	{"outside of threads, by an event in one", "1 2@1 3 m2", "2 3"},
	{"in a thread", "1 2@1 3 4@1 t1:4", "1 3"},
	{"in a thread, half of it", "1 2@1 3 4@1 t1:2", "1 3 4"},
	{"in one of two threads", "1 2 3@1 4@2 5@1 t1:5", "1 2 4"},
	{"in a thread, by its root", "1 2@1 t1:1", "1 2"},
	{"all threads before", "1 2@1 3 4@1 r3", "4"},
	{"all threads, by an event in one", "1 2 3@1 4@2 r4", ""},
	{"all threads, then one", "1 2@1 3@1 r2 t1:3", ""},
	{"one thread, then all before", "1 2@1 3 4@1 t1:4 r2", "3"},
	{"outside of threads and in each", "1 2@1 3 m3 t1:2", ""},
	{"a thread in which more is said", "1 2@1 t1:2 3@1", "1 3"},
	{"unknown, later than all", "1 2 3 r9/99", ""},
	{"unknown, before all", "1 2 3 r9/5", "1 2 3"},
	{"unknown, between", "1 2 3 r9/25", "3"},
	{"unknown, of a thread", "1 2@1 3 t1:9/99", "1 3"},
	{"unknown, and then there", "1 2 r4/5 3 4 5", "5"},
	{"unknown of a thread, and then there", "1 t1:4/5 2@1 3 4@1 5@1", "1 3 5"},
	{"unknown for ever", "1 r9/99 2 r2", ""},
	{"redacted", "1 2 3 x2", "1 3"},
	{"redacted when it was read", "1 2 r2 x2 3", "3"},
	{"twice the same event", "1 2 2 r1", "2"},
	{"the server's number", "s3 1 2", "s3 1 2"},
	{"the server's number, and read after it", "s3 1 2 r1", "2"},
	{"the server's number, and an unknown receipt", "s3 1 2 r9/99", "s3"},
	{"the server's number shrinks", "s3 1 S2:2", "s1 1"},
	{"the server's number never grows", "s3 1 S2:2 S2:9", "s1 1"},
	{"the server's number is gone for ever", "s3 1 S2:1 S2:9 2", "1 2"},
	{"the server's number outside of threads", "s3 1 2@1 m1", "2"},
	{"the server's number and a thread that was read", "s3 1 2@1 t1:2", "s3 1"},
	{"out of a gap", "s3 5 f4 f3", "s1 3 4 5"},
	{"out of a gap, all of it", "1 s3 4 f3 f2", "1 2 3 4"},
	{"out of a gap, twice", "s3 5 f4 f4", "s2 4 5"},
	{"out of a gap, and read", "s5 6 f5 f4 r4", "s3 5 6"},
	{"read before it came out of a gap", "1 s4 4 r4 f3 f2 5", "5"},
	{"read outside of threads before it came out of a gap", "1 s4 4 m4 f3 5", "5"},
	{"read after it, by an older receipt that came later", "1 s2 4 r4 r1 f3", ""},
	{"a receipt in a gap", "s1 5 r3/30 f4 f3 f2", "4 5"},
	{"a receipt in a gap, later than what was listed", "1 2 s2 5 m4/15 f4 f3", "5"},
	{"out of a gap, more than the server counts", "s1 5 f4 f3", "4 5"},
	{"out of a gap, of a thread that the server does not count", "s1 5 f4@1", "s1 5"},
	{"out of a gap at once, more than the server counts", "s2 5 F2-4", "3 4 5"},
	{"a receipt in a gap, of a server that counts anything", "s9 5 r3/30 f4 f3 f2", "s8 4 5"},
	{"out of the last gap, read later than it was sent", "s2 9 r4/85 f8 f7", "7 8 9"},
	{"out of an older gap, and maybe read", "s2 9 r8/75 o3", "s2 9"},
	{"out of an older gap, and not read", "s2 9 r8/25 o3", "s1 3 9"},
	{"answered", "s9 5 a4 f3 f2", "s7 5"},
	{"answered, and read before", "2 m2 s4 9 a4 f1", "s4 9"},
	{"never counted by the server", "5 h3", "5"},
	{"never counted by the server, before what was read", "3 r3 5 h2", "5"},
	{"never counted by the server, behind what was read", "1 r1 5 h3", "3 5"},
	{"never counted by the server, behind what was read of a thread", "1 2@1 t1:2 5 h3", "1 3 5"},
	{"never counted by the server, behind what is unknown", "5 r9/25 h3", "3 5"},
	{"never counted by the server, before what is unknown", "1 r1 5 r9/35 h3", "5"},
}

// "f3" is an event that comes out of a gap, "h3" one that no server counts, "a3" one
// that the user sent, "o3" one out of a gap before another, "F3-5" are three at once.
func TestReceipts(t *testing.T) {
	for _, c := range cases {
		r := &room{}
		for _, step := range strings.Fields(c.steps) {
			r.do(t, step)
			unread.Settle(&r.Unread)
		}
		if got := r.shows(); got != c.want {
			t.Errorf("%s (%s): %q is unread, want %q", c.name, c.steps, got, c.want)
		}
	}
}

// room is one in which all that comes counts.
type room struct {
	table.Unread
	all []event.EventID
}

func (r *room) do(t *testing.T, step string) {
	t.Helper()
	var n, more int
	switch {
	case scan(step, "s%d", &n):
		unread.Anew(&r.Unread, unread.Counts{{Counts: n}}, "$1")
	case scan(step, "S%d:%d", &n, &more): // n is for how many are listed by now
		unread.Served(&r.Unread, unread.Counts{{Counts: more}})
	case scan(step, "x%d", &n):
		unread.Remove(&r.Unread, id(n))
	case scan(step, "r%d/%d", &n, &more):
		r.read("", n, more)
	case scan(step, "m%d/%d", &n, &more):
		r.read(unread.Main, n, more)
	case scan(step, "t1:%d/%d", &n, &more):
		r.read("$1", n, more)
	case scan(step, "t1:%d", &n):
		r.read("$1", n, 10*n)
	case scan(step, "r%d", &n):
		r.read("", n, 10*n)
	case scan(step, "m%d", &n):
		r.read(unread.Main, n, 10*n)
	case scan(step, "f%d@%d", &n, &more):
		r.fill(n, n, id(more), table.Counts|table.ServerCounts, true)
	case scan(step, "F%d-%d", &n, &more):
		r.fill(n, more, "", table.Counts|table.ServerCounts, true)
	case scan(step, "f%d", &n):
		r.fill(n, n, "", table.Counts|table.ServerCounts, true)
	case scan(step, "o%d", &n):
		r.fill(n, n, "", table.Counts|table.ServerCounts, false)
	case scan(step, "h%d", &n):
		r.fill(n, n, "", table.Counts|table.Highlights, true)
	case scan(step, "a%d", &n):
		r.fill(n, n, "", 0, true)
		unread.Read(&r.Unread, table.Receipt{EventID: id(n), Kind: unread.Wrote, Thread: unread.Main, TS: int64(10 * n)}, r.order)
	case scan(step, "%d@%d", &n, &more):
		r.come(n, id(more))
	case scan(step, "%d", &n):
		r.come(n, "")
	default:
		t.Fatalf("step %q", step)
	}
}

func scan(step, format string, into ...any) bool {
	n, err := fmt.Sscanf(step, format, into...)
	return err == nil && n == len(into)
}

func id(n int) event.EventID { return event.EventID(fmt.Sprint("$", n)) }

func (r *room) come(n int, thread event.EventID) {
	r.all = append(r.all, id(n))
	unread.Add(&r.Unread, table.UnreadEvent{ID: id(n), Thread: thread, TS: int64(10 * n), Marks: table.Counts | table.ServerCounts})
	for _, one := range unread.Came(&r.Unread, id(n)) {
		unread.ReadAll(&r.Unread, table.Receipt{EventID: id(n), Thread: one, TS: int64(10 * n)})
	}
}

func (r *room) read(thread string, n, ts int) {
	unread.Read(&r.Unread, table.Receipt{EventID: id(n), Thread: thread, TS: int64(ts)}, r.order)
}

func (r *room) order(id event.EventID) (place int, known bool) {
	place = slices.Index(r.all, id)
	return place, place >= 0
}

// fill takes events out of the gap before what is later.
func (r *room) fill(first, last int, thread event.EventID, marks table.UnreadMarks, latest bool) {
	var filled []table.UnreadEvent
	for n := first; n <= last; n++ {
		if !slices.Contains(r.all, id(n)) {
			at := slices.IndexFunc(r.all, func(other event.EventID) bool { return other > id(n) })
			r.all = slices.Insert(r.all, at, id(n))
		}
		filled = append(filled, table.UnreadEvent{ID: id(n), Thread: thread, TS: int64(10 * n), Marks: marks})
	}
	unread.Meet(&r.Unread, r.order)
	unread.Fill(&r.Unread, unread.Open(&r.Unread, filled, r.order), r.order, latest)
}

func (r *room) shows() string {
	var all []string
	for _, rest := range r.Rest {
		all = append(all, fmt.Sprint("s", rest.Counts))
	}
	for _, e := range r.Events {
		all = append(all, strings.TrimPrefix(string(e.ID), "$"))
	}
	return strings.Join(all, " ")
}

// TestManyUnread: what is too much to be listed counts all the same, until it is read.
func TestManyUnread(t *testing.T) {
	for _, receipt := range []string{fmt.Sprintf("r%d", 3*unread.Kept), fmt.Sprintf("m%d", 3*unread.Kept)} {
		r := &room{}
		for n := range 3 * unread.Kept {
			r.come(n+1, "")
			unread.Settle(&r.Unread)
			if counts, _ := unread.Total(&r.Unread); counts != n+1 || len(r.Events) > unread.Kept {
				t.Fatalf("%d are unread of %d, %d of them listed", counts, n+1, len(r.Events))
			}
		}
		r.do(t, receipt)
		if counts, _ := unread.Total(&r.Unread); counts != 0 {
			t.Errorf("%s: %d are left", receipt, counts)
		}
	}
}

// TestManyStandOut: what stands out does so though there is too much to be listed,
// whatever the server makes of it.
func TestManyStandOut(t *testing.T) {
	r := &room{}
	for n := range 3 * unread.Kept {
		r.come(n+1, "")
		if n%30 == 7 {
			unread.Judge(&r.Unread, id(n+1), table.Counts|table.ServerCounts|table.Highlights)
		}
		unread.Settle(&r.Unread)
	}
	unread.Served(&r.Unread, unread.Counts{{Counts: 3 * unread.Kept}})
	for range 2 { // what is too much to be listed is in no gap
		r.do(t, "F0-0")
		unread.Anew(&r.Unread, unread.Counts{{Counts: 3 * unread.Kept}}, r.Since)
	}
	if counts, highlights := unread.Total(&r.Unread); counts != 3*unread.Kept || highlights != 10 || len(r.Events) > unread.Kept {
		t.Errorf("%d are unread, %d stand out, %d are listed", counts, highlights, len(r.Events))
	}
	for n := range 2 * unread.Kept {
		r.do(t, fmt.Sprintf("%d", 3*unread.Kept+n+1))
		unread.Judge(&r.Unread, id(3*unread.Kept+n+1), table.Counts|table.ServerCounts|table.Highlights)
		unread.Settle(&r.Unread)
	}
	r.do(t, "1000")
	unread.Settle(&r.Unread)
	if counts, _ := unread.Total(&r.Unread); counts != 5*unread.Kept+1 || len(r.Events) > unread.Kept {
		t.Errorf("%d are unread, %d are listed", counts, len(r.Events))
	}
}

// TestManyAroundGap: who reads what is before a gap has not read what is in it,
// however much is behind it.
func TestManyAroundGap(t *testing.T) {
	r := &room{}
	for n := range 60 {
		r.come(n+1, "")
	}
	unread.Anew(&r.Unread, unread.Counts{{Counts: 160}}, id(61))
	for n := range 60 {
		r.come(n+61, "")
		unread.Settle(&r.Unread)
	}
	r.do(t, "r30")
	if counts, _ := unread.Total(&r.Unread); counts < 190 {
		t.Errorf("%d are unread after 30 of 220 were read", counts)
	}
	r.do(t, "r110")
	if counts, _ := unread.Total(&r.Unread); counts != 10 {
		t.Errorf("%d are unread after all but ten were read", counts)
	}
}

// TestManyThreadsRead: however many threads were read, nothing of them comes back.
func TestManyThreadsRead(t *testing.T) {
	r := &room{}
	for n := range 200 {
		r.all = append(r.all, id(n+1000))
		r.read(string(id(n)), n+1000, 0)
	}
	unread.Anew(&r.Unread, unread.Counts{{Thread: id(7), Counts: 5}, {Thread: id(150), Counts: 5}}, id(1000))
	for _, thread := range []int{7, 150} {
		at := slices.Index(r.all, id(1000+thread))
		gone := event.EventID(fmt.Sprint("$gap", thread))
		r.all = slices.Insert(r.all, at, gone)
		filled := []table.UnreadEvent{{ID: gone, Thread: id(thread), TS: 1, Marks: table.Counts | table.ServerCounts}}
		unread.Fill(&r.Unread, unread.Open(&r.Unread, filled, r.order), r.order, true)
	}
	if len(r.Events) > 0 || len(r.Unread.Read) > 100 {
		t.Errorf("%+v came back, %d are remembered", r.Events, len(r.Unread.Read))
	}
	r.do(t, "r1199")
	r.read(string(id(3)), 1003, 0)
	if len(r.Unread.Read) != 1 {
		t.Errorf("%d are remembered", len(r.Unread.Read))
	}
}

func TestThreads(t *testing.T) {
	r := &room{}
	for _, step := range strings.Fields("s2 1 2@1 3@1 4") {
		r.do(t, step)
	}
	want := []table.UnreadRest{{Counts: 4}, {Thread: "$1", Counts: 2}}
	if got := unread.Threads(&r.Unread); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

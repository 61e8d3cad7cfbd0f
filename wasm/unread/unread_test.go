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
}

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
	case scan(step, "t1:%d/%d", &n, &more):
		r.read("$1", n, more)
	case scan(step, "t1:%d", &n):
		r.read("$1", n, 10*n)
	case scan(step, "r%d", &n):
		r.read("", n, 10*n)
	case scan(step, "m%d", &n):
		r.read(unread.Main, n, 10*n)
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
		unread.ReadAll(&r.Unread, one)
	}
}

func (r *room) read(thread string, n, ts int) {
	unread.Read(&r.Unread, table.Receipt{EventID: id(n), Thread: thread, TS: int64(ts)}, func(id event.EventID) (int, bool) {
		i := slices.Index(r.all, id)
		return i, i >= 0
	})
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

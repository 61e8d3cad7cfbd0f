package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

func TestOpenUnknownRoom(t *testing.T) {
	w := newWorld(t)
	_, err := timeline.Open(t.Context(), timeline.Config{Ledger: w.ledger, Server: w, Room: "!no"}, 1)
	if !errors.Is(err, timeline.ErrUnknownRoom) {
		t.Fatal(err)
	}
}

func TestDaysAndStart(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("$1", "@a:x", 1), text("$2", "@a:x", 2), text("$3", "@a:x", 2), text("$back", "@a:x", 1),
		strings.Replace(text("$notime", "@a:x", 5), "origin_server_ts", "x", 1))
	w.take()
	tl := w.open(0)
	f := follow(t, tl)
	expect(t, "opened", lines(f.items), "start day1 $c $1 day2 $2 $3 day1 $back $notime")
	w.say(text("$4", "@a:x", 1))
	w.take()
	expect(t, "same day", f.next(), "insert 10 $4")
	w.say(text("$5", "@a:x", 3))
	w.take()
	expect(t, "next day", f.next(), "insert 11 day3; insert 12 $5")
	tl.Close()
	ends(t, f.stream)
}

func TestDaysBeginWhereTheUserIs(t *testing.T) {
	w := newWorld(t)
	at := func(id string, ts int64) string {
		return fmt.Sprintf(`{"event_id":%q,"type":"m.x","sender":"@a:x","origin_server_ts":%d,"content":{}}`, id, ts)
	}
	const hour = 3_600_000
	w.say(at("$1", day(1)+10*hour), at("$2", day(1)+11*hour), at("$3", day(100)))
	w.take()
	zone := []api.ZoneOffset{{From: 0, Minutes: 60}, {From: day(90), Minutes: -300}}
	tl, err := timeline.Open(t.Context(), timeline.Config{Ledger: w.ledger, Server: w, Room: room, Zone: zone}, 9)
	if err != nil {
		t.Fatal(err)
	}
	defer tl.Close()
	var got []int64
	for _, i := range tl.Items() {
		if i.Kind == api.ItemDay {
			got = append(got, i.TS)
		}
	}
	want := []int64{day(1) - 13*hour, day(1) + 11*hour, day(100) - 7*hour}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("days begin at %v, not %v", got, want)
	}
}

func TestWhatBelongsToOtherEventsIsNoLine(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("$1", "@a:x", 1), text("$2", "@a:x", 1))
	w.take()
	f := follow(t, w.open(0))
	w.say(`{"event_id":"$r","type":"m.reaction","sender":"@a:x","origin_server_ts":1,"content":{"m.relates_to":{"rel_type":"m.annotation","event_id":"$1","key":"x"}}}`,
		`{"event_id":"$e","type":"m.room.message","sender":"@a:x","origin_server_ts":1,"content":{"m.relates_to":{"rel_type":"m.replace","event_id":"$1"}}}`,
		`{"event_id":"$d","type":"m.room.redaction","sender":"@a:x","origin_server_ts":1,"content":{"redacts":"$1"}}`)
	w.take()
	expect(t, "a redaction", f.next(), "set 3 $1-")
	if got := string(f.items[3].Event.Content); got != "{}" {
		t.Errorf("the redacted content is %s", got)
	}
	expect(t, "opened anew", lines(w.open(0).Items()), "start day1 $c $1- $2")
}

// FEATURES D-01: a gap stands where it is and closes in place.
func TestGapOpensAndCloses(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 3)...)...)
	w.take()
	tl := w.open(0)
	f := follow(t, tl)
	w.say(many("b", 10)...)
	w.page = 2
	w.take()
	expect(t, "limited sync", f.next(), "insert 6 gap; insert 7 $b8; insert 8 $b9")
	got := paginate(t, tl, 3)
	if got.Loaded < 3 || got.Start {
		t.Errorf("%+v", got)
	}
	expect(t, "first page", f.next(), "insert 7 $b1; insert 8 $b2; insert 9 $b3; insert 10 $b4; insert 11 $b5; insert 12 $b6; insert 13 $b7")
	if got = paginate(t, tl, 30); got.Loaded != 1 || !got.Start {
		t.Errorf("%+v", got)
	}
	expect(t, "closed", lines(tl.Items()), "start day1 $c $a0 $a1 $a2 $b0 $b1 $b2 $b3 $b4 $b5 $b6 $b7 $b8 $b9")
	expect(t, "stored", lines(w.open(100).Items()), lines(tl.Items()))
}

func TestOfflinePaginationGoesOnBehindTheGap(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 3)...)...)
	w.take()
	w.say(many("b", 4)...)
	w.page = 2
	w.take()
	tl := w.open(30)
	expect(t, "only what has no hole", lines(tl.Items()), "day1 $b2 $b3")
	w.offline()
	if got := paginate(t, tl, 30); got.Loaded != 4 || got.Start {
		t.Errorf("%+v", got)
	}
	expect(t, "offline", lines(tl.Items()), "start day1 $c $a0 $a1 $a2 gap $b2 $b3")
	if _, err := tl.Paginate(t.Context(), 5); !errors.Is(err, errOffline) {
		t.Errorf("nothing to load offline: %v", err)
	}
	w.serve = w.messages
	if got := paginate(t, tl, 30); got.Loaded != 2 || !got.Start {
		t.Errorf("%+v", got)
	}
	expect(t, "online", lines(tl.Items()), "start day1 $c $a0 $a1 $a2 $b0 $b1 $b2 $b3")
}

func TestPaginateFromStorageFirst(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 299)...)...)
	w.take()
	tl := w.open(10)
	if n := len(tl.Items()); n < 10 || n > 120 {
		t.Fatalf("%d items", n)
	}
	for range 20 {
		if paginate(t, tl, 40).Start {
			break
		}
	}
	if n := len(tl.Items()); n != 302 || w.asked != 0 {
		t.Fatalf("%d items, %d requests", n, w.asked)
	}
}

func TestFirstSyncPaginatesToTheStart(t *testing.T) {
	w := newWorld(t)
	w.page = 5
	w.say(append([]string{create("$c")}, many("a", 60)...)...)
	w.take()
	tl := w.open(30)
	f := follow(t, tl)
	total := 5
	for range 20 {
		got := paginate(t, tl, 10)
		total += got.Loaded
		f.next()
		if got.Start {
			break
		}
	}
	if total != 61 || len(f.items) != 63 || f.items[0].Kind != api.ItemStart {
		t.Fatalf("%d loaded: %s", total, lines(f.items))
	}
	if got := paginate(t, tl, 10); !got.Start || got.Loaded != 0 {
		t.Errorf("beyond the start: %+v", got)
	}
}

func TestServerThatNeverEndsDoesNotHang(t *testing.T) {
	w := newWorld(t)
	w.page = 2
	w.say(many("a", 9)...)
	w.take()
	tl := w.open(0)
	n := 0
	w.serve = func(_ context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
		n++
		return homeserver.Messages{Start: p.From, End: fmt.Sprint("x", n), Chunk: scan.Value("[]")}, nil
	}
	if got := paginate(t, tl, 10); got.Loaded != 0 || got.Start {
		t.Errorf("%+v", got)
	}
	w.serve = func(_ context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
		return homeserver.Messages{Start: p.From, End: p.From, Chunk: scan.Value(`["x",{},7,{"event_id":1}]`)}, nil
	}
	if got := paginate(t, tl, 10); !got.Start {
		t.Errorf("a token that stays is the end: %+v", got)
	}
}

func TestTwoPaginationsAreOneAndCancelWorks(t *testing.T) {
	synctest.Test(t, testFlight)
}

func testFlight(t *testing.T) {
	w := newWorld(t)
	defer func() { _ = w.ledger.Close(t.Context()) }()
	w.page = 2
	w.say(append([]string{create("$c")}, many("a", 9)...)...)
	w.take()
	tl := w.open(0)
	asked, answer := make(chan bool), make(chan bool)
	w.serve = func(ctx context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
		asked <- true
		select {
		case <-answer:
			return w.messages(ctx, p)
		case <-ctx.Done():
			return homeserver.Messages{}, ctx.Err()
		}
	}
	type outcome struct {
		api.Paginated
		err error
	}
	call := func(ctx context.Context) chan outcome {
		c := make(chan outcome, 1)
		go func() {
			p, err := tl.Paginate(ctx, 7)
			c <- outcome{p, err}
		}()
		return c
	}
	cancelled, cancel := context.WithCancel(t.Context())
	first, second, third := call(cancelled), call(t.Context()), call(t.Context())
	<-asked
	synctest.Wait()
	cancel()
	if got := <-first; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%+v", got)
	}
	answer <- true
	a, b := <-second, <-third
	if a.err != nil || b.err != nil || a.Loaded != 7 || b.Loaded != 7 || w.asked != 1 {
		t.Errorf("%+v, %+v, %d requests", a, b, w.asked)
	}
	// When nobody waits any more, the request is taken back.
	cancelled, cancel = context.WithCancel(t.Context())
	last := call(cancelled)
	<-asked
	cancel()
	if got := <-last; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%+v", got)
	}
	closing := call(t.Context())
	<-asked
	tl.Close()
	if got := <-closing; !errors.Is(got.err, context.Canceled) {
		t.Errorf("%+v", got)
	}
	if _, err := tl.Paginate(t.Context(), 1); !errors.Is(err, timeline.ErrClosed) {
		t.Error(err)
	}
}

func TestFullDiskShowsNothingThatIsNotStored(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 3)...)...)
	w.take()
	w.say(many("b", 9)...)
	w.page = 2
	w.take()
	tl := w.open(0)
	before := lines(tl.Items())
	w.disk.OnCommit(1, mem.Fault{Err: storage.ErrQuota})
	if _, err := tl.Paginate(t.Context(), 30); !errors.Is(err, storage.ErrQuota) {
		t.Errorf("commit: %v", err)
	}
	w.disk.OnRead(1, mem.Fault{Err: storage.ErrHung})
	if _, err := tl.Paginate(t.Context(), 30); !errors.Is(err, storage.ErrHung) {
		t.Errorf("read: %v", err)
	}
	expect(t, "after both", lines(tl.Items()), before)
	for !paginate(t, tl, 30).Start {
	}
	expect(t, "once it works", lines(tl.Items()), "start day1 $c $a0 $a1 $a2 $b0 $b1 $b2 $b3 $b4 $b5 $b6 $b7 $b8")
}

// After a gap the server never echoes what was sent before it: the event comes
// back with the gap, as the same item.
func TestSentEchoComesBackWithTheGap(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 1)...)...)
	w.take()
	tl := w.open(0)
	w.send("t1")
	w.sent("t1", "$e1")
	w.say(own("$e1", "t1"))
	w.say(many("b", 3)...)
	w.page = 2
	w.take()
	for !paginate(t, tl, 30).Start {
	}
	expect(t, "closed", lines(tl.Items()), "start day1 $c $a0 ~t1 $b0 $b1 $b2")
}

func TestEmptyRoom(t *testing.T) {
	w := newWorld(t)
	w.turn(func(t *ledger.Turn) { t.AddRoom(room) })
	tl := w.open(0)
	f := follow(t, tl)
	expect(t, "opened", lines(f.items), "")
	if got := paginate(t, tl, 1); got.Loaded != 0 || !got.Start {
		t.Errorf("%+v", got)
	}
	w.send("t1")
	expect(t, "a first message", f.next(), "reset day1 ~t1?queued")
}

func outgoing(txn string) *table.Outgoing {
	return &table.Outgoing{RoomID: room, TxnID: event.TxnID(txn), Type: "m.room.message", Content: scan.Value(`{"body":"b"}`), Created: day(1), State: api.SendQueued}
}

func (w *world) send(txn string) {
	w.t.Helper()
	w.turn(func(t *ledger.Turn) { t.AddOutgoing(outgoing(txn)) })
}

func (w *world) sent(txn, id string) {
	w.t.Helper()
	w.turn(func(t *ledger.Turn) {
		if o := t.Outgoing(event.TxnID(txn)); o != nil {
			c := *o
			c.State, c.EventID = api.SendSent, event.EventID(id)
			t.ReplaceOutgoing(&c)
		}
	})
}

// T-3, T-4, FEATURES D-09: the key stays, and no frame has both or none.
func TestEchoBecomesEvent(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("$1", "@a:x", 1))
	w.take()
	f := follow(t, w.open(0))
	w.send("t1")
	expect(t, "first echo", f.next(), "insert 4 ~t1?queued")
	w.send("t2")
	expect(t, "second echo", f.next(), "insert 5 ~t2?queued")
	w.sent("t1", "$e1")
	expect(t, "answer", f.next(), "set 4 ~t1?sent")
	w.say(own("$e1", "t1"))
	w.take()
	expect(t, "echo", f.next(), "set 4 ~t1")
	w.say(text("$2", "@a:x", 1), own("$e2", "t2"))
	w.take()
	expect(t, "echo before the answer", f.next(), "insert 5 $2; set 6 ~t2")
	w.sent("t2", "$e2")
	w.send("t3")
	expect(t, "third echo", f.next(), "insert 7 ~t3?queued")
	w.sent("t3", "$e3")
	expect(t, "answer", f.next(), "set 7 ~t3?sent")
	w.say(strings.Replace(own("$e3", ""), "transaction_id", "none", 1))
	w.take()
	expect(t, "echo without transaction id", f.next(), "set 7 ~t3")
	expect(t, "after a reload", lines(w.open(0).Items()), "start day1 $c $1 ~t1 $2 ~t2 ~t3")
}

func TestOneTransactionIDTwiceIsTwoItems(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), own("$1", "t"), own("$2", "t"), strings.Replace(own("$3", "t"), "@me:x", "@a:x", 1))
	w.take()
	f := follow(t, w.open(0))
	expect(t, "opened", lines(f.items), "start day1 $c ~t $2 $3")
	w.send("t")
	w.send("t2")
	expect(t, "an echo of what is there", f.next(), "insert 6 ~t2?queued")
}

// T-3.
func TestKeysThatLookLikeOthers(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("start", "@a:x", 1), text("~t", "@a:x", 1), text("day/$c", "@a:x", 1), text("readMarker", "@a:x", 1), own("$t", "t"))
	w.take()
	expect(t, "opened", lines(follow(t, w.open(0)).items), "start day1 $c !start !~t !day/$c !readMarker ~t")
}

func receipt(user, id string, ts int) string {
	return fmt.Sprintf(`"ephemeral":{"events":[{"type":"m.receipt","content":{%q:{"m.read":{%q:{"ts":%d}}}}}]}`, id, user, ts)
}

func TestReceiptsOfOthers(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("$1", "@a:x", 1), text("$2", "@a:x", 1),
		`{"event_id":"$r","type":"m.reaction","sender":"@a:x","origin_server_ts":1,"content":{}}`)
	w.take(`"state":{"events":[` + member("$m", "@b:x", `{"membership":"join","displayname":"Bob"}`, "") + `]}`)
	f := follow(t, w.open(0))
	w.take(receipt("@b:x", "$1", 1))
	expect(t, "first", f.next(), "set 3 $1^Bob")
	w.take(receipt("@b:x", "$r", 2))
	expect(t, "on a hidden event", f.next(), "set 3 $1; set 4 $2^Bob")
	w.take(receipt("@c:x", "$2", 3))
	expect(t, "of another", f.next(), "set 4 $2^Bob^@c:x")
	w.take(receipt("@me:x", "$2", 4))
	w.take(receipt("@b:x", "$3", 5))
	expect(t, "on an unknown event", f.next(), "set 4 $2^@c:x")
	w.say(text("$3", "@a:x", 1))
	w.take()
	expect(t, "which comes later", f.next(), "insert 5 $3^Bob")
	expect(t, "opened anew", lines(w.open(0).Items()), "start day1 $c $1 $2^@c:x $3^Bob")
}

func TestReadMarker(t *testing.T) {
	w := newWorld(t)
	read := func(id string) string {
		return fmt.Sprintf(`"account_data":{"events":[{"type":"m.fully_read","content":{"event_id":%q}}]}`, id)
	}
	w.say(create("$c"), text("$1", "@a:x", 1), own("$2", "t"))
	w.take(read("$1"))
	f := follow(t, w.open(0))
	expect(t, "nothing of others follows", lines(f.items), "start day1 $c $1 ~t")
	w.say(text("$3", "@a:x", 1))
	w.take()
	expect(t, "something does", f.next(), "insert 4 readMarker; insert 6 $3")
	w.take(read("$3"))
	expect(t, "all read", f.next(), "remove 4")
	w.say(text("$4", "@a:x", 1))
	w.take()
	expect(t, "more", f.next(), "insert 6 readMarker; insert 7 $4")
}

func senders(items []api.TimelineItem) string {
	var out []string
	for _, i := range items {
		if i.Event != nil && i.Event.StateKey == nil {
			out = append(out, i.Event.Sender.Name)
		}
	}
	return strings.Join(out, ", ")
}

// FEATURES D-02: names are those of the time, and two people never look alike.
func TestNames(t *testing.T) {
	w := newWorld(t)
	alice := `{"membership":"join","displayname":"Alice"}`
	w.say(create("$c"), member("$m1", "@a:x", alice, ""), text("$1", "@a:x", 1),
		member("$m2", "@a:x", `{"membership":"join","displayname":"Al"}`, alice), text("$2", "@a:x", 1), text("$3", "@b:x", 1))
	w.take()
	f := follow(t, w.open(0))
	expect(t, "of the time", senders(f.items), "Alice, Al, @b:x")
	w.say(member("$m3", "@b:x", `{"membership":"join","displayname":" aL\u202e\u200b "}`, `{"membership":"join"}`), text("$4", "@b:x", 1))
	w.take()
	f.next()
	expect(t, "the same twice", senders(f.items), "Alice, Al (@a:x), @b:x, aL\u200b (@b:x)")
	w.say(member("$m4", "@d:x", `{"membership":"join","displayname":"@a:x"}`, ""), text("$5", "@d:x", 1))
	w.take()
	f.next()
	expect(t, "an id as a name", senders(f.items[len(f.items)-1:]), "@a:x (@d:x)")
	expect(t, "opened anew", senders(w.open(0).Items()), senders(f.items))
}

func TestNamesOfOlderEvents(t *testing.T) {
	w := newWorld(t)
	w.page = 1
	old, now := `{"membership":"join","displayname":"Old"}`, `{"membership":"join","displayname":"New"}`
	w.say(create("$c"), member("$m", "@a:x", old, ""), text("$1", "@a:x", 1), member("$m2", "@a:x", now, old), text("$2", "@a:x", 1))
	w.take(`"state":{"events":[` + w.events[3] + `]}`)
	tl := w.open(0)
	paginate(t, tl, 10)
	expect(t, "names", senders(tl.Items()), "Old, New")
}

func TestForgottenRoomEmptiesTheList(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("$1", "@a:x", 1))
	w.take()
	f := follow(t, w.open(0))
	w.turn(func(t *ledger.Turn) { t.RemoveRoom(room) })
	expect(t, "forgotten", f.next(), "reset ")
	w.pos, w.events = 0, []string{create("$c2")}
	w.take()
	expect(t, "and joined again", f.next(), "reset start day1 $c2")
}

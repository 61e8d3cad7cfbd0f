package timeline_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/ledger"
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
	w.say(text("$4", "@c:x", 1))
	w.take()
	expect(t, "who speaks has read up to there", f.next(), "set 4 $2; insert 6 $4")
	expect(t, "opened anew", lines(w.open(0).Items()), "start day1 $c $1 $2 $3^Bob $4")
	w.take(receipt("@c:x", "$3", 6))
	w.say(text("$5", "@a:x", 1))
	w.take(receipt("@c:x", "$5", 7))
	expect(t, "and reads on", f.next(), "insert 7 $5^@c:x")
}

// TestReceiptsThatCameWithTheRoom: those of a room's first response are stored
// together, and each that moves since counts in their place.
func TestReceiptsThatCameWithTheRoom(t *testing.T) {
	w := newWorld(t)
	w.say(create("$c"), text("$1", "@a:x", 1), text("$2", "@a:x", 1))
	w.take(`"ephemeral":{"events":[{"type":"m.receipt","content":{"$1":{"m.read":{"@b:x":{"ts":1},"@c:x":{"ts":2}}},"$2":{"m.read":{"@d:x":{"ts":3}}}}}]}`)
	expect(t, "first", lines(w.open(0).Items()), "start day1 $c $1^@b:x^@c:x $2^@d:x")
	w.take(receipt("@b:x", "$2", 4))
	expect(t, "and since", lines(w.open(0).Items()), "start day1 $c $1^@c:x $2^@d:x^@b:x")
	if n := len(w.disk.Records(table.Receipts)); n != 2 {
		t.Errorf("%d records", n)
	}
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

// A garbled record costs what it holds (T-6), and what the server has of that
// comes back (T-7).
func TestGarbledRecords(t *testing.T) {
	w := newWorld(t)
	w.say(append([]string{create("$c")}, many("a", 120)...)...)
	w.take()
	w.say(text("$last", "@a:x", 1))
	w.take(receipt("@b:x", "$last", 1))
	w.turn(func(t *ledger.Turn) {
		t.Need(t.Room(room)) // a room that is packed has no such records
		if err := t.Fetch(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	})
	short := w.ledger.Room(room).Short
	second := table.TimelineKey(short, table.ChunkID{Fragment: 1, Chunk: table.FirstChunk + table.ChunkStep})
	w.turn(func(t *ledger.Turn) {
		t.Put(table.Timeline, second, []byte("garbled"))
		t.Put(table.TimelineIndex, second, nil)
		t.Put(table.State, table.StatePageKey(short, 0), []byte{1, 255})
		t.Put(table.Receipts, append(storage.U32(short), 1), []byte{9})
	})
	w.offline()
	tl := w.open(1000)
	if n := len(tl.Items()); n != 1+22 { // a day, and the newest chunk
		t.Errorf("%d items", n)
	}
	if got := w.ledger.Torn(); len(got) != 1 || got[0] != room {
		t.Errorf("torn: %v", got)
	}
	w.say(text("$more", "@a:x", 1))
	w.take()
	if got := lines(tl.Items()); !strings.HasSuffix(got, "$a119 $last^@b:x $more") {
		t.Error(got)
	}
	w.answers(w.messages)
	if got, err := tl.Paginate(t.Context(), 1000); err != nil || !got.Start {
		t.Fatal(got, err)
	}
	want := []string{"$c"}
	for i := range 120 {
		want = append(want, fmt.Sprint("$a", i))
	}
	if got := events(tl.Items()); !slices.Equal(got, append(want, "$last", "$more")) {
		t.Error(got)
	}
}

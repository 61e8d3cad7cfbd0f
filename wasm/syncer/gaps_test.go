package syncer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// reader is an account whose server has one page for a gap.
type reader struct {
	*account
	timeline.Server
	page string
	end  string
}

func (r *reader) Messages(context.Context, event.RoomID, homeserver.MessagesParams) (homeserver.Messages, error) {
	return homeserver.Messages{Chunk: scan.Value("[" + r.page + "]"), End: r.end}, nil
}

// readBack fills the gap with that, newest first.
func (r *reader) readBack(page ...string) {
	r.t.Helper()
	r.page = strings.Join(page, ",")
	shown, err := timeline.Open(r.t.Context(), timeline.Config{Ledger: r.ledger, Server: r, Room: "!r", Filled: syncer.Fill}, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	defer shown.Close()
	if _, err := shown.Paginate(r.t.Context(), 1); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) shows(what string, unread, highlights int) {
	r.t.Helper()
	if room := r.room("!r"); room.Unread != unread || room.Highlights != highlights {
		r.t.Errorf("%s: %d unread, %d highlights, want %d and %d: %+v", what, room.Unread, room.Highlights, unread, highlights, room.News)
	}
}

func at(ts int, sender, content string) string {
	return fmt.Sprintf(`{"event_id":"$%d","type":"m.room.message","sender":%q,"origin_server_ts":%d,"content":{"msgtype":"m.text","body":"words"%s}}`, ts, sender, ts, content)
}

// away is an account that knows two events, a gap in which as many are unread as
// the server says, and one after it.
func away(t *testing.T, unread int, more string) *reader {
	r := &reader{account: newAccount(t), end: "s1"}
	r.eager = true
	r.disk.Kill()
	r.open()
	state := `{"event_id":"$c","type":"m.room.create","state_key":"","sender":"@a:x","content":{"room_version":"11"}},` +
		member(string(me), "Me", "join") + "," + member("@a:x", "A", "join") + "," + member("@b:x", "B", "join")
	r.take("", `{"next_batch":"s1",`+joinRoom("!r", `"state":{"events":[`+state+`]},"timeline":{"events":[`+at(1, "@a:x", "")+","+at(2, "@a:x", "")+`]},
		"unread_notifications":{"notification_count":2}`)+`}`)
	r.take("s1", `{"next_batch":"s2",`+joinRoom("!r", fmt.Sprintf(`"timeline":{"limited":true,"prev_batch":"p9","events":[%s]},
		"unread_notifications":{"notification_count":%d}`, at(9, "@a:x", ""), unread)+more)+`}`)
	return r
}

func receiptAt(id string, ts int) string {
	return fmt.Sprintf(`,"ephemeral":{"events":[{"type":"m.receipt","content":{%q:{"m.read":{%q:{"ts":%d}}}}}]}`, id, me, ts)
}

// TestAnsweredInGap: who answers has read what is above that, in the gap and before
// it, though the server still counts it.
func TestAnsweredInGap(t *testing.T) {
	r := away(t, 6, "")
	r.shows("with a gap", 6, 0)
	r.readBack(at(6, "@a:x", ""), at(5, string(me), ""), at(4, "@b:x", ""), at(3, "@a:x", ""))
	r.shows("with what was answered", 2, 0)
}

// TestReceiptInGap: where a receipt stands counts, as soon as that is known, and not
// when it was sent.
func TestReceiptInGap(t *testing.T) {
	r := away(t, 3, receiptAt("$4", 1))
	r.shows("with a gap", 3, 0) // by the time alone the second is one of them
	r.readBack(at(6, "@a:x", ""), at(5, "@a:x", ""), at(4, "@b:x", ""), at(3, "@a:x", ""))
	if news := r.room("!r").News; len(news.Dangling) > 0 || len(news.Read) != 1 {
		t.Errorf("remembered is %+v", news)
	}
	for i := range r.room("!r").News.Events {
		if id := r.room("!r").News.Events[i].ID; id <= "$4" {
			t.Errorf("%s is unread", id)
		}
	}
}

// TestOlderGapFirst: while a gap behind it is open, nobody can say of an event that
// may have been read for which of them the server's number is.
func TestOlderGapFirst(t *testing.T) {
	r := away(t, 6, "")
	r.take("s2", `{"next_batch":"s3",`+joinRoom("!r", `"timeline":{"limited":true,"prev_batch":"p40","events":[`+at(40, "@a:x", "")+`]},
		"unread_notifications":{"notification_count":5}`+receiptAt("$30", 30))+`}`)
	r.shows("with two gaps", 5, 0)
	r.page = at(4, "@a:x", "") + "," + at(3, "@a:x", "")
	r.putPage(func(gaps []table.Span) table.Span { return gaps[len(gaps)-1] }, r.Messages)
	r.shows("with the older filled", 5, 0)
	r.page, r.end = at(32, "@a:x", `,"m.mentions":{"user_ids":["`+string(me)+`"]}`)+","+at(30, "@a:x", ""), "s2"
	r.putPage(func(gaps []table.Span) table.Span { return gaps[0] }, r.Messages)
	r.shows("with both filled", 5, 1)
	if events := r.room("!r").News.Events; len(events) != 2 || events[0].ID != "$32" {
		t.Errorf("unread are %+v", events)
	}
}

// TestRedactedInGap: what was known is gone when its redaction comes out of a gap.
func TestRedactedInGap(t *testing.T) {
	r := away(t, 3, "")
	r.shows("with a gap", 3, 0)
	r.readBack(`{"event_id":"$4","type":"m.room.redaction","sender":"@a:x","origin_server_ts":4,"content":{"redacts":"$2"}}`, at(3, "@a:x", ""))
	for i := range r.room("!r").News.Events {
		if id := r.room("!r").News.Events[i].ID; id == "$2" {
			t.Error("what was redacted is unread")
		}
	}
}

// TestNamedInGap: what stands out does by all that the rules look at: the user's
// name in the room, and who may address everybody.
func TestNamedInGap(t *testing.T) {
	for _, level := range []int{0, 100} {
		r := away(t, 5, "")
		r.take("s2", `{"next_batch":"s3",`+joinRoom("!r", fmt.Sprintf(`"state":{"events":[{"event_id":"$p","type":"m.room.power_levels","state_key":"",
			"sender":"@a:x","content":{"users":{"@a:x":50},"notifications":{"room":%d}}}]}`, level))+`}`)
		r.disk.Kill()
		r.open()
		r.readBack(at(4, "@a:x", `,"m.mentions":{"room":true}`), at(3, "@a:x", ""))
		r.shows("with who addresses all", 5, map[int]int{0: 1, 100: 0}[level])
	}
}

func lines(from, to int) string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, at(i, "@a:x", ""))
	}
	return strings.Join(all, ",")
}

func about(kind, id string) string {
	return fmt.Sprintf(`,"m.relates_to":{"rel_type":%q,"event_id":%q}`, kind, id)
}

// TestReadBeforeGap: who reads what is before a gap has not read what is in it,
// though there is too much to be listed.
func TestReadBeforeGap(t *testing.T) {
	r := away(t, 3, "")
	r.take("s2", `{"next_batch":"s3",`+joinRoom("!r", `"timeline":{"events":[`+lines(10, 70)+`]},"unread_notifications":{"notification_count":63}`)+`}`)
	notice := strings.Replace(at(200, "@a:x", ""), "m.text", "m.notice", 1)
	r.take("s3", `{"next_batch":"s4",`+joinRoom("!r", `"timeline":{"limited":true,"prev_batch":"p","events":[`+notice+","+lines(201, 261)+`]},
		"unread_notifications":{"notification_count":223}`)+`}`)
	err := r.ledger.Update(t.Context(), func(ctx context.Context, turn *ledger.Turn) error {
		return syncer.Read(ctx, turn, turn.Room("!r"), table.Receipt{EventID: "$39", TS: 39})
	})
	if err != nil {
		t.Fatal(err)
	}
	if unread := r.room("!r").Unread; unread < 190 {
		t.Errorf("%d are unread after 33 of 223 were read", unread)
	}
}

// TestRelationsTooDeep: what is related over more hops than count is in no thread,
// whoever knows where that leads.
func TestRelationsTooDeep(t *testing.T) {
	r := away(t, 3, "")
	events := []string{}
	for i, sender := range []string{"@a:x", "@a:x", "@a:x", string(me)} {
		events = append(events, at(300+i, sender, about("m.reference", fmt.Sprint("$", 299+i))))
	}
	r.take("s2", `{"next_batch":"s3",`+joinRoom("!r", `"timeline":{"events":[`+strings.Join(events, ",")+`]},"unread_notifications":{"notification_count":0}`)+`}`)
	r.shows("after an answer", 0, 0)
}

// TestRelatedFar: what the user writes about something that is about what was long
// ago is in the thread of that.
func TestRelatedFar(t *testing.T) {
	r := away(t, 3, "")
	r.take("s2", `{"next_batch":"s3",`+joinRoom("!r", `"timeline":{"events":[`+lines(10, 90)+`]},"unread_notifications":{"notification_count":80}`+receiptAt("$9", 9))+`}`)
	r.shows("before an answer", 80, 0)
	edit, mine := at(300, "@a:x", about("m.replace", "$9")), at(301, string(me), about("m.reference", "$300"))
	r.take("s3", `{"next_batch":"s4",`+joinRoom("!r", `"timeline":{"events":[`+edit+","+mine+`]}`)+`}`)
	r.shows("after an answer", 0, 0)
}

// TestGapOfMany: however long a gap is, and however much of it is unread, what is
// kept of it is not; whom it mentions is.
func TestGapOfMany(t *testing.T) {
	const all = 1000
	r := away(t, all+3, "")
	for n := all; n > 0; n -= 50 {
		var page []string
		for i := n; i > n-50; i-- {
			content := ""
			if i%100 == 7 {
				content = fmt.Sprintf(`,"m.mentions":{"user_ids":[%q]}`, me)
			}
			page = append(page, at(1000+i, "@a:x", content))
		}
		r.end = map[bool]string{true: "s1", false: fmt.Sprint("p", n)}[n == 50]
		r.readBack(page...)
		if news := r.room("!r").News; len(news.Events) > 100 || len(news.Rest) > 1 {
			t.Fatalf("%d are listed", len(news.Events))
		}
	}
	r.shows("with a long gap", all+3, all/100)
}

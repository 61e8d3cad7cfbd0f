package syncer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
)

const me event.UserID = "@me:x"

// account is a ledger on a disk that can be killed and opened again.
type account struct {
	t      *testing.T
	disk   *mem.Disk
	db     storage.DB
	ledger *ledger.Ledger
	sync   *syncer.Syncer
	eager  bool // it does not pack
}

func newAccount(t *testing.T) *account {
	a := &account{t: t, disk: mem.NewDisk()}
	a.begin()
	return a
}

// begin signs in.
func (a *account) begin() {
	a.t.Helper()
	a.open()
	err := a.ledger.Update(a.t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		turn.SetSession(&table.Session{Homeserver: "https://x", UserID: me, DeviceID: "D", Token: "t"})
		return nil
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) open() {
	a.t.Helper()
	db, err := mem.Open(a.t.Context(), a.disk, table.Schema(), storage.Options{})
	if err != nil {
		a.t.Fatal(err)
	}
	known := ledger.Known{Unpack: syncer.Unpack}
	if a.eager {
		known.Unpack = nil
	}
	if a.ledger, err = ledger.Open(a.t.Context(), db, known); err != nil {
		a.t.Fatal(err)
	}
	a.db = db
	a.sync = syncer.New(a.ledger, nil, clock{}, func(syncer.Status) {})
}

func (a *account) take(since, body string) {
	a.t.Helper()
	if err := a.try(since, body); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) try(since, body string) error {
	a.t.Helper()
	v, err := scan.Parse([]byte(body))
	if err != nil {
		a.t.Fatalf("test response: %v", err)
	}
	return a.sync.Take(a.t.Context(), since, v)
}

func (a *account) room(id event.RoomID) *table.Room {
	a.t.Helper()
	r := a.ledger.Room(id)
	if r == nil {
		a.t.Fatalf("no room %s", id)
	}
	return r
}

// texts lists a room's stored messages, oldest first, as "sender name: body",
// with a line for each gap.
func (a *account) texts(id event.RoomID) string {
	a.t.Helper()
	prefix := table.TimelinePrefix(a.room(id).Short)
	_, res, err := a.ledger.Read(a.t.Context(), a.room(id), storage.ScanPrefix(table.Timeline, prefix, 0), storage.ScanPrefix(table.TimelineIndex, prefix, 0))
	if err != nil {
		a.t.Fatal(err)
	}
	var lines []string
	for i := len(res[0]) - 1; i >= 0; i-- {
		_, chunkID, _ := table.ParseTimelineKey(res[0][i].Key)
		chunk, err := table.DecodeChunk(chunkID, res[0][i].Value)
		span, err2 := table.DecodeSpan(chunkID, res[1][i].Value)
		if err != nil || err2 != nil || len(span.Hashes) != len(chunk.Entries) {
			a.t.Fatal("chunk and span do not fit", err, err2)
		}
		if span.Gap != nil {
			lines = append(lines, "gap "+span.Gap.From)
		}
		for _, e := range chunk.Entries {
			lines = append(lines, e.Profile.Name+": "+e.Content().Get("body").Text())
		}
	}
	return strings.Join(lines, "\n")
}

type clock struct{}

func (clock) Now() time.Time                         { return time.UnixMilli(1_000_000) }
func (clock) After(d time.Duration) <-chan time.Time { return make(chan time.Time) }
func (clock) Jitter(d time.Duration) time.Duration   { return 0 }

func member(user, name, membership string) string {
	return fmt.Sprintf(`{"event_id":"$m%s%s%s","type":"m.room.member","state_key":%q,"sender":%q,"origin_server_ts":1,"content":{"membership":%q,"displayname":%q}}`,
		user, name, membership, user, user, membership, name)
}

func text(id, sender, body string) string {
	return fmt.Sprintf(`{"event_id":%q,"type":"m.room.message","sender":%q,"origin_server_ts":5,"content":{"msgtype":"m.text","body":%q}}`, id, sender, body)
}

func joinRoom(id, rest string) string { return fmt.Sprintf(`"rooms":{"join":{%q:{%s}}}`, id, rest) }

// TestNamesOfTheTime: M0 by Alice, S1 renames her, M2: the names must differ
// (FEATURES D-02).
func TestNamesOfTheTime(t *testing.T) {
	timeline := strings.Join([]string{text("$0", "@a:x", "zero"),
		`{"event_id":"$1","type":"m.room.member","state_key":"@a:x","sender":"@a:x","origin_server_ts":2,"content":{"membership":"join","displayname":"New"},"unsigned":{"prev_content":{"membership":"join","displayname":"Old"}}}`,
		text("$2", "@a:x", "two")}, ",")
	for name, state := range map[string]string{
		"classic":     `"state":{"events":[` + member("@a:x", "Old", "join") + `]}`,
		"state_after": `"state_after":{"events":[` + member("@a:x", "New", "join") + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			a.take("", `{"next_batch":"1",`+joinRoom("!r", state+`,"timeline":{"prev_batch":"p","limited":true,"events":[`+timeline+`]}`)+`}`)
			if got, want := a.texts("!r"), "gap p\nOld: zero\nNew: \nNew: two"; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			a.take("1", `{"next_batch":"2",`+joinRoom("!r", `"timeline":{"events":[`+text("$3", "@a:x", "three")+`]}`)+`}`)
			if got := a.texts("!r"); !strings.HasSuffix(got, "New: three") {
				t.Errorf("a later message takes the name from storage: %s", got)
			}
		})
	}
}

// TestGapWithoutEvents: a limited timeline may have no event that we may see.
func TestGapWithoutEvents(t *testing.T) {
	a := newAccount(t)
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"timeline":{"events":[`+text("$1", "@a:x", "one")+`]}`)+`}`)
	a.take("1", `{"next_batch":"2",`+joinRoom("!r", `"timeline":{"limited":true,"prev_batch":"p","events":[]}`)+`}`)
	if got := a.texts("!r"); got != ": one\ngap p" {
		t.Errorf("what was there before the gap stays: %q", got)
	}
}

// TestStateAfter: with state_after, timeline state must not touch the state
// (FEATURES D-03).
func TestStateAfter(t *testing.T) {
	name := func(id, n string) string {
		return fmt.Sprintf(`{"event_id":%q,"type":"m.room.name","state_key":"","sender":"@a:x","origin_server_ts":2,"content":{"name":%q}}`, id, n)
	}
	a := newAccount(t)
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"state":{"events":[`+name("$1", "classic")+`]},"timeline":{"events":[`+name("$2", "later")+`]}`)+`}`)
	if n := a.room("!r").Name; n != "later" {
		t.Errorf("classic: timeline state counts, got %q", n)
	}
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"state_after":null,"timeline":{"events":[`+name("$2", "null")+`]}`)+`}`)
	if n := a.room("!r").Name; n != "null" {
		t.Errorf("a null is no state_after, got %q", n)
	}
	a.take("1", `{"next_batch":"2",`+joinRoom("!r", `"state_after":{"events":[]},"timeline":{"events":[`+name("$3", "fork that lost")+`]}`)+`}`)
	if n := a.room("!r").Name; n != "null" {
		t.Errorf("an empty state_after means that nothing changed, got %q", n)
	}
}

// TestTokenIsOfWhatIsStored: the next sync goes on from a response only once all of
// it is stored (FEATURES E-1, law 1).
func TestTokenIsOfWhatIsStored(t *testing.T) {
	a := newAccount(t)
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"timeline":{"events":[`+text("$1", "@a:x", "one")+`]}`)+`}`)
	a.texts("!r") // or it would only be packed
	body := `{"next_batch":"2",` + joinRoom("!r", `"timeline":{"events":[`+text("$2", "@a:x", "two")+`]}`) + `}`
	a.disk.OnCommit(1, mem.Fault{Err: storage.ErrQuota})
	if err := a.try("1", body); !errors.Is(err, storage.ErrQuota) || a.ledger.NextBatch() != "1" {
		t.Fatalf("%v, and goes on from %q", err, a.ledger.NextBatch())
	}
	a.take("1", body)
	if got := a.texts("!r"); got != ": one\n: two" || a.ledger.NextBatch() != "2" {
		t.Errorf("%q, and goes on from %q", got, a.ledger.NextBatch())
	}
}

// TestLeftAndKnocked: what is said of rooms that were left and of those at whose
// door one stands counts as that of others (FEATURES E-2).
func TestLeftAndKnocked(t *testing.T) {
	a := newAccount(t)
	state := func(id, kind, content string) string {
		return fmt.Sprintf(`{"event_id":%q,"type":%q,"state_key":"","sender":"@a:x","origin_server_ts":2,"content":%s}`, id, kind, content)
	}
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"state":{"events":[`+state("$1", "m.room.name", `{"name":"tea"}`)+`]}`)+`}`)
	a.take("1", `{"next_batch":"2","rooms":{"leave":{"!r":{"state_after":{"events":[`+state("$2", "m.room.topic", `{"topic":"over"}`)+`]},
		"timeline":{"events":[`+state("$3", "m.room.name", `{"name":"fork that lost"}`)+`]}}},
		"knock":{"!k":{"knock_state":{"events":[{"type":"m.room.name","state_key":"","sender":"@a:x","content":{"name":"door"}}]}}}}}`)
	if r := a.room("!r"); r.Membership != event.Leave || r.Name != "tea" || r.Topic != "over" {
		t.Errorf("left: %+v", r)
	}
	if r := a.room("!k"); r.Membership != event.Knock || r.Name != "door" {
		t.Errorf("knocked: %+v", r)
	}
}

// TestLeftAndInvitedAgain: who was made to leave and invited again while away finds
// the invitation, in whichever order the response has the two (FEATURES D-25).
func TestLeftAndInvitedAgain(t *testing.T) {
	for section, want := range map[string]event.Membership{"invite": event.Invite, "knock": event.Knock} {
		again := `"` + section + `":{"!r":{"` + section + `_state":{"events":[
			{"type":"m.room.member","state_key":"@me:x","sender":"@a:x","content":{"membership":"` + section + `"}}]}}}`
		gone := `"leave":{"!r":{"timeline":{"events":[{"event_id":"$9","type":"m.room.member","state_key":"@me:x","sender":"@a:x","origin_server_ts":2,"content":{"membership":"leave"}}]}}}`
		for _, rooms := range []string{again + `,` + gone, gone + `,` + again} {
			a := newAccount(t)
			a.take("", `{"next_batch":"1",`+joinRoom("!r", ``)+`}`)
			a.take("1", `{"next_batch":"2","rooms":{`+rooms+`}}`)
			if r := a.room("!r"); r.Membership != want {
				t.Errorf("%s: %+v", section, r)
			}
			a.take("2", `{"next_batch":"3","rooms":{`+gone+`}}`)
			if r := a.room("!r"); r != nil && r.Membership != event.Leave {
				t.Errorf("%s, and left: %+v", section, r)
			}
		}
	}
}

// TestMemberships walks a room through the sections (FEATURES D-25, 2-20).
func TestMemberships(t *testing.T) {
	a := newAccount(t)
	invite := func(name string) string {
		return `"rooms":{"invite":{"!r":{"invite_state":{"events":[
			{"type":"m.room.name","state_key":"","sender":"@a:x","content":{"name":"` + name + `"}},
			{"type":"m.room.member","state_key":"@a:x","sender":"@a:x","content":{"membership":"join","displayname":"Alice"}},
			{"type":"m.room.member","state_key":"@me:x","sender":"@a:x","content":{"membership":"invite","is_direct":true}}]}}}}`
	}
	a.take("", `{"next_batch":"1",`+invite("one")+`}`)
	if r := a.room("!r"); r.Membership != event.Invite || r.Name != "one" || r.Inviter.Profile.Name != "Alice" || r.Direct != "@a:x" {
		t.Fatalf("%+v", r)
	}
	a.take("1", `{"next_batch":"2","rooms":{"leave":{"!r":{}}}}`)
	if a.ledger.Room("!r") != nil {
		t.Error("a rejected invitation leaves nothing")
	}
	a.take("2", `{"next_batch":"3",`+invite("two")+`}`)
	a.take("3", `{"next_batch":"4",`+joinRoom("!r", `"state":{"events":[`+member("@me:x", "Me", "join")+`]},"timeline":{"events":[`+text("$1", "@a:x", "hi")+`]}`)+`}`)
	if r := a.room("!r"); r.Membership != event.Join || r.Name != "" {
		t.Errorf("stripped state must go when real state comes: %+v", r)
	}
	kick := `{"event_id":"$k","type":"m.room.member","state_key":"@me:x","sender":"@a:x","origin_server_ts":9,"content":{"membership":"ban"}}`
	a.take("4", `{"next_batch":"5","rooms":{"leave":{"!r":{"timeline":{"events":[`+kick+`]}}}}}`)
	if r := a.room("!r"); r.Membership != event.Ban {
		t.Errorf("%+v", r)
	}
	if !strings.HasPrefix(a.texts("!r"), ": hi") {
		t.Errorf("the history of a left room stays: %q", a.texts("!r"))
	}
	a.take("5", `{"next_batch":"6",`+invite("three")+`}`)
	if r := a.room("!r"); r.Membership != event.Invite || r.Name != "three" {
		t.Errorf("an invitation wins over archived state: %+v", r)
	}
	a.take("6", `{"next_batch":"7","rooms":{"leave":{"!r":{}}}}`)
	if r := a.room("!r"); r.Membership != event.Leave {
		t.Errorf("a rejected invitation goes back to the archive: %+v", r)
	}
	if r := a.room("!r"); r.Name != "" || r.Inviter.ID != "" || len(r.Heroes) != 0 {
		t.Errorf("and is called what its own state says: %+v", r)
	}
	a.take("7", `{"next_batch":"8","rooms":{"leave":{"!unknown":{"timeline":{"events":[`+kick+`]}}}}}`)
	if a.ledger.Room("!unknown") != nil {
		t.Error("a left room that was never known is not taken in")
	}
}

// TestPoison: one bad event costs itself (FEATURES D-27).
func TestPoison(t *testing.T) {
	a := newAccount(t)
	bad := []string{`7`, `null`, `{}`, `[]`, `{"event_id":1}`, `{"event_id":"$x","type":"m.room.message","sender":"@a:x","content":"no object"}`,
		`{"event_id":"$y","type":"m.room.member","state_key":7,"sender":"@a:x","content":{}}`,
		`{"event_id":"$z","type":"m.room.message","sender":"@a:x","origin_server_ts":1,"content":{"body":"` + strings.Repeat("x", event.MaxSize) + `"}}`}
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"state":{"events":[`+strings.Join(bad, ",")+`]},"summary":7,"unread_notifications":[],"ephemeral":{"events":[7,{"type":"m.typing"},{"type":"m.receipt","content":{"$e":{"m.read":7}}}]},
		"account_data":{"events":[7,{"type":"m.tag","content":{"tags":[]}}]},
		"timeline":{"limited":"yes","prev_batch":7,"events":[`+strings.Join(bad, ",")+`,`+text("$good", "@a:x", "good")+`]}`)+`,"presence":{"events":[7]},"account_data":{"events":[{"type":"m.direct","content":{"@a:x":7}}]}}`)
	if !strings.HasSuffix(a.texts("!r"), ": good") {
		t.Errorf("%q", a.texts("!r"))
	}
	res, err := a.db.Read(t.Context(), storage.Scan(table.Aside, nil, nil, 0))
	if err != nil || len(res[0]) < 2*len(bad) {
		t.Errorf("%d set aside, %v", len(res[0]), err)
	}
}

// TestInitialSyncIsCutOff kills the store at every commit of an initial sync
// in slices: the next start begins again, and ends with the same rooms
// (STORAGE: rewriting a slice is harmless).
func TestInitialSyncIsCutOff(t *testing.T) {
	var rooms []string
	for i := range 300 {
		rooms = append(rooms, fmt.Sprintf(`"!%d":{"state":{"events":[%s]},"timeline":{"limited":true,"prev_batch":"p","events":[%s]}}`,
			i, member("@a:x", "Alice", "join"), text(fmt.Sprintf("$%d", i), "@a:x", "hello")))
	}
	body := `{"next_batch":"1","rooms":{"join":{` + strings.Join(rooms, ",") + `}}}`
	for n := 1; ; n++ {
		a := newAccount(t)
		a.disk.OnCommit(n, mem.Fault{Err: errors.New("killed")})
		err := a.try("", body)
		if err == nil {
			if n < 3 {
				t.Fatalf("the sync took %d commits, so it was not sliced", n-1)
			}
			return
		}
		if a.ledger.NextBatch() != "" {
			t.Fatal("the token moved without the rooms")
		}
		a.disk.Kill()
		a.open()
		a.take("", body)
		if got := len(a.ledger.Rooms()); got != 300 {
			t.Errorf("%d rooms", got)
		}
		for _, r := range a.ledger.Rooms() {
			if got := a.texts(r.ID); got != "gap p\nAlice: hello" {
				t.Errorf("%s: %q", r.ID, got)
			}
		}
	}
}

// TestEcho: the server's event takes the place of the local echo, by
// transaction id or by the event id that was answered (FEATURES D-09).
func TestEcho(t *testing.T) {
	a := newAccount(t)
	out := []*table.Outgoing{
		{RoomID: "!r", TxnID: "t1", Type: event.RoomMessage, Content: scan.Value(`{}`)},
		{RoomID: "!r", TxnID: "t2", Type: event.RoomMessage, Content: scan.Value(`{}`), EventID: "$2"},
		{RoomID: "!r", TxnID: "t3", Type: event.RoomMessage, Content: scan.Value(`{}`)},
	}
	err := a.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		for _, o := range out {
			turn.AddOutgoing(o)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	withTxn := func(id, sender, txn string) string {
		return strings.Replace(text(id, sender, "x"), `"content"`, `"unsigned":{"transaction_id":"`+txn+`"},"content"`, 1)
	}
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"timeline":{"events":[`+
		withTxn("$1", "@me:x", "t1")+`,`+text("$2", "@me:x", "y")+`,`+withTxn("$3", "@mallory:x", "t3")+`]}`)+`}`)
	left := a.ledger.Outbox("!r")
	if len(left) != 1 || left[0].TxnID != "t3" {
		t.Errorf("the first two have their echo, the third is somebody else's: %+v", left)
	}
}

// TestPreviewAfterRedaction: when the newest message is taken back, the one
// before it shows, and not one that was taken back earlier.
func TestPreviewAfterRedaction(t *testing.T) {
	redaction := func(id, target string) string {
		return fmt.Sprintf(`{"event_id":%q,"type":"m.room.redaction","sender":"@a:x","origin_server_ts":6,"redacts":%q,"content":{"redacts":%q}}`, id, target, target)
	}
	a := newAccount(t)
	say := func(since, next string, events ...string) {
		a.take(since, `{"next_batch":"`+next+`",`+joinRoom("!r", `"timeline":{"events":[`+strings.Join(events, ",")+`]}`)+`}`)
	}
	say("", "1", text("$1", "@a:x", "one"), text("$2", "@a:x", "two"), text("$3", "@a:x", "three"))
	say("1", "2", redaction("$r2", "$2"))
	if last := a.room("!r").Last; last == nil || last.Body != "three" {
		t.Fatalf("an older one was taken back: %+v", last)
	}
	say("2", "3", redaction("$r3", "$3"))
	if last := a.room("!r").Last; last == nil || last.Body != "one" {
		t.Fatalf("the newest was taken back: %+v", last)
	}
	say("3", "4", redaction("$r1", "$1"))
	if last := a.room("!r").Last; last != nil {
		t.Errorf("all were taken back: %+v", last)
	}
}

// TestDirects: m.direct marks rooms that come with it, later and before.
func TestDirects(t *testing.T) {
	a := newAccount(t)
	direct := `"account_data":{"events":[{"type":"m.direct","content":{"@a:x":["!r"]}}]}`
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"timeline":{"events":[]}`)+`,`+direct+`}`)
	if a.room("!r").Direct != "@a:x" {
		t.Error("room and m.direct in one response")
	}
	a.take("1", `{"next_batch":"2","account_data":{"events":[{"type":"m.direct","content":{}}]}}`)
	if a.room("!r").Direct != "" {
		t.Error("m.direct without the room takes the mark away")
	}
}

// TestDirectsOfRoomsThatComeBack: the server does not repeat m.direct for a
// room that was forgotten and joined again.
func TestDirectsOfRoomsThatComeBack(t *testing.T) {
	a := newAccount(t)
	in := joinRoom("!r", `"timeline":{"events":[]}`)
	a.take("", `{"next_batch":"1",`+in+`,"account_data":{"events":[{"type":"m.direct","content":{"@a:x":["!r"]}}]}}`)
	err := a.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		turn.RemoveRoom("!r")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a.take("1", `{"next_batch":"2",`+in+`}`)
	if got := a.room("!r").Direct; got != "@a:x" {
		t.Errorf("direct with %q", got)
	}
}

// TestStrippedEncryption: only real state says that a room is encrypted, and it
// says so for ever (FEATURES 2-20, D-33).
func TestStrippedEncryption(t *testing.T) {
	encryption := `{"event_id":"$e","type":"m.room.encryption","state_key":"","sender":"@a:x","content":{"algorithm":"m.megolm.v1.aes-sha2"}}`
	invite := `"rooms":{"invite":{"!r":{"invite_state":{"events":[` + encryption + `]}}}}`
	join := func(state string) string {
		return joinRoom("!r", `"state":{"events":[`+member("@me:x", "Me", "join")+state+`]}`)
	}
	leave := `"rooms":{"leave":{"!r":{}}}`
	a := newAccount(t)
	for i, step := range []struct {
		what      string
		body      string
		encrypted bool
	}{
		{"an invitation", invite, false},
		{"the join says nothing of it", join(""), false},
		{"left", leave, false},
		{"invited again", invite, false},
		{"really encrypted", join("," + encryption), true},
		{"left again", leave, true},
		{"an invitation to an encrypted room", invite, true},
		{"a join without it", join(""), true},
	} {
		since := ""
		if i > 0 {
			since = fmt.Sprint(i)
		}
		a.take(since, fmt.Sprintf(`{"next_batch":"%d",%s}`, i+1, step.body))
		if got := a.room("!r").Encrypted; got != step.encrypted {
			t.Errorf("%s: encrypted is %v", step.what, got)
		}
	}
}

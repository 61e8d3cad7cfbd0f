package syncer_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

// T-8: a room that is packed for a while ends as one that never was, whatever
// comes, is looked at, unpacked and killed in between; and looks like it all the
// time.
func TestPackedIsAsUnpacked(t *testing.T) {
	views, packed, later := 0, 0, 0
	for seed := range uint64(40) {
		p := &pair{t: t, r: rand.New(rand.NewPCG(seed, 9)), eager: eagerAccount(t), lazy: newAccount(t)}
		p.first()
		for range 12 {
			switch p.r.IntN(6) {
			case 0, 1:
				p.news()
			case 5:
				p.talk()
			case 2:
				later += p.later()
				views += p.compareViews(fmt.Sprint("seed ", seed))
			case 3:
				p.unpack(p.someRoom())
			case 4:
				p.twice(func(a *account) { a.disk.Kill(); a.open() })
			}
		}
		packed, later = packed+p.packed(), later+p.later()
		p.compareViews(fmt.Sprint("seed ", seed))
		for _, r := range p.lazy.ledger.Rooms() {
			p.unpack(r.ID)
		}
		p.compareDisks(fmt.Sprint("seed ", seed))
		if t.Failed() {
			return
		}
	}
	if views == 0 || packed == 0 || later < 100 {
		t.Errorf("%d looks at packed rooms, %d stayed packed, %d parcels behind the first: this tests little", views, packed, later)
	}
}

// pair are two accounts with one fate, of which one packs.
type pair struct {
	t           *testing.T
	r           *rand.Rand
	eager, lazy *account
	rooms       []event.RoomID
	nth         int // of all events
	token       int
}

func eagerAccount(t *testing.T) *account {
	a := &account{t: t, disk: mem.NewDisk(), eager: true}
	a.begin()
	return a
}

// first takes in a first sync, which may be cut off at any commit.
func (p *pair) first() {
	var rooms []string
	for i := range 1 + p.r.IntN(30) {
		p.rooms = append(p.rooms, event.RoomID(fmt.Sprintf("!%d", i)))
		rooms = append(rooms, fmt.Sprintf("%q:%s", p.rooms[i], p.section(true)))
	}
	body := fmt.Sprintf(`{"next_batch":"s0","rooms":{"join":{%s}},"account_data":{"events":[{"type":"m.direct","content":{"@a:x":["!0","!3"]}}]}}`, strings.Join(rooms, ","))
	if p.r.IntN(3) == 0 {
		p.twice(func(a *account) {
			a.disk.OnCommit(1, mem.Fault{Err: errors.New("killed"), Applied: true})
			if a.try("", body) == nil {
				p.t.Fatal("a commit that fails is no error")
			}
			a.disk.Kill()
			a.open()
		})
	}
	p.twice(func(a *account) { a.take("", body) })
}

func (p *pair) twice(do func(a *account)) {
	p.t.Helper()
	do(p.eager)
	do(p.lazy)
}

// news takes in what comes for some rooms.
func (p *pair) news() {
	parts := map[string][]string{}
	seen := map[event.RoomID]bool{}
	for range 1 + p.r.IntN(4) {
		id := p.someRoom()
		if seen[id] {
			continue
		}
		seen[id] = true
		body, kind := p.section(false), "join"
		switch p.r.IntN(8) {
		case 0:
			kind = "leave"
		case 1:
			kind, body = "invite", `{"invite_state":{"events":[`+member("@a:x", "A", "join")+`]}}`
		}
		parts[kind] = append(parts[kind], fmt.Sprintf("%q:%s", id, body))
	}
	var all []string
	for kind, rooms := range parts {
		all = append(all, fmt.Sprintf("%q:{%s}", kind, strings.Join(rooms, ",")))
	}
	since := fmt.Sprint("s", p.token)
	p.token++
	body := fmt.Sprintf(`{"next_batch":"s%d","rooms":{%s}}`, p.token, strings.Join(all, ","))
	p.twice(func(a *account) { a.take(since, body) })
}

// talk takes in several responses in which people only talk.
func (p *pair) talk() {
	for range 1 + p.r.IntN(2*table.MaxLater) {
		var rooms []string
		for i := p.r.IntN(3); i < len(p.rooms); i += 1 + p.r.IntN(5) {
			rooms = append(rooms, fmt.Sprintf("%q:%s", p.rooms[i], p.chat()))
		}
		since := fmt.Sprint("s", p.token)
		p.token++
		body := fmt.Sprintf(`{"next_batch":"s%d","rooms":{"join":{%s}}}`, p.token, strings.Join(rooms, ","))
		p.twice(func(a *account) { a.take(since, body) })
	}
}

// chat is a section with hardly anything but messages.
func (p *pair) chat() string {
	var all []string
	for range p.r.IntN(4) {
		p.nth++
		id, who := p.nth, string(rune('a'+p.r.IntN(4)))
		if p.r.IntN(40) == 0 {
			id = p.r.IntN(p.nth)
		}
		all = append(all, fmt.Sprintf(`{"event_id":"$%d","type":"m.room.message","sender":"@%s:x","origin_server_ts":%d,"content":{"body":"b%d"}}`, id, who, 1000*p.nth, p.nth))
	}
	return fmt.Sprintf(`{"timeline":{"events":[%s]},"unread_notifications":{"notification_count":%d}%s%s}`, strings.Join(all, ","), p.r.IntN(9),
		p.maybe(`,"ephemeral":{"events":[{"type":"m.receipt","content":{"$%d":{"m.read":{"@a:x":{"ts":%d}}}}}]}`, p.nth, p.nth),
		p.maybe(`,"account_data":{"events":[{"type":"m.fully_read","content":{"event_id":"$%d"}}]}`, p.nth))
}

func (p *pair) someRoom() event.RoomID { return p.rooms[p.r.IntN(len(p.rooms))] }

func (p *pair) maybe(text string, args ...any) string {
	if p.r.IntN(2) == 0 {
		return ""
	}
	return fmt.Sprintf(text, args...)
}

// section is a room's part of a response.
func (p *pair) section(whole bool) string {
	state := "state"
	if p.r.IntN(3) == 0 {
		state = "state_after"
	}
	parts := []string{
		fmt.Sprintf(`%q:{"events":[%s]}`, state, p.events(p.r.IntN(8), true)),
		fmt.Sprintf(`"timeline":{"events":[%s],"limited":%t%s}`, p.events(p.r.IntN(25), false), p.r.IntN(3) == 0, p.maybe(`,"prev_batch":"p%d"`, p.nth)),
	}
	if p.r.IntN(6) == 0 && whole { // pages of state; or too much to be packed
		parts[0] = fmt.Sprintf(`"state":{"events":[%s,%s]}`, p.bulk(20+p.r.IntN(80)), p.events(4, true))
	}
	for _, part := range []string{
		p.maybe(`"summary":{"m.heroes":["@a:x","@b:x"],"m.joined_member_count":%d}`, p.r.IntN(9)),
		p.maybe(`"unread_notifications":{"notification_count":%d,"highlight_count":1}`, p.r.IntN(9)),
		p.maybe(`"ephemeral":{"events":[{"type":"m.receipt","content":{"$%d":{"m.read":{"@me:x":{"ts":%d}}}}},{"type":"m.typing","content":{"user_ids":["@a:x"]}}]}`, p.r.IntN(p.nth+1), p.nth),
		p.maybe(`"account_data":{"events":[{"type":"m.fully_read","content":{"event_id":"$%d"}},{"type":"m.tag","content":{"tags":{"u.x":{"order":0.5}}}},7]}`, p.r.IntN(p.nth+1)),
	} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (p *pair) bulk(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"event_id":"$b%d.%d","type":"org.example","state_key":"%d","sender":"@a:x","origin_server_ts":1,"content":{"x":%q}}`, p.nth, i, i, strings.Repeat("x", 1000)))
	}
	return strings.Join(all, ",")
}

func (p *pair) events(n int, state bool) string {
	var all []string
	for range n {
		all = append(all, p.event(state))
	}
	return strings.Join(all, ",")
}

// event is a new event of the room, or one that came before in some room.
func (p *pair) event(state bool) string {
	p.nth++
	id, who := p.nth, string(rune('a'+p.r.IntN(3)))
	if p.r.IntN(12) == 0 {
		id = p.r.IntN(p.nth)
	}
	ev := func(kind, content, more string) string {
		return fmt.Sprintf(`{"event_id":"$%d","type":%q,"sender":"@%s:x","origin_server_ts":%d,"content":%s%s}`, id, kind, who, 1000*p.nth, content, more)
	}
	if p.r.IntN(20) == 0 {
		return `{"event_id":7}`
	}
	if state || p.r.IntN(4) == 0 {
		switch p.r.IntN(6) {
		case 0:
			return ev("m.room.name", fmt.Sprintf(`{"name":"n%d"}`, p.nth), `,"state_key":""`)
		case 1:
			return ev("m.room.encryption", `{}`, `,"state_key":""`)
		case 2:
			return ev("m.room.create", `{"room_version":"10"}`, `,"state_key":""`)
		}
		return ev("m.room.member", fmt.Sprintf(`{"membership":"join","displayname":"N%d"}`, p.nth),
			fmt.Sprintf(`,"state_key":"@%s:x","unsigned":{"prev_content":{"membership":"join","displayname":"O%d"}}`, who, p.nth))
	}
	switch p.r.IntN(6) {
	case 0:
		return ev("m.room.redaction", fmt.Sprintf(`{"redacts":"$%d"}`, p.r.IntN(p.nth)), "")
	case 1:
		who = "me"
		return ev("m.room.message", `{"body":"mine"}`, fmt.Sprintf(`,"unsigned":{"transaction_id":"t%d"}`, p.nth))
	}
	return ev("m.room.message", fmt.Sprintf(`{"body":"b%d"}`, p.nth), "")
}

func (p *pair) unpack(id event.RoomID) {
	p.t.Helper()
	err := p.lazy.ledger.Update(p.t.Context(), func(ctx context.Context, turn *ledger.Turn) error {
		if r := turn.Room(id); r != nil {
			turn.Need(r)
		}
		return turn.Fetch(ctx)
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) packed() (n int) {
	for _, r := range p.lazy.ledger.Rooms() {
		if r.Packed {
			n++
		}
	}
	return n
}

// later counts the parcels behind first ones.
func (p *pair) later() (n int) {
	for _, r := range p.lazy.ledger.Rooms() {
		n += r.Later
	}
	return n
}

// compareViews compares what is read of the rooms, and returns how many of them
// are packed.
func (p *pair) compareViews(what string) int {
	p.t.Helper()
	packed := p.packed()
	for _, want := range p.eager.ledger.Rooms() {
		is := p.lazy.room(want.ID)
		got, gotRecords := p.lazy.readAll(is)
		want, wantRecords := p.eager.readAll(want)
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotRecords, wantRecords) {
			p.t.Fatalf("%s: %s\n%+v\n%q\nwant\n%+v\n%q", what, want.ID, got, gotRecords, want, wantRecords)
		}
		if is.Name != want.Name || !reflect.DeepEqual(is.Last, want.Last) {
			p.t.Fatalf("%s: the list shows %+v, want %+v", what, is, want)
		}
	}
	if p.packed() != packed {
		p.t.Fatal("who reads must not write")
	}
	return packed
}

var recordStores = []storage.Store{table.State, table.Timeline, table.TimelineIndex, table.AccountData, table.Receipts}

// readAll reads all that there is of a room, some of it by key.
func (a *account) readAll(r *table.Room) (*table.Room, []string) {
	a.t.Helper()
	var queries []storage.Query
	for _, s := range recordStores {
		queries = append(queries, storage.ScanPrefix(s, storage.U32(r.Short), 0), storage.ScanPrefix(s, storage.U32(r.Short), 1))
	}
	queries = append(queries, storage.Get(table.State, table.StatePageKey(r.Short, 0), table.StatePageKey(r.Short, 99)))
	as, results, err := a.ledger.Read(a.t.Context(), r, queries...)
	if err != nil {
		a.t.Fatal(err)
	}
	as = as.Clone()
	as.With, as.Own = 0, false
	var all []string
	for _, result := range results {
		for _, rec := range result {
			all = append(all, fmt.Sprintf("%x %s", rec.Key, rec.Value))
		}
	}
	return as, all
}

func (p *pair) compareDisks(what string) {
	p.t.Helper()
	for _, s := range append(slices.Clone(recordStores), table.Rooms) {
		got, want := content(p.lazy.disk, s), content(p.eager.disk, s)
		if s == table.Rooms { // all have records of their own by now
			maps.DeleteFunc(got, func(key, _ string) bool { return len(key) > 2*len(table.RoomKey(0)) })
		}
		if !maps.Equal(got, want) {
			p.t.Errorf("%s: %s has\n%q\nwant\n%q", what, s, got, want)
		}
	}
}

func content(d *mem.Disk, s storage.Store) map[string]string {
	all := map[string]string{}
	for _, rec := range d.Records(s) {
		all[fmt.Sprintf("%x", rec.Key)] = string(rec.Value)
	}
	return all
}

// A room that a response names twice is not packed: what is said of it second
// would not find it.
func TestRoomNamedTwice(t *testing.T) {
	for name, since := range map[string]string{"first sync": "", "later": "1"} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			if since != "" {
				a = packedRoom(t)
			}
			section := `{"!r":{"timeline":{"events":[` + text("$2", "@a:x", "two") + `]}}}`
			a.take(since, `{"next_batch":"2","rooms":{"join":`+section+`,"leave":`+section+`}}`)
			if r := a.room("!r"); r.Packed || r.Membership != event.Leave || !strings.HasSuffix(a.texts("!r"), ": two") {
				t.Errorf("%+v, %q", r, a.texts("!r"))
			}
		})
	}
}

func (a *account) turn(do func(*ledger.Turn)) {
	a.t.Helper()
	err := a.ledger.Update(a.t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		do(turn)
		return nil
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// packedRoom is an account with a room that is packed.
func packedRoom(t *testing.T) *account {
	a := newAccount(t)
	a.take("", `{"next_batch":"1",`+joinRoom("!r", `"state":{"events":[`+member("@a:x", "Alice", "join")+`]},"timeline":{"events":[`+text("$1", "@a:x", "one")+`]}`)+`}`)
	if r := a.room("!r"); !r.Packed || r.Last == nil || r.Last.Sender.Name != "Alice" {
		t.Fatalf("%+v", r)
	}
	return a
}

// S-10: a room that nobody looked into yet can be read on a full disk.
func TestPackedOnFullDisk(t *testing.T) {
	a := packedRoom(t)
	a.disk.SetQuota(1)
	if got := a.texts("!r"); got != "Alice: one" {
		t.Errorf("shows %q", got)
	}
	members, err := a.ledger.ReadMembers(t.Context(), a.room("!r"))
	if err != nil || len(members) != 1 {
		t.Errorf("members %v, %v", members, err)
	}
}

// L-2, T-7: a parcel that is lost costs its room the state, which is asked for,
// and the history, which is a gap.
func TestLostParcel(t *testing.T) {
	for name, garbled := range map[string][]byte{"gone": nil, "garbled": []byte("?"), "not ours": table.EncodeParcel([]byte(`[`))} {
		t.Run(name, func(t *testing.T) {
			a := packedRoom(t)
			a.disk.Garble(table.State, table.ParcelKey(a.room("!r").Short), garbled)
			if got := a.texts("!r"); got != "gap " || len(a.ledger.Torn()) != 1 {
				t.Errorf("shows %q, torn %q", got, a.ledger.Torn())
			}
			a.take("1", `{"next_batch":"2",`+joinRoom("!r", `"timeline":{"events":[`+text("$2", "@a:x", "two")+`]}`)+`}`)
			if got := a.texts("!r"); got != "gap \n: two" || !a.room("!r").Torn || a.room("!r").Packed {
				t.Errorf("then %q, %+v", got, a.room("!r"))
			}
		})
	}
	for name, garbled := range map[string][]byte{"gone": nil, "garbled": []byte("?")} {
		t.Run(name+", behind the first", func(t *testing.T) {
			a := packedRoom(t)
			a.take("1", `{"next_batch":"2",`+joinRoom("!r", `"timeline":{"events":[`+text("$2", "@a:x", "two")+`]}`)+`}`)
			if r := a.room("!r"); r.Later != 1 || r.Last.Body != "two" || r.Last.Sender.Name != "Alice" {
				t.Fatalf("%+v", r)
			}
			a.disk.Garble(table.State, table.LaterKey(a.room("!r").Short, 1), garbled)
			a.take("2", `{"next_batch":"3",`+joinRoom("!r", `"timeline":{"events":[`+text("$3", "@a:x", "three")+`]}`)+`}`)
			if got := a.texts("!r"); got != "gap \n: three" || !a.room("!r").Torn || a.room("!r").Packed {
				t.Errorf("%q, %+v", got, a.room("!r"))
			}
		})
	}
}

// TestWhatIsNotPackedBehind: what a view that is open must be told of, what an
// echo may be in, and what changes more than the list shows.
func TestWhatIsNotPackedBehind(t *testing.T) {
	say := func(more string) string {
		return `{"next_batch":"9",` + joinRoom("!r", `"timeline":{"events":[`+text("$2", "@a:x", "two")+more) + `}`
	}
	nothing := func(*account) {}
	for name, is := range map[string]struct {
		before func(a *account)
		body   string
		packed bool
		shows  string
	}{
		"a message":          {nothing, say(`]}`), true, "Alice: one\nAlice: two"},
		"a room looked into": {func(a *account) { a.texts("!r") }, say(`]}`), false, "Alice: one\nAlice: two"},
		"an echo to come": {func(a *account) {
			a.turn(func(turn *ledger.Turn) {
				turn.AddOutgoing(&table.Outgoing{RoomID: "!r", TxnID: "t", Type: event.RoomMessage, Content: []byte(`{}`)})
			})
		}, say(`]}`), false, "Alice: one\nAlice: two"},
		"who is called what": {nothing, say(`,` + member("@a:x", "Ada", "join") + `]}`), false, "Alice: one\nAlice: two\nAda: "},
		"a redaction":        {nothing, say(`,{"event_id":"$3","type":"m.room.redaction","sender":"@a:x","origin_server_ts":3,"redacts":"$2","content":{}}]}`), false, "Alice: one\nAlice: two\nAlice: "},
		"a gap":              {nothing, say(`],"limited":true}`), false, "Alice: one\ngap \nAlice: two"},
		"what is known":      {nothing, say(`,` + text("$1", "@a:x", "one") + `]}`), false, "Alice: one\nAlice: two"},
		"who verifies whom":  {nothing, say(`,{"event_id":"$3","type":"m.key.verification.start","sender":"@a:x","origin_server_ts":3,"content":{}}]}`), false, ""},
		"heroes":             {nothing, say(`]},"summary":{"m.heroes":["@a:x"]}`), false, "Alice: one\nAlice: two"},
		"too much":           {nothing, say(`,` + text("$3", "@a:x", strings.Repeat("x", table.MaxParcel)) + `]}`), false, ""},
		"too often": {func(a *account) {
			for i := range table.MaxLater {
				a.take(fmt.Sprint(i+1), fmt.Sprintf(`{"next_batch":"%d",%s}`, i+2, joinRoom("!r", `"timeline":{"events":[`+text(fmt.Sprint("$l", i), "@a:x", "l")+`]}`)))
			}
			if later := a.room("!r").Later; later != table.MaxLater {
				t.Errorf("%d", later)
			}
		}, say(`]}`), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := packedRoom(t)
			is.before(a)
			a.take("8", is.body)
			if r := a.room("!r"); r.Packed != is.packed {
				t.Errorf("%+v", r)
			}
			if got := a.texts("!r"); is.shows != "" && got != is.shows {
				t.Errorf("shows %q, want %q", got, is.shows)
			}
		})
	}
}

// Law 1: a commit that fails leaves a packed room as it was.
func TestPackBehindFails(t *testing.T) {
	a := packedRoom(t)
	body := `{"next_batch":"2",` + joinRoom("!r", `"timeline":{"events":[`+text("$2", "@a:x", "two")+`]}`) + `}`
	a.disk.OnCommit(1, mem.Fault{Err: storage.ErrQuota})
	if err := a.try("1", body); !errors.Is(err, storage.ErrQuota) {
		t.Fatal(err)
	}
	if r := a.room("!r"); r.Later != 0 || r.Last.Body != "one" {
		t.Errorf("%+v", r)
	}
	a.take("1", body)
	a.disk.Kill()
	a.open()
	if r := a.room("!r"); r.Later != 1 || r.Last.Body != "two" || a.texts("!r") != "Alice: one\nAlice: two" {
		t.Errorf("%+v, %q", r, a.texts("!r"))
	}
}

// TestWhatIsNotPacked: a room that an open view may show, and one in which an
// echo may be.
func TestWhatIsNotPacked(t *testing.T) {
	a := packedRoom(t)
	a.turn(func(turn *ledger.Turn) {
		turn.RemoveRoom("!r")
		turn.AddOutgoing(&table.Outgoing{RoomID: "!out", TxnID: "t", Type: event.RoomMessage, Content: []byte(`{}`)})
	})
	a.take("", `{"next_batch":"1","rooms":{"join":{"!r":{},"!out":{},"!new":{}}}}`)
	if a.room("!r").Packed || a.room("!out").Packed || !a.room("!new").Packed {
		t.Errorf("%+v\n%+v\n%+v", a.room("!r"), a.room("!out"), a.room("!new"))
	}
}

// TestWhoAsksIsNotPacked: a question that came with a first sync is told, as long
// as it can be answered.
func TestWhoAsksIsNotPacked(t *testing.T) {
	for ts, packed := range map[int64]bool{1: true, time.Now().UnixMilli(): false} {
		a := newAccount(t)
		ask := fmt.Sprintf(`{"event_id":"$1","type":"m.room.message","sender":"@a:x","origin_server_ts":%d,"content":{"msgtype":"m.key.verification.request"}}`, ts)
		a.take("", `{"next_batch":"1",`+joinRoom("!r", `"timeline":{"events":[`+ask+`,`+text("$2", "@a:x", "two")+`]}`)+`}`)
		if a.room("!r").Packed != packed {
			t.Errorf("of %d: %+v", ts, a.room("!r"))
		}
	}
}

// TestWriteToPacked: unpacking would take out what is newer, so that is refused.
func TestWriteToPacked(t *testing.T) {
	for name, write := range map[string]func(*ledger.Turn, *table.Room){
		"receipt":      func(turn *ledger.Turn, r *table.Room) { turn.PutReceipts(r, []table.Receipt{{UserID: "@a:x"}}, false) },
		"account data": func(turn *ledger.Turn, r *table.Room) { turn.PutAccountData(r, "k", []byte(`{}`)) },
		"history":      func(turn *ledger.Turn, r *table.Room) { turn.ChangeHistory(r, history.Change{}) },
		"state": func(turn *ledger.Turn, r *table.Room) {
			e, _ := event.Parse([]byte(member("@b:x", "Bob", "join")))
			turn.State(r).Set(&e)
		},
	} {
		a := packedRoom(t)
		before := a.disk.Clone()
		err := a.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
			write(turn, turn.Room("!r"))
			return nil
		})
		if err == nil || !maps.Equal(content(before, table.State), content(a.disk, table.State)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

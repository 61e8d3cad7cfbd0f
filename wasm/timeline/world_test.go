package timeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

const (
	me   event.UserID = "@me:x"
	room event.RoomID = "!r/+1" // room version 12: no colon
)

type clock struct{}

func (clock) Now() time.Time                       { return time.UnixMilli(day(400)) }
func (clock) After(time.Duration) <-chan time.Time { return make(chan time.Time) }
func (clock) Jitter(time.Duration) time.Duration   { return 0 }

// day is noon of a day since 1970, in UTC.
func day(n int64) int64 { return n*86_400_000 + 43_200_000 }

// world is an account with one room, and the server's side of it.
type world struct {
	t      *testing.T
	disk   *mem.Disk
	ledger *ledger.Ledger
	sync   *syncer.Syncer
	pos    int
	page   int // how many events a sync shows at most
	most   int // how many a page of the history has at most

	mu sync.Mutex // guards what follows: pages are asked for ahead
	// events are the room's, in the true order, as raw JSON.
	events []string
	serve  answer
	asked  int
	// forgetful: the server does not have single events, so that when they come makes
	// no difference.
	forgetful bool
	away      map[event.EventID]string // what the server alone has
}

// answer is how the server answers.
type answer func(context.Context, homeserver.MessagesParams) (homeserver.Messages, error)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, disk: mem.NewDisk(), page: 1000, most: 7}
	w.serve = w.messages
	db, err := mem.Open(t.Context(), w.disk, table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if w.ledger, err = ledger.Open(t.Context(), db, ledger.Known{Unpack: syncer.Unpack}); err != nil {
		t.Fatal(err)
	}
	w.turn(func(turn *ledger.Turn) {
		turn.SetSession(&table.Session{Homeserver: "https://x", UserID: me, DeviceID: "D", Token: "t"})
	})
	w.sync = syncer.New(w.ledger, nil, clock{}, func(syncer.Status) {})
	return w
}

func (w *world) turn(fn func(*ledger.Turn)) {
	w.t.Helper()
	err := w.ledger.Update(w.t.Context(), func(_ context.Context, turn *ledger.Turn) error {
		fn(turn)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) Messages(ctx context.Context, _ event.RoomID, p homeserver.MessagesParams) (homeserver.Messages, error) {
	w.mu.Lock()
	w.asked++
	serve := w.serve
	w.mu.Unlock()
	return serve(ctx, p)
}

func (w *world) answers(by answer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serve = by
}

// messages serves the true history; tokens are "p<position>".
func (w *world) messages(_ context.Context, p homeserver.MessagesParams) (homeserver.Messages, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	from, _ := strconv.Atoi(strings.TrimPrefix(p.From, "p"))
	if p.Dir == homeserver.Forward {
		high := min(len(w.events), from+min(p.Limit, w.most))
		m := homeserver.Messages{Start: p.From, Chunk: scan.Value("[" + strings.Join(w.events[from:high], ",") + "]")}
		if high < len(w.events) {
			m.End = "p" + strconv.Itoa(high)
		}
		return m, nil
	}
	low := max(0, from-min(p.Limit, w.most))
	chunk := slices.Clone(w.events[low:from])
	slices.Reverse(chunk)
	m := homeserver.Messages{Start: p.From, Chunk: scan.Value("[" + strings.Join(chunk, ",") + "]")}
	if low > 0 {
		m.End = "p" + strconv.Itoa(low)
	}
	return m, nil
}

// Context finds an event's place.
func (w *world) Context(_ context.Context, _ event.RoomID, id event.EventID, _ int, _ scan.Value) (homeserver.Context, error) {
	for i, e := range w.events {
		if scan.Value(e).Get("event_id").Text() == string(id) {
			return w.around(i), nil
		}
	}
	return homeserver.Context{}, homeserver.ErrNotFound
}

var errOffline = errors.New("offline")

func (w *world) offline() {
	w.answers(func(context.Context, homeserver.MessagesParams) (homeserver.Messages, error) {
		return homeserver.Messages{}, errOffline
	})
}

// say adds events to the room.
func (w *world) say(events ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, events...)
}

// take syncs what the room got since the last time; more is what else the
// response says of the room.
func (w *world) take(more ...string) {
	w.t.Helper()
	from := max(w.pos, len(w.events)-w.page)
	body := fmt.Sprintf(`{"next_batch":"p%d","rooms":{"join":{%q:{"timeline":{"events":[%s],"limited":%t,"prev_batch":"p%d"}%s}}}}`,
		len(w.events), room, strings.Join(w.events[from:], ","), from > w.pos, from, strings.Join(append([]string{""}, more...), ","))
	since := ""
	if w.pos > 0 {
		since = "p" + strconv.Itoa(w.pos)
	}
	v, err := scan.Parse([]byte(body))
	if err != nil {
		w.t.Fatalf("test response %s: %v", body, err)
	}
	if err := w.sync.Take(w.t.Context(), since, v); err != nil {
		w.t.Fatal(err)
	}
	w.pos = len(w.events)
}

func (w *world) open(limit int) *timeline.Timeline {
	w.t.Helper()
	tl, err := timeline.Open(w.t.Context(), timeline.Config{Ledger: w.ledger, Server: w, Room: room}, limit)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(tl.Close)
	return tl
}

// text is a message. Its time is noon of day n.
func text(id, sender string, n int64) string {
	return fmt.Sprintf(`{"event_id":%q,"type":"m.room.message","sender":%q,"origin_server_ts":%d,"content":{"msgtype":"m.text","body":"b"}}`, id, sender, day(n))
}

func own(id, txn string) string {
	return fmt.Sprintf(`{"event_id":%q,"type":"m.room.message","sender":"@me:x","origin_server_ts":%d,"content":{},"unsigned":{"transaction_id":%q}}`, id, day(1), txn)
}

func member(id, user, content, prev string) string {
	unsigned := "{}"
	if prev != "" {
		unsigned = `{"prev_content":` + prev + `}`
	}
	return fmt.Sprintf(`{"event_id":%q,"type":"m.room.member","sender":%q,"state_key":%q,"origin_server_ts":%d,"content":%s,"unsigned":%s}`,
		id, user, user, day(1), content, unsigned)
}

func create(id string) string {
	return fmt.Sprintf(`{"event_id":%q,"type":"m.room.create","sender":"@a:x","state_key":"","origin_server_ts":%d,"content":{"room_version":"12"}}`, id, day(1))
}

// many is n messages of @a:x on one day.
func many(prefix string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, text(fmt.Sprintf("$%s%d", prefix, i), "@a:x", 1))
	}
	return out
}

// line writes an item so that a test can compare it.
func line(i *api.TimelineItem) string {
	switch i.Kind {
	case api.ItemEvent:
		s := i.Key
		if i.Event.Send != nil {
			s += "?" + string(i.Event.Send.State)
		}
		if i.Event.Redacted {
			s += "-"
		}
		for _, r := range i.Event.Receipts {
			s += "^" + r.Person.Name
		}
		return s
	case api.ItemDay:
		return fmt.Sprintf("day%d", i.TS/86_400_000)
	}
	return string(i.Kind)
}

func lines(items []api.TimelineItem) string {
	var out []string
	for i := range items {
		out = append(out, line(&items[i]))
	}
	return strings.Join(out, " ")
}

func events(items []api.TimelineItem) (keys []string) {
	for i := range items {
		if items[i].Kind == api.ItemEvent {
			keys = append(keys, items[i].Key)
		}
	}
	return keys
}

// follower reads a stream as a page does.
type follower struct {
	t      *testing.T
	stream api.Stream[api.ListUpdate[api.TimelineItem]]
	items  []api.TimelineItem
}

func follow(t *testing.T, tl *timeline.Timeline) *follower {
	f := &follower{t: t, stream: tl.Subscribe()}
	f.next()
	return f
}

// next waits for an update, applies it and says what it was.
func (f *follower) next() string {
	f.t.Helper()
	u, err := f.stream.Next(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	var out []string
	for _, op := range u.Ops {
		s := string(op.Op)
		switch op.Op {
		case api.OpReset:
			f.items = slices.Clone(op.Items)
			s += " " + lines(op.Items)
		case api.OpInsert:
			f.items = slices.Insert(f.items, op.Index, *op.Item)
			s += fmt.Sprintf(" %d %s", op.Index, line(op.Item))
		case api.OpSet:
			f.items[op.Index] = *op.Item
			s += fmt.Sprintf(" %d %s", op.Index, line(op.Item))
		case api.OpRemove:
			f.items = slices.Delete(f.items, op.Index, op.Index+1)
			s += fmt.Sprintf(" %d", op.Index)
		}
		out = append(out, s)
	}
	f.checkKeys()
	return strings.Join(out, "; ")
}

func (f *follower) checkKeys() {
	f.t.Helper()
	seen := map[string]bool{}
	for _, i := range f.items {
		if seen[i.Key] {
			f.t.Fatalf("key %q is there twice: %s", i.Key, lines(f.items))
		}
		seen[i.Key] = true
	}
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func paginate(t *testing.T, tl *timeline.Timeline, limit int) api.Paginated {
	t.Helper()
	got, err := tl.Paginate(t.Context(), limit)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func ends(t *testing.T, s api.Stream[api.ListUpdate[api.TimelineItem]]) {
	t.Helper()
	if _, err := s.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("the stream goes on: %v", err)
	}
}

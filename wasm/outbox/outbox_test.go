package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/outbox"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
)

const me event.UserID = "@me:x"

// server accepts events as a homeserver does: once for each transaction id,
// whatever becomes of its answers.
type server struct {
	mu     sync.Mutex
	rand   *rand.Rand
	calm   bool // no more trouble
	events []sent
	byTxn  map[event.TxnID]int
}

type sent struct {
	room    event.RoomID
	txn     event.TxnID
	content string
}

func (s *server) SendEvent(ctx context.Context, room event.RoomID, kind string, txn event.TxnID, content scan.Value) (event.EventID, error) {
	s.mu.Lock()
	trouble := 9
	if !s.calm {
		trouble = s.rand.IntN(8)
	}
	delay := time.Duration(s.rand.IntN(3000)) * time.Millisecond
	s.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	switch trouble {
	case 0:
		return "", homeserver.ErrUnreachable
	case 1:
		return "", &homeserver.Error{Status: 429, Errcode: homeserver.LimitExceeded, RetryAfter: 5 * time.Second}
	}
	id := s.accept(room, txn, string(content))
	switch trouble {
	case 2: // the answer is lost
		return "", homeserver.ErrTimeout
	case 3:
		select {
		case <-time.After(time.Minute):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return id, nil
}

func (s *server) accept(room event.RoomID, txn event.TxnID, content string) event.EventID {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.byTxn[txn]
	if !ok {
		n = len(s.events)
		s.byTxn[txn] = n
		s.events = append(s.events, sent{room, txn, content})
	}
	return event.EventID(fmt.Sprintf("$%d", n))
}

// response is what /sync says since event n; sometimes without the transaction
// ids.
func (s *server) response(n int) (body string, next int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rooms := map[event.RoomID][]string{}
	for i, e := range s.events[n:] {
		unsigned := ""
		if s.calm || s.rand.IntN(3) > 0 {
			unsigned = fmt.Sprintf(`"unsigned":{"transaction_id":%q},`, e.txn)
		}
		rooms[e.room] = append(rooms[e.room], fmt.Sprintf(`{"event_id":"$%d","type":"m.room.message","sender":%q,"origin_server_ts":1,%s"content":%s}`, n+i, me, unsigned, e.content))
	}
	var joined []string
	for id, events := range rooms {
		joined = append(joined, fmt.Sprintf(`%q:{"timeline":{"events":[%s]}}`, id, strings.Join(events, ",")))
	}
	return fmt.Sprintf(`{"next_batch":"%d","rooms":{"join":{%s}}}`, len(s.events), strings.Join(joined, ",")), len(s.events)
}

type clock struct{}

func (clock) Now() time.Time                         { return time.Now() }
func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (clock) Jitter(d time.Duration) time.Duration   { return d / 2 }

// core is a running outbox on a disk.
type core struct {
	t      *testing.T
	ledger *ledger.Ledger
	outbox *outbox.Outbox
	sync   *syncer.Syncer
	stop   func()
}

func start(t *testing.T, disk *mem.Disk, s outbox.Server) *core {
	t.Helper()
	db, err := mem.Open(t.Context(), disk, table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	c := &core{t: t, ledger: l}
	c.outbox = outbox.New(l, clock{}, func(err error) *api.Error { return &api.Error{Code: api.Internal, Message: err.Error()} })
	c.sync = syncer.New(l, nil, clock{}, func(syncer.Status) {})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.outbox.Run(ctx, s)
	}()
	c.stop = func() { cancel(); <-done }
	return c
}

// take brings everything that the server has and the core has not.
func (c *core) take(s *server) {
	n := 0
	since := c.ledger.NextBatch()
	_, _ = fmt.Sscan(since, &n)
	body, _ := s.response(n)
	v, err := scan.Parse([]byte(body))
	if err != nil {
		c.t.Fatal(err, body)
	}
	_ = c.sync.Take(context.Background(), since, v) // a killed store refuses
}

var rooms = []event.RoomID{"!a", "!b/c+d"}

func (c *core) join() {
	err := c.ledger.Update(context.Background(), func(_ context.Context, t *ledger.Turn) error {
		t.SetSession(&table.Session{UserID: me})
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	body := `{"next_batch":"0","rooms":{"join":{"!a":{"timeline":{"events":[]}},"!b/c+d":{"timeline":{"events":[]}}}}}`
	if err := c.sync.Take(context.Background(), "", scan.Value(body)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *core) add(room event.RoomID, n int) error {
	return c.outbox.Add(context.Background(), table.Outgoing{
		RoomID: room, TxnID: event.TxnID(fmt.Sprintf("t%d", n)), Type: event.RoomMessage, Content: scan.Value(fmt.Sprintf(`{"body":"%d"}`, n)),
	})
}

// TestOnceAndInOrder adds messages while answers are lost, late or refused for
// a while, echoes come before and after answers, with and without transaction
// ids, and the core is killed: in the end the server and the store have each
// message once and in order (FEATURES D-09).
func TestOnceAndInOrder(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { onceAndInOrder(t, seed) }) })
	}
}

func onceAndInOrder(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	s := &server{rand: rand.New(rand.NewPCG(seed, 2)), byTxn: map[event.TxnID]int{}}
	disk := mem.NewDisk()
	c := start(t, disk, s)
	c.join()
	var added []sent
	for n := range 30 {
		room := rooms[r.IntN(len(rooms))]
		if err := c.add(room, n); err != nil {
			t.Fatal(err)
		}
		added = append(added, sent{room, event.TxnID(fmt.Sprintf("t%d", n)), fmt.Sprintf(`{"body":"%d"}`, n)})
		if r.IntN(3) == 0 { // a page repeats calls to a new core
			_ = c.add(room, n)
		}
		time.Sleep(time.Duration(r.IntN(4000)) * time.Millisecond)
		switch r.IntN(6) {
		case 0, 1:
			c.take(s)
		case 2:
			disk.Kill()
			c.stop()
			c = start(t, disk, s)
		case 3:
			c.outbox.Wake()
		}
	}
	s.mu.Lock()
	s.calm = true
	s.mu.Unlock()
	for range 50 {
		time.Sleep(2 * time.Minute)
		c.take(s)
	}
	if left := c.ledger.Outbox(""); len(left) > 0 {
		t.Errorf("%d left in the outbox: %+v", len(left), left[0])
	}
	for _, room := range rooms {
		want := contents(added, room)
		if got := contents(s.events, room); !slices.Equal(got, want) {
			t.Errorf("server has %v\nwant %v", got, want)
		}
		if got := stored(t, c.ledger, room); !slices.Equal(got, want) {
			t.Errorf("stored %v\nwant %v", got, want)
		}
	}
	c.stop()
}

func contents(events []sent, room event.RoomID) []string {
	var all []string
	for _, e := range events {
		if e.room == room {
			all = append(all, e.content)
		}
	}
	return all
}

func stored(t *testing.T, l *ledger.Ledger, room event.RoomID) []string {
	res, err := l.Read(context.Background(), storage.ScanPrefix(table.Timeline, table.TimelinePrefix(l.Room(room).Short), 0))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, rec := range slices.Backward(res[0]) {
		_, id, _ := table.ParseTimelineKey(rec.Key)
		chunk, _, err := table.DecodeChunk(id, rec.Value)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range chunk.Entries {
			all = append(all, string(e.Content()))
		}
	}
	return all
}

// refusing answers with the next error of its list, then accepts.
type refusing struct {
	server
	errs []error
}

func (r *refusing) SendEvent(_ context.Context, room event.RoomID, _ string, txn event.TxnID, content scan.Value) (event.EventID, error) {
	r.mu.Lock()
	if len(r.errs) > 0 {
		err := r.errs[0]
		r.errs = r.errs[1:]
		r.mu.Unlock()
		return "", err
	}
	r.mu.Unlock()
	return r.accept(room, txn, string(content)), nil
}

func (c *core) states() string {
	var all []string
	for _, o := range c.ledger.Outbox("") {
		all = append(all, string(o.TxnID)+" "+string(o.State))
	}
	return strings.Join(all, ", ")
}

// TestRefused: a refusal fails the entry and holds up those behind it in its
// room, over a restart too, until it is retried or cancelled.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := &homeserver.Error{Status: 403, Errcode: homeserver.Forbidden}
		s := &refusing{server: server{byTxn: map[event.TxnID]int{}}, errs: []error{no, no}}
		disk := mem.NewDisk()
		c := start(t, disk, s)
		c.join()
		for n, room := range []event.RoomID{"!a", "!a", "!a"} {
			if err := c.add(room, n); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if got := c.states(); got != "t0 failed, t1 queued, t2 queued" {
			t.Fatal(got)
		}
		c.stop()
		disk.Kill()
		c = start(t, disk, s)
		synctest.Wait()
		if got := c.states(); got != "t0 failed, t1 queued, t2 queued" {
			t.Fatal(got)
		}
		check(t, c.outbox.Retry(t.Context(), "t0"), nil)
		synctest.Wait()
		if got := c.states(); got != "t0 failed, t1 queued, t2 queued" {
			t.Fatal(got)
		}
		check(t, c.outbox.Cancel(t.Context(), "t0"), nil)
		synctest.Wait()
		if got := c.states(); got != "t1 sent, t2 sent" {
			t.Fatal(got)
		}
		check(t, c.outbox.Cancel(t.Context(), "t1"), outbox.ErrStarted)
		check(t, c.outbox.Cancel(t.Context(), "t0"), outbox.ErrUnknown)
		c.stop()
	})
}

// TestStatus follows one entry to its end.
func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}, errs: []error{homeserver.ErrUnreachable}}
		c := start(t, mem.NewDisk(), s)
		c.join()
		check(t, c.add("!a", 0), nil)
		var seen []string
		stop, err := c.outbox.Status(t.Context(), "t0", func(st api.SendStatus, done bool) {
			seen = append(seen, fmt.Sprintf("%s %s %t", st.State, st.EventID, done))
		})
		check(t, err, nil)
		time.Sleep(time.Minute)
		stop()
		got := slices.Compact(seen)
		if want := []string{"queued  false", "sending  false", "queued  false", "sending  false", "sent $0 true"}; !slices.Equal(got, want) && !slices.Equal(got, want[1:]) && !slices.Equal(got, want[2:]) {
			t.Errorf("%q", got)
		}
		_, err = c.outbox.Status(t.Context(), "nobody", func(api.SendStatus, bool) {})
		check(t, err, outbox.ErrUnknown)
		c.stop()
	})
}

// TestStatusAfterwards asks about an event whose echo has taken it out of the
// outbox already, as a page does that is slower than the server.
func TestStatusAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, mem.NewDisk(), &refusing{server: server{calm: true, byTxn: map[event.TxnID]int{}}})
		c.join()
		check(t, c.add("!a", 0), nil)
		synctest.Wait()
		check(t, c.ledger.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error {
			turn.TakeEcho("!a", "t0", "$0")
			return nil
		}), nil)
		var seen []string
		_, err := c.outbox.Status(t.Context(), "t0", func(st api.SendStatus, done bool) {
			seen = append(seen, fmt.Sprintf("%s %s %t", st.State, st.EventID, done))
		})
		check(t, err, nil)
		if want := []string{"sent $0 true"}; !slices.Equal(seen, want) {
			t.Errorf("%q", seen)
		}
		c.stop()
	})
}

func TestAddRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, mem.NewDisk(), &refusing{server: server{byTxn: map[event.TxnID]int{}}})
		c.join()
		big := scan.Value(`{"body":"` + strings.Repeat("x", 64<<10) + `"}`)
		for _, bad := range []struct {
			out  table.Outgoing
			want error
		}{
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: "t", Content: scan.Value(`[]`)}, outbox.ErrInvalid},
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: "t", Content: scan.Value(`{"a":}`)}, outbox.ErrInvalid},
			{table.Outgoing{RoomID: "!a", Type: "t", Content: scan.Value(`{}`)}, outbox.ErrInvalid},
			{table.Outgoing{RoomID: "!a", TxnID: "x", Type: "t", Content: big}, outbox.ErrTooLarge},
			{table.Outgoing{RoomID: "!none", TxnID: "x", Type: "t", Content: scan.Value(`{}`)}, outbox.ErrNoRoom},
		} {
			check(t, c.outbox.Add(t.Context(), bad.out), bad.want)
		}
		check(t, c.add("!a", 1), nil)
		check(t, c.outbox.Add(t.Context(), table.Outgoing{RoomID: "!a", TxnID: "t1", Type: "t", Content: scan.Value(`{}`)}), outbox.ErrReused)
		half := table.Outgoing{RoomID: "!a", TxnID: "t2", Type: "t", Content: scan.Value(`{"body":"\ud83d"}`)}
		check(t, c.outbox.Add(t.Context(), half), nil)
		check(t, c.outbox.Add(t.Context(), half), nil)
		if got := c.ledger.Outgoing("t2").Content; string(got) != `{"body":"\ufffd"}` {
			t.Errorf("half a character is no JSON that a server takes: %s", got)
		}
		synctest.Wait()
		c.stop()
	})
}

func check(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

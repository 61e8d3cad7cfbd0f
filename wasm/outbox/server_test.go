package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
	"github.com/alcove-chat/alcove/wasm/outbox"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
)

// server accepts events as a homeserver does: once for each transaction id,
// whatever becomes of its answers.
type server struct {
	mu     sync.Mutex
	rand   *rand.Rand
	calm   bool // no more trouble
	wrong  []string
	events []sent
	byTxn  map[event.TxnID]int
}

type sent struct {
	room    event.RoomID
	txn     event.TxnID
	kind    string
	content string
}

func (s *server) SendEvent(ctx context.Context, room event.RoomID, kind string, txn event.TxnID, content scan.Value) (event.EventID, error) {
	return s.receive(ctx, sent{room, txn, kind, string(content)})
}

func (s *server) Redact(ctx context.Context, room event.RoomID, target event.EventID, txn event.TxnID, reason string) (event.EventID, error) {
	return s.receive(ctx, sent{room, txn, event.RoomRedaction, redaction(string(target), reason)})
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func redaction(target, reason string) string {
	return fmt.Sprintf(`{"redacts":%q,"reason":%q}`, target, reason)
}

func (s *server) Relations(context.Context, event.RoomID, event.EventID, homeserver.RelationsParams) (homeserver.Relations, error) {
	return homeserver.Relations{}, errors.New("nobody asked")
}

func (s *server) receive(ctx context.Context, e sent) (event.EventID, error) {
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
	id := s.accept(e)
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

func (s *server) accept(e sent) event.EventID {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.byTxn[e.txn]
	if !ok {
		n = len(s.events)
		s.byTxn[e.txn] = n
		s.events = append(s.events, e)
	} else if s.events[n] != e {
		s.wrong = append(s.wrong, fmt.Sprintf("%+v was %+v before", e, s.events[n]))
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
		rooms[e.room] = append(rooms[e.room], fmt.Sprintf(`{"event_id":"$%d","type":%q,"sender":%q,"origin_server_ts":1,%s"content":%s}`, n+i, e.kind, me, unsigned, e.content))
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
	l, err := ledger.Open(t.Context(), db, ledger.Known{})
	if err != nil {
		t.Fatal(err)
	}
	c := &core{t: t, ledger: l}
	c.outbox = outbox.New(l, clock{}, func(err error) *api.Error { return &api.Error{Code: api.Internal, Message: err.Error()} }, nil)
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

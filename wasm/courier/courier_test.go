package courier_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/courier"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// server answers what a test says, and keeps what it was asked.
type server struct {
	mu      sync.Mutex
	asked   []homeserver.Call
	busy    map[string]int
	doubled string // a path that was asked twice at once
	answer  func(call homeserver.Call, nth int) (scan.Value, error)
}

func (s *server) Do(ctx context.Context, call homeserver.Call) (scan.Value, error) {
	path := strings.Join(call.Path, "/")
	s.mu.Lock()
	nth := 0
	for _, c := range s.asked {
		if strings.Join(c.Path, "/") == path {
			nth++
		}
	}
	s.asked = append(s.asked, call)
	if s.busy[path]++; s.busy[path] > 1 {
		s.doubled = path
	}
	s.mu.Unlock()
	time.Sleep(time.Second) // in a bubble
	s.mu.Lock()
	s.busy[path]--
	s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.answer(call, nth)
}

// bodies are what was sent to a path that ends so.
func (s *server) bodies(path string) (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.asked {
		if strings.HasSuffix(strings.Join(c.Path, "/"), path) {
			all = append(all, string(c.Body))
		}
	}
	return all
}

type clock struct{}

func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (clock) Jitter(time.Duration) time.Duration     { return 0 }

// carry runs a courier of a new device for a while, and returns how it ended.
func carry(t *testing.T, s *server, during func(*ledger.Ledger)) error {
	t.Helper()
	s.busy = map[string]int{}
	db, err := mem.Open(t.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), db, ledger.Known{})
	if err != nil {
		t.Fatal(err)
	}
	session := &table.Session{UserID: "@me:x", DeviceID: "D"}
	update(t, l, func(turn *ledger.Turn) { turn.SetSession(session) })
	if err := l.StartCrypto(t.Context(), e2ee.Platform{Random: rand.Reader, Now: time.Now}, session); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- courier.New(l, clock{}).Run(ctx, s) }()
	time.Sleep(time.Hour)
	if during != nil {
		during(l)
		time.Sleep(time.Hour)
	}
	cancel()
	err = <-ended
	if closing := l.Close(context.Background()); closing != nil {
		t.Error(closing)
	}
	return err
}

func update(t *testing.T, l *ledger.Ledger, fn func(*ledger.Turn)) {
	t.Helper()
	if err := l.Update(t.Context(), func(_ context.Context, turn *ledger.Turn) error { fn(turn); return nil }); err != nil {
		t.Fatal(err)
	}
}

func yes(homeserver.Call, int) (scan.Value, error) {
	return scan.Value(`{"one_time_key_counts":{"signed_curve25519":50},"device_keys":{}}`), nil
}

// E-1: what did not arrive goes again with the same bytes, until it is answered,
// and then no more.
func TestSameBytesUntilAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: func(call homeserver.Call, nth int) (scan.Value, error) {
			if nth < 3 {
				return nil, fmt.Errorf("lost: %w", homeserver.ErrUnreachable)
			}
			return yes(call, nth)
		}}
		if err := carry(t, s, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
		sent := s.bodies("keys/upload")
		if len(sent) != 4 {
			t.Fatalf("the keys went %d times", len(sent))
		}
		for _, body := range sent {
			if body != sent[0] {
				t.Error("other bytes went the second time")
			}
		}
		if s.doubled != "" {
			t.Errorf("two requests to %s at once", s.doubled)
		}
	})
}

// TestNewsAreCarried: what the machine wants later is carried then.
func TestNewsAreCarried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: yes}
		_ = carry(t, s, func(l *ledger.Ledger) {
			before := len(s.bodies("keys/query"))
			for range 2 { // the second while the first is under way
				update(t, l, func(turn *ledger.Turn) { turn.Crypto().LookAgain("@me:x") })
				time.Sleep(time.Second / 2)
			}
			time.Sleep(time.Minute)
			if after := len(s.bodies("keys/query")); after != before+2 {
				t.Errorf("%d queries, %d before", after, before)
			}
		})
	})
}

// TestRefusal: what the server will not take does not go again, and keeps nothing
// else from going.
func TestRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: func(call homeserver.Call, nth int) (scan.Value, error) {
			if strings.HasSuffix(strings.Join(call.Path, "/"), "keys/upload") {
				return nil, &homeserver.Error{Status: 400, Errcode: homeserver.Unknown}
			}
			return yes(call, nth)
		}}
		_ = carry(t, s, func(l *ledger.Ledger) {
			if now, err := l.Crypto().Status(t.Context()); err != nil || !now.Conflict {
				t.Errorf("it stands as %+v, %v", now, err)
			}
		})
		if n := len(s.bodies("keys/upload")); n != 1 {
			t.Errorf("the refused keys went %d times", n)
		}
		if len(s.bodies("keys/query")) == 0 {
			t.Error("nothing else went")
		}
	})
}

// TestRefusedAgain: what is needed and refused again and again goes ever more
// seldom.
func TestRefusedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: func(call homeserver.Call, nth int) (scan.Value, error) {
			if strings.HasSuffix(strings.Join(call.Path, "/"), "keys/query") {
				return nil, &homeserver.Error{Status: 400, Errcode: homeserver.Unknown}
			}
			return yes(call, nth)
		}}
		_ = carry(t, s, nil)
		if n := len(s.bodies("keys/query")); n < 10 || n > 50 {
			t.Errorf("in an hour it went %d times", n)
		}
	})
}

// TestSessionEnds: the courier ends with its session.
func TestSessionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{answer: func(homeserver.Call, int) (scan.Value, error) {
			return nil, &homeserver.Error{Status: 401, Errcode: homeserver.UnknownToken}
		}}
		if err := carry(t, s, nil); !homeserver.EndsSession(err) {
			t.Errorf("it ended with %v", err)
		}
	})
}

//go:build !js

package homeserver_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

var (
	ok       = step{status: 200, body: `{}`}
	busy     = step{status: 503, body: `<html>`}
	limited  = step{status: 429, body: `{"errcode":"M_LIMIT_EXCEEDED","error":"slow down"}`}
	refused  = step{err: homeserver.ErrUnreachable}
	getCall  = homeserver.Call{Name: "look", Method: "GET", Path: homeserver.V3("joined_rooms")}
	postCall = homeserver.Call{Name: "make", Method: "POST", Path: homeserver.V3("createRoom")}
)

func withRetryAfter(s step, header string) step { s.retryAfter = header; return s }
func withBody(s step, body string) step         { s.body = body; return s }

const ms = time.Millisecond

// A limit is in a header that a browser may hide, and in the body (FEATURES B-07,
// E-13). Time in these tests is synctest's: it stands still but for waits.
func TestRetry(t *testing.T) {
	// Half of the back-off is fixed, half is random; here 0.5 of it.
	first, second, third := 375*ms, 750*ms, 1500*ms
	for _, c := range []struct {
		name  string
		call  homeserver.Call
		steps []step
		// at is when requests come.
		at   []time.Duration
		want error
	}{
		{"success", getCall, []step{ok}, []time.Duration{0}, nil},
		{"back-off grows", getCall, []step{busy, refused, busy, ok}, []time.Duration{0, first, first + second, first + second + third}, nil},
		{"post is not repeated", postCall, []step{busy, ok}, []time.Duration{0}, homeserver.ErrServer},
		{"post without answer is not repeated", postCall, []step{refused, ok}, []time.Duration{0}, homeserver.ErrUnreachable},
		{"post that was limited is", postCall, []step{withRetryAfter(limited, "3"), ok}, []time.Duration{0, 3250 * ms}, nil},
		{"header in seconds", getCall, []step{withRetryAfter(limited, "7"), ok}, []time.Duration{0, 7250 * ms}, nil},
		{"header wins over body", getCall, []step{withRetryAfter(withBody(limited, `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":9000}`), " 2 "), ok}, []time.Duration{0, 2250 * ms}, nil},
		{"header as a date", getCall, []step{withRetryAfter(limited, "Sat, 01 Jan 2000 00:00:11 GMT"), ok}, []time.Duration{0, 11250 * ms}, nil},
		{"body", getCall, []step{withBody(limited, `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500}`), ok}, []time.Duration{0, 1750 * ms}, nil},
		{"nonsense falls back", getCall, []step{withRetryAfter(withBody(limited, `{"retry_after_ms":"x"}`), "soon"), ok}, []time.Duration{0, first + 250*ms}, nil},
		{"negative falls back", getCall, []step{withRetryAfter(withBody(limited, `{"retry_after_ms":-5}`), "-5"), ok}, []time.Duration{0, first + 250*ms}, nil},
		{"date in the past falls back", getCall, []step{withRetryAfter(limited, "Fri, 31 Dec 1999 00:00:00 GMT"), ok}, []time.Duration{0, first + 250*ms}, nil},
		{"limit in HTML", getCall, []step{withBody(limited, `<html>`), ok}, []time.Duration{0, first + 250*ms}, nil},
		{"limit by errcode alone", getCall, []step{withBody(step{status: 400}, `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1000}`), ok}, []time.Duration{0, 1250 * ms}, nil},
		{"a pause too long is the caller's", getCall, []step{withRetryAfter(limited, "600"), ok}, []time.Duration{0}, homeserver.ErrLimited},
		{"503 with a pause", getCall, []step{withRetryAfter(busy, "4"), ok}, []time.Duration{0, 4 * time.Second}, nil},
		{"answers are final", getCall, []step{{status: 404, body: `{"errcode":"M_NOT_FOUND"}`}, ok}, []time.Duration{0}, homeserver.ErrNotFound},
		{"broken JSON is final", getCall, []step{{status: 200, body: `{"a":`}, ok}, []time.Duration{0}, homeserver.ErrNotMatrix},
		{"too large is final", getCall, []step{{err: homeserver.ErrTooLarge}, ok}, []time.Duration{0}, homeserver.ErrTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(c.steps...)
				_, err := client(s).Do(t.Context(), c.call)
				if !errors.Is(err, c.want) {
					t.Errorf("error %v, want %v", err, c.want)
				}
				if !slices.Equal(s.at, c.at) {
					t.Errorf("requests at %v, want %v", s.at, c.at)
				}
			})
		})
	}
}

// The header's date reads as net/http writes it, and nothing else is a date.
func TestRetryAfterDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := func(header string) time.Duration {
			_, err := client(newScript(withRetryAfter(limited, header))).Once().Do(t.Context(), getCall)
			var e *homeserver.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			return e.RetryAfter
		}
		for i := range 600 {
			time.Sleep(51 * time.Hour)
			want := time.Duration(i) * 7 * time.Second
			if got := asked(time.Now().Add(want).UTC().Format(http.TimeFormat)); got != min(want, time.Hour) {
				t.Fatalf("%v at %v, want %v", got, time.Now(), want)
			}
		}
		future := time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
		for i := range future {
			asked(future[:i])
			for _, c := range []string{"x", "-", " ", "é"} {
				if d := asked(future[:i] + c + future[i+1:]); d < 0 || d > time.Hour {
					t.Errorf("%v", d)
				}
			}
		}
	})
}

func TestRetryEnds(t *testing.T) {
	for _, s := range []step{busy, refused, limited, {hang: true}} {
		synctest.Test(t, func(t *testing.T) {
			s := newScript(s)
			_, err := client(s).Do(t.Context(), getCall)
			if err == nil || len(s.at) > 6 || time.Since(s.start) > 3*time.Minute {
				t.Errorf("%v after %v, %d requests", err, time.Since(s.start), len(s.at))
			}
		})
	}
}

func TestPauseIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(withRetryAfter(limited, "10"), ok)
		c := client(s)
		var done sync.WaitGroup
		done.Go(func() { _, _ = c.Do(t.Context(), getCall) })
		synctest.Wait()
		for range 5 {
			done.Go(func() {
				if _, err := c.WithToken("other").Do(t.Context(), getCall); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if len(s.at) != 1 {
			t.Errorf("%d requests during the pause", len(s.at))
		}
		// Another group goes on.
		if _, err := c.Do(t.Context(), postCall); err != nil || time.Since(s.start) != 0 {
			t.Errorf("%v after %v", err, time.Since(s.start))
		}
		done.Wait()
		if len(s.at) != 8 || s.at[2] < 10*time.Second {
			t.Errorf("requests at %v", s.at)
		}
	})
}

func TestOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(busy, withRetryAfter(limited, "10"), ok)
		c := client(s).Once()
		if _, err := c.Do(t.Context(), getCall); !errors.Is(err, homeserver.ErrServer) || len(s.at) != 1 {
			t.Errorf("%v after %d requests", err, len(s.at))
		}
		for _, want := range []time.Duration{10 * time.Second, 6 * time.Second} {
			_, err := c.Do(t.Context(), getCall)
			var e *homeserver.Error
			if !errors.As(err, &e) || !errors.Is(err, homeserver.ErrLimited) || e.RetryAfter != want || len(s.at) != 2 {
				t.Errorf("%+v after %d requests, want to wait %v", err, len(s.at), want)
			}
			time.Sleep(4 * time.Second)
		}
		time.Sleep(2 * time.Second)
		if _, err := c.Do(t.Context(), getCall); err != nil {
			t.Error(err)
		}
	})
}

func TestAbort(t *testing.T) {
	for _, s := range []step{{hang: true}, busy, withRetryAfter(limited, "60")} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*ms, cancel)
			s := newScript(s)
			_, err := client(s).Do(ctx, getCall)
			if err == nil || time.Since(s.start) != 100*ms {
				t.Errorf("%v after %v", err, time.Since(s.start))
			}
			if s.steps[0].hang && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}

func TestTimeLimits(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit time.Duration
		call  func(ctx context.Context, c *homeserver.Client) error
	}{
		{"short", 30 * time.Second, func(ctx context.Context, c *homeserver.Client) error { return c.Logout(ctx) }},
		{"long poll", 90 * time.Second, func(ctx context.Context, c *homeserver.Client) error {
			_, err := c.Sync(ctx, homeserver.SyncParams{Since: "s", Timeout: 30 * time.Second})
			return err
		}},
		{"initial sync", 10 * time.Minute, func(ctx context.Context, c *homeserver.Client) error {
			_, err := c.Sync(ctx, homeserver.SyncParams{})
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(step{hang: true})
				err := c.call(t.Context(), client(s).Once())
				if !errors.Is(err, homeserver.ErrTimeout) || time.Since(s.start) != c.limit {
					t.Errorf("%v after %v", err, time.Since(s.start))
				}
			})
		})
	}
}

// sleeper is a wall clock that runs on while the timers of a sleeping machine
// stand still.
type sleeper struct {
	mu    sync.Mutex
	slept time.Duration
}

func (s *sleeper) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.slept)
}

func (s *sleeper) After(d time.Duration) <-chan time.Time { return time.After(d) }

func (s *sleeper) sleep(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slept += d
}

// FEATURES D-32: a long poll across a sleep of the machine may never end.
func TestSleepEndsLongPoll(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			clock := &sleeper{}
			s := newScript(step{hang: true})
			n := homeserver.Network{Transport: s, Clock: clock}
			c, err := n.Client("https://server.example", "t")
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(7*time.Second, func() { clock.sleep(jump) })
			_, err = c.Sync(t.Context(), homeserver.SyncParams{Since: "s", Timeout: 30 * time.Second})
			if !errors.Is(err, homeserver.ErrSlept) || time.Since(s.start) != 15*time.Second {
				t.Errorf("%v after %v", err, time.Since(s.start))
			}
		})
	}
}

// A page in the background may get its timers late: an answer that comes soon
// after counts.
func TestLateTimersDoNoHarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &sleeper{}
		answered := transportFunc(func(ctx context.Context, _ *homeserver.Request) (*homeserver.Response, error) {
			select {
			case <-time.After(8 * time.Second):
				return &homeserver.Response{Status: 200, Body: []byte(`{"next_batch":"s2"}`)}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		})
		n := homeserver.Network{Transport: answered, Clock: clock}
		c, err := n.Client("https://server.example", "t")
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(4*time.Second, func() { clock.sleep(time.Minute) })
		body, err := c.Sync(t.Context(), homeserver.SyncParams{Since: "s", Timeout: 30 * time.Second})
		if err != nil || body.Get("next_batch").Text() != "s2" {
			t.Errorf("%s %v", body, err)
		}
	})
}

// FEATURES 7-17: a repeated send is the same request, byte for byte.
func TestRepeatedSendIsTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		tr := transportFunc(func(_ context.Context, r *homeserver.Request) (*homeserver.Response, error) {
			sent = append(sent, r.Method+r.URL+string(r.Body))
			if len(sent) < 3 {
				return nil, homeserver.ErrUnreachable
			}
			return &homeserver.Response{Status: 200, Body: []byte(`{"event_id":"$1"}`)}, nil
		})
		id, err := client(tr).SendEvent(t.Context(), "!r", "m.room.message", "txn", scan.Value(`{"body":"b"}`))
		if err != nil || id != "$1" || len(sent) != 3 || sent[0] != sent[1] || sent[0] != sent[2] {
			t.Errorf("%s %v %q", id, err, sent)
		}
	})
}

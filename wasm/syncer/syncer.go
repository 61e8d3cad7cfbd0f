// Package syncer keeps the account up to date: it asks the server what is new
// and commits each answer whole.
//
// Its law: one response is one commit with its token in it; the next request
// starts after that commit, and listeners hear of it then (law 1 of the
// house). What cannot be taken in is set aside, and never stops the rest.
//
// It does not show anything, and it does not send what users write.
package syncer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Server is what the syncer needs of the homeserver; homeserver.Client is one.
type Server interface {
	Sync(ctx context.Context, p homeserver.SyncParams) (scan.Value, error)
	UploadFilter(ctx context.Context, user event.UserID, definition scan.Value) (string, error)
}

// Status is where the loop stands.
type Status struct {
	State api.SyncState
	// Err is why it is failing, offline or stopped.
	Err error
	// Done and Total count rooms during an initial sync; Total is 0 otherwise.
	Done, Total int
}

// Syncer is the loop. Use New.
type Syncer struct {
	ledger *ledger.Ledger
	server Server
	clock  Clock
	report func(Status)
	wake   chan struct{}
	away   atomic.Bool
	// taken is when the last response came, doubted that the filter was given up
	// since. Only the loop uses them.
	taken   time.Time
	doubted bool
}

// Clock is time as the syncer needs it.
type Clock interface {
	Now() time.Time
	homeserver.Waiter
}

// New returns a syncer that tells report where it stands. report must not wait.
func New(l *ledger.Ledger, server Server, clock Clock, report func(Status)) *Syncer {
	return &Syncer{ledger: l, server: server, clock: clock, report: report, wake: make(chan struct{}, 1)}
}

// Wake ends a wait between attempts: the page came into view or back online.
func (s *Syncer) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// SetAway says that nobody looks at the page: others are shown that the user is
// not active.
func (s *Syncer) SetAway(away bool) { s.away.Store(away) }

const (
	pollTimeout = 30 * time.Second
	// liveGap: what comes sooner than this after the response before it happened
	// just now, whatever the clocks of other servers say.
	liveGap = 2 * pollTimeout
	// shortest is what a poll takes at least, of a server that does not wait for news.
	shortest   = time.Second
	maxBackoff = time.Minute
)

// Run syncs until ctx ends, the session ends or storage refuses; it returns
// why. An unreachable or failing server is no reason to end.
func (s *Syncer) Run(ctx context.Context) error {
	s.report(Status{State: api.SyncStarting})
	timeout := time.Duration(0) // the first answer comes at once, news or not
	backoff := homeserver.NewBackoff(s.clock, maxBackoff)
	for {
		since, began := s.ledger.NextBatch(), s.clock.Now()
		err := s.once(ctx, timeout)
		switch {
		case ctx.Err() != nil:
			s.report(Status{State: api.SyncStopped})
			return ctx.Err()
		case err == nil:
			s.report(Status{State: api.SyncLive})
			if timeout > 0 && s.ledger.NextBatch() == since && s.clock.Now().Sub(began) < shortest {
				s.pause(ctx, s.clock.After(shortest))
			}
			timeout = pollTimeout
			backoff.Reset()
			continue
		case storage.Failed(err):
			s.report(Status{State: api.SyncPaused, Err: err})
			return err
		}
		if homeserver.EndsSession(err) {
			s.report(Status{State: api.SyncStopped, Err: err})
			return err
		}
		timeout = 0 // after trouble the next answer should come at once
		if errors.Is(err, homeserver.ErrSlept) {
			continue
		}
		s.report(Status{State: troubleState(err), Err: err})
		s.pause(ctx, backoff.After(err))
	}
}

func troubleState(err error) api.SyncState {
	if homeserver.IsOffline(err) {
		return api.SyncOffline
	}
	return api.SyncFailing
}

func (s *Syncer) pause(ctx context.Context, over <-chan time.Time) {
	select {
	case <-over:
	case <-s.wake:
	case <-ctx.Done():
	}
}

// once asks for one response and commits it.
func (s *Syncer) once(ctx context.Context, timeout time.Duration) error {
	filter, err := s.filter(ctx)
	if err != nil {
		return err
	}
	since := s.ledger.NextBatch()
	if since == "" {
		timeout = 0
	}
	p := homeserver.SyncParams{Since: since, Filter: filter, Timeout: timeout}
	if s.away.Load() {
		p.Presence = string(api.PresenceUnavailable)
	}
	body, err := s.server.Sync(ctx, p)
	if err != nil {
		return errors.Join(err, s.doubt(ctx, filter, err))
	}
	return s.Take(ctx, since, body)
}

// ErrNoResponse says that the server's answer is JSON but no sync response.
var ErrNoResponse = errors.New("answer is no sync response")

// Take commits a response to a sync since that token.
func (s *Syncer) Take(ctx context.Context, since string, body scan.Value) error {
	res, ok := parse(body)
	if !ok {
		return ErrNoResponse
	}
	now := s.clock.Now()
	p := &pass{ledger: s.ledger, me: s.ledger.Me(), since: since, now: now.UnixMilli(), res: res, direct: readDirects(res.account)}
	p.live = since != "" && now.Sub(s.taken) < liveGap
	s.taken, s.doubted = now, false
	return p.run(ctx, func(done, total int) {
		if since == "" {
			s.report(Status{State: api.SyncStarting, Done: done, Total: total})
		}
	})
}

// definition is the sync filter: members lazily, explicit limits, unread counts by
// thread (FEATURES 7-19, B-09, B-21).
func definition() scan.Value {
	var state, timeline, room, filter scan.Builder
	state.Bool("lazy_load_members", true)
	timeline.Int("limit", 20).Bool("lazy_load_members", true).Bool("unread_thread_notifications", true)
	room.Raw("state", state.Done()).Raw("timeline", timeline.Done())
	return filter.Raw("room", room.Done()).Done()
}

// filter returns the id of the stored filter, uploading it where the server
// does not have it. A server that refuses gets the definition inline.
func (s *Syncer) filter(ctx context.Context) (string, error) {
	want := definition()
	if have := s.ledger.Filter(); have.Definition == string(want) {
		return have.ID, nil
	}
	id, err := s.server.UploadFilter(ctx, s.ledger.Me(), want)
	if err != nil {
		if ctx.Err() != nil || homeserver.EndsSession(err) || homeserver.IsOffline(err) {
			return "", err
		}
		return string(want), nil
	}
	err = s.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		t.SetFilter(table.Filter{ID: id, Definition: string(want)})
		return nil
	})
	return id, err
}

// doubt forgets what the server may not know any more, where it takes the
// request for wrong: first the stored filter, then the token. A server that was
// set up anew or set back would else never again answer.
func (s *Syncer) doubt(ctx context.Context, filter string, err error) error {
	var refused *homeserver.Error
	if !errors.As(err, &refused) || refused.Status != 400 && refused.Status != 404 {
		return nil
	}
	return s.ledger.Update(ctx, func(_ context.Context, t *ledger.Turn) error {
		switch {
		case !s.doubted:
			if s.doubted = true; s.ledger.Filter().ID == filter {
				t.SetFilter(table.Filter{})
			}
		case refused.Status == 400 && s.ledger.NextBatch() != "":
			t.SetNextBatch("")
		}
		return nil
	})
}

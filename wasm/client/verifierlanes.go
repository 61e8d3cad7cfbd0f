package client

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/verification"
)

// Before most messages are looked at, the devices of their senders have to be
// known. Messages of one room, or of one sender, wait for that in their order, and
// keep no others waiting: not every server answers.

const (
	// maxLanes bounds how many senders may wait at once, maxLane the messages of one.
	maxLanes = 256
	maxLane  = 32
)

// lane is messages that follow each other.
type lane struct {
	waiting []verification.Event
	// late is until when the first one waits, once it does.
	late time.Time
}

// lanes are what waits, by room or else by sender.
type lanes map[string]*lane

func laneOf(e *verification.Event) string {
	if e.Room != "" {
		return string(e.Room)
	}
	return string(e.Sender)
}

// receive brings the verifications a message, in its turn.
func (v *verifier) receive(ctx context.Context, e verification.Event) {
	name := laneOf(&e)
	l := v.lanes[name]
	if l == nil {
		if len(v.lanes) >= maxLanes && e.Room == "" && e.Sender != v.own.User {
			return
		}
		l = &lane{}
		v.lanes[name] = l
	}
	if len(l.waiting) < maxLane {
		l.waiting = append(l.waiting, e)
	}
	v.advance(ctx, name)
}

// advanceAll lets go on who waited long enough.
func (v *verifier) advanceAll(ctx context.Context) {
	for name := range v.lanes {
		v.advance(ctx, name)
	}
}

func (v *verifier) advance(ctx context.Context, name string) {
	now := v.account.client.platform.Clock.Now()
	l := v.lanes[name]
	for ; len(l.waiting) > 0; l.waiting = l.waiting[1:] {
		e := l.waiting[0]
		if !v.knows(ctx, &e) {
			if l.late.IsZero() {
				l.late = now.Add(verifierPatience)
			}
			if now.Before(l.late) {
				return
			}
		}
		l.late = time.Time{}
		_ = v.do(ctx, e.Sender, func(r *verification.Requests) (verification.Step, error) { return r.Receive(e), nil })
	}
	delete(v.lanes, name)
}

// late returns when the first lane goes on whatever is known, zero for none.
func (v *verifier) late() (first time.Time) {
	for _, l := range v.lanes {
		if first.IsZero() || l.late.Before(first) {
			first = l.late
		}
	}
	return first
}

// knows reports whether what a message needs is known.
func (v *verifier) knows(ctx context.Context, e *verification.Event) bool {
	if !namesDevice(e.Type) || e.Room != "" && e.Sender == v.own.User {
		return true
	}
	known, err := v.current(ctx, e.Sender)
	return known || err != nil
}

// current reports whether a user's devices are known as they are now. If not, the
// server is asked.
func (v *verifier) current(ctx context.Context, user event.UserID) (known bool, err error) {
	err = v.account.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) (err error) {
		known, err = w.Current(ctx, user)
		return err
	})
	return known, err
}

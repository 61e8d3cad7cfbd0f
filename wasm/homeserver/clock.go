package homeserver

import (
	"context"
	"math/rand/v2"
	"time"
)

// Clock tells the time and waits.
type Clock interface {
	// Now is the wall clock: it goes on while the machine sleeps.
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Network is how a client reaches the world: all that is not pure comes in
// here. The zero value is the real thing.
type Network struct {
	// Transport nil means the platform's.
	Transport Transport
	// Clock nil means the system's.
	Clock Clock
	// Jitter returns a random number from 0 to below 1; nil means a real one.
	Jitter func() float64
}

func (n Network) filled() Network {
	if n.Transport == nil {
		n.Transport = NewTransport()
	}
	if n.Clock == nil {
		n.Clock = systemClock{}
	}
	if n.Jitter == nil {
		n.Jitter = rand.Float64
	}
	return n
}

type systemClock struct{}

// Now drops the monotonic reading, which stands still while a machine sleeps.
func (systemClock) Now() time.Time                         { return time.Now().Round(0) }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

const (
	// tick is how often a request under way looks at the clock.
	tick = 5 * time.Second
	// nap is how much longer than a tick may pass before the machine must have
	// slept; a background page's timers may be held back for a while too.
	nap = 10 * time.Second
)

// watch cancels a request once its time limit passed or the machine slept
// through it. The returned function must be called; it waits until watching
// has ended.
func watch(clock Clock, limit time.Duration, cancel context.CancelCauseFunc) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		if err := outlast(clock, limit, done); err != nil {
			cancel(err)
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// outlast returns nil when done is closed, else why the request must end. A
// request that the machine slept through gets one more tick, because its
// answer may be there already.
func outlast(clock Clock, limit time.Duration, done <-chan struct{}) error {
	start := clock.Now()
	slept := false
	for last := start; ; {
		wait := min(tick, limit-last.Sub(start))
		if slept {
			wait = tick
		}
		select {
		case <-done:
			return nil
		case <-clock.After(wait):
		}
		now := clock.Now()
		switch {
		case slept:
			return ErrSlept
		case now.Sub(last) > wait+nap || now.Before(last.Add(-nap)):
			slept = true
		case now.Sub(start) >= limit:
			return ErrTimeout
		}
		last = now
	}
}

package homeserver

import "time"

// firstWait is how long who keeps trying waits before the second time.
const firstWait = time.Second

// Waiter is the clock of who keeps trying.
type Waiter interface {
	// After returns a channel that receives once after d.
	After(d time.Duration) <-chan time.Time
	// Jitter returns a random share of d, to keep clients from retrying in step.
	Jitter(d time.Duration) time.Duration
}

// Backoff paces who keeps trying until a server answers: a second, and twice as
// long each time.
type Backoff struct {
	clock      Waiter
	most, next time.Duration
}

// NewBackoff returns one that never waits longer than most, unless the server asks
// for it.
func NewBackoff(clock Waiter, most time.Duration) *Backoff {
	return &Backoff{clock: clock, most: most, next: firstWait}
}

// After receives once it is time to try again, err being why it did not work.
func (b *Backoff) After(err error) <-chan time.Time {
	wait := b.next
	b.next = min(2*wait, b.most)
	return b.clock.After(max(RetryAfter(err), wait/2+b.clock.Jitter(wait/2)))
}

// Reset says that it works again, or may.
func (b *Backoff) Reset() { b.next = firstWait }

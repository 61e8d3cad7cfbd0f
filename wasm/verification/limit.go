package verification

import (
	"slices"
	"time"
)

// Lifetime is how long a verification lasts, and the memory of one that ended.
// Older messages are of none.
const Lifetime = 10 * time.Minute

// Other time limits of the spec (key verification framework; SAS, error and
// exception handling).
const (
	prompted  = 2 * time.Minute // a user who is asked
	maxFuture = 5 * time.Minute // of a request's time
)

// Tick ends what took too long, and forgets what ended long ago. The owner calls
// it at Next.
func (r *Requests) Tick() Step {
	r.expire()
	return r.take()
}

// Next returns when Tick has something to do, or false for never.
func (r *Requests) Next() (next time.Time, ok bool) {
	for _, f := range r.flows {
		if !ok || f.until.Before(next) {
			next, ok = f.until, true
		}
	}
	return next, ok
}

func (r *Requests) expire() {
	now := r.now()
	kept := r.flows[:0]
	for _, f := range r.flows {
		switch {
		case now.Before(f.until):
		case f.phase.Ended():
			r.changed(f)
			continue
		case f.phase == Requested && f.incoming:
			// Another device of the user may still answer.
			r.cancelled(f, CodeTimeout, true)
		default:
			r.cancel(f, CodeTimeout)
		}
		kept = append(kept, f)
	}
	clear(r.flows[len(kept):])
	r.flows = kept
}

// timely reports whether a request of that time counts, and until when it does:
// ten minutes from then, but never longer than from now.
func (r *Requests) timely(ms int64) (until time.Time, ok bool) {
	now := r.now()
	at := time.UnixMilli(ms)
	if at.After(now.Add(maxFuture)) || !at.After(now.Add(-Lifetime)) {
		return time.Time{}, false
	}
	if at.After(now) {
		at = now
	}
	return at.Add(Lifetime), true
}

// stranger is a verification that is not known, whose sender was told so.
type stranger struct {
	key   string
	until time.Time
}

// maxStrangers is how many are told so in ten minutes.
const maxStrangers = 32

// tellOnce reports whether the sender of an unknown verification is to be told
// so: once, and not to too many.
func (r *Requests) tellOnce(key string) bool {
	now := r.now()
	r.unknown = slices.DeleteFunc(r.unknown, func(s stranger) bool { return !now.Before(s.until) })
	if slices.ContainsFunc(r.unknown, func(s stranger) bool { return s.key == key }) {
		return false
	}
	if len(r.unknown) >= maxStrangers {
		return false
	}
	r.unknown = append(r.unknown, stranger{key, now.Add(Lifetime)})
	return true
}

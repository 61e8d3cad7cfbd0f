package homeserver

import (
	"context"
	"errors"
	"time"
)

const (
	// maxTries and maxTotal bound how long a call goes on by itself. A user
	// waits for it: what may take longer has a queue of its own.
	maxTries = 6
	maxTotal = 90 * time.Second

	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 20 * time.Second
)

// send tries a call until it succeeds, fails for good or took too long.
func (c *Client) send(ctx context.Context, call Call, check func(*Response) error) (*Response, error) {
	req, err := c.request(&call)
	if err != nil {
		return nil, err
	}
	if call.Group == "" {
		call.Group = call.Name
	}
	end := c.net.Clock.Now().Add(maxTotal)
	for try := 0; ; try++ {
		if err := c.patience(ctx, &call, end); err != nil {
			return nil, err
		}
		resp, err := c.attempt(ctx, &call, req, check)
		if err == nil {
			return resp, nil
		}
		pause, again := c.pause(&call, err, try)
		if !again || c.net.Clock.Now().Add(pause).After(end) {
			return nil, err
		}
		if sleep(ctx, c.net.Clock, pause) != nil {
			return nil, err
		}
	}
}

// patience waits out a pause that the server asked this group of calls for.
// Where it lasts too long, or the client tries once only, the call fails now.
func (c *Client) patience(ctx context.Context, call *Call, end time.Time) error {
	for {
		now := c.net.Clock.Now()
		left := c.pauses.left(call.Group, now)
		if left == 0 {
			return nil
		}
		if c.once || now.Add(left).After(end) {
			return &Error{Call: call.Name, Status: 429, Errcode: LimitExceeded, RetryAfter: left, Message: "waiting as the server asked"}
		}
		if err := sleep(ctx, c.net.Clock, left+c.jitter(firstBackoff)); err != nil {
			return err
		}
	}
}

// pause decides whether to try again after err, and how long to wait before.
func (c *Client) pause(call *Call, err error, try int) (time.Duration, bool) {
	backoff := min(firstBackoff<<try, maxBackoff)
	backoff = backoff/2 + c.jitter(backoff/2)
	var answer *Error
	if errors.As(err, &answer) && errors.Is(err, ErrLimited) {
		wait := answer.RetryAfter
		if wait == 0 {
			wait = backoff
		}
		c.pauses.extend(call.Group, c.net.Clock.Now().Add(wait))
		// The wait itself is patience's; a limited request was not carried
		// out, so that any method may be tried again.
		return 0, !c.once && try+1 < maxTries
	}
	if c.once || try+1 >= maxTries || !call.repeatable() || !transient(err) {
		return 0, false
	}
	if answer != nil && answer.RetryAfter > 0 {
		return answer.RetryAfter, true
	}
	return backoff, true
}

func (c *Client) jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * c.net.Jitter())
}

// repeatable reports whether doing the call twice is as good as once. A PUT
// with the same transaction id is (FEATURES 7-17).
func (call *Call) repeatable() bool {
	return call.Repeatable || call.Method != "POST"
}

// transient reports whether the same request may succeed later: the network
// failed, or the server or what stands before it did.
func transient(err error) bool {
	if errors.Is(err, ErrUnreachable) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrSlept) {
		return true
	}
	var answer *Error
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Status {
	case 408, 425, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530:
		return true
	}
	return false
}

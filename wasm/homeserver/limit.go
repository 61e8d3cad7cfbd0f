package homeserver

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// maxPause caps what a server may ask for, so that a mistake of one answer
// does not silence the client for days.
const maxPause = time.Hour

// retryAfter reads how long the server asks to wait: the header, in seconds or
// as a date, wins over retry_after_ms; browsers hide the header where the
// server does not expose it (FEATURES B-07).
func retryAfter(header string, body scan.Value, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.ParseUint(header, 10, 32); err == nil {
		return clampPause(time.Duration(n) * time.Second)
	}
	if at, ok := httpDate(header); ok {
		return clampPause(at.Sub(now))
	}
	if ms, ok := body.Get("retry_after_ms").AsInt(); ok && ms > 0 {
		return clampPause(time.Duration(min(ms, int64(maxPause/time.Millisecond))) * time.Millisecond)
	}
	return 0
}

// httpDate reads the one form that servers may send, such as
// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). time.Parse would link
// time zones and cost the core several kilobytes.
func httpDate(s string) (time.Time, bool) {
	if len(s) != len("Sun, 06 Nov 1994 08:49:37 GMT") || !strings.HasSuffix(s, " GMT") {
		return time.Time{}, false
	}
	month := strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", s[8:11])
	if month < 0 || month%3 != 0 {
		return time.Time{}, false
	}
	var n [5]int
	for i, part := range [5]string{s[5:7], s[12:16], s[17:19], s[20:22], s[23:25]} {
		var err error
		if n[i], err = strconv.Atoi(part); err != nil || n[i] < 0 {
			return time.Time{}, false
		}
	}
	return time.Date(n[1], time.Month(month/3+1), n[0], n[2], n[3], n[4], 0, time.UTC), true
}

func clampPause(d time.Duration) time.Duration { return max(0, min(d, maxPause)) }

// pauses remembers until when each group of requests must wait, so that calls
// side by side do not hammer a server that asked for patience.
type pauses struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func (p *pauses) extend(group string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil {
		p.until = map[string]time.Time{}
	}
	if until.After(p.until[group]) {
		p.until[group] = until
	}
}

// left returns how long the group must wait.
func (p *pauses) left(group string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	until, ok := p.until[group]
	if !ok {
		return 0
	}
	// A clock that was set back must not make a pause longer than any server
	// may ask for.
	if left := until.Sub(now); left > 0 && left <= maxPause {
		return left
	}
	delete(p.until, group)
	return 0
}

// sleep waits, or returns ctx's error.
func sleep(ctx context.Context, clock Clock, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-clock.After(d):
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

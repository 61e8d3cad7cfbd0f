package main

import (
	"net/http"
	"time"
)

// hit is a rule that applies to a request.
type hit struct {
	*rule
	// behind ends the wait of a request that is to come after the next one.
	behind chan struct{}
}

// hit says of two requests that are swapped, by turns, which falls behind. Call
// it with the mutex held.
func (r *rule) hit() *hit {
	if (r.Act != swap && r.Act != swapAnswer) || r.behind != nil {
		return &hit{rule: r}
	}
	r.behind = make(chan struct{})
	return &hit{rule: r, behind: r.behind}
}

// swap waits if the request falls behind. What it returns lets the one before go
// on, once this one is answered.
func (p *proxy) swap(r *http.Request, h *hit) (answered func()) {
	if h.behind != nil {
		p.fallBehind(r, h)
		return func() {}
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		h.rule.overtaken()
	}
}

func (p *proxy) fallBehind(r *http.Request, h *hit) {
	var enough <-chan time.Time
	if h.Ms > 0 {
		enough = time.After(time.Duration(h.Ms) * time.Millisecond)
	}
	select {
	case <-h.behind:
		return
	case <-enough:
	case <-r.Context().Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if h.rule.behind == h.behind {
		h.rule.behind = nil
	}
	if r.Context().Err() != nil {
		abort()
	}
}

// overtaken ends the wait of who fell behind, if any. Call it with the mutex held.
func (r *rule) overtaken() {
	if r.behind != nil {
		close(r.behind)
		r.behind = nil
	}
}

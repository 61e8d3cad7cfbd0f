package homeserver_test

import (
	"context"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/wasm/homeserver"
)

// transportFunc is a transport made of a function.
type transportFunc func(context.Context, *homeserver.Request) (*homeserver.Response, error)

func (f transportFunc) Do(ctx context.Context, r *homeserver.Request) (*homeserver.Response, error) {
	return f(ctx, r)
}

// script answers with one step after the other and repeats the last. It notes
// when each request came.
type script struct {
	steps []step
	start time.Time
	mu    sync.Mutex
	at    []time.Duration
}

type step struct {
	status     int
	body       string
	retryAfter string
	err        error
	// hang waits for the end of the request.
	hang bool
}

func newScript(steps ...step) *script { return &script{steps: steps, start: time.Now()} }

func (s *script) Do(ctx context.Context, r *homeserver.Request) (*homeserver.Response, error) {
	now := s.next()
	if now.hang {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	if now.err != nil {
		return nil, now.err
	}
	return &homeserver.Response{Status: now.status, Body: []byte(now.body), RetryAfter: now.retryAfter}, nil
}

func (s *script) next() step {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, time.Since(s.start))
	return s.steps[min(len(s.at), len(s.steps))-1]
}

// client returns a client over a transport, with jitter in the middle.
func client(t homeserver.Transport) *homeserver.Client {
	n := homeserver.Network{Transport: t, Jitter: func() float64 { return 0.5 }}
	c, err := n.Client("https://server.example", "secret-token")
	if err != nil {
		panic(err)
	}
	return c
}

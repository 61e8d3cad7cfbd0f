// Package courier carries what the encryption machine wants of the server there,
// and brings back the answers.
//
// Its law: what it carries is stored already, and goes with the same bytes until
// it is answered; each answer is a turn of the ledger (law 2 of the house). Of
// one kind of request there is one under way, so that answers come in order.
//
// It does not know what a request is about.
package courier

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Server is what the courier needs of the homeserver; homeserver.Client is one.
type Server interface {
	Do(ctx context.Context, call homeserver.Call) (scan.Value, error)
}

const maxBackoff = 5 * time.Minute

// Courier is the loop. Use New.
type Courier struct {
	ledger *ledger.Ledger
	clock  homeserver.Waiter
	kick   chan struct{}

	mu   sync.Mutex // guards what follows
	busy map[e2ee.Kind]bool
	// refused are kinds of which the last request was refused.
	refused map[e2ee.Kind]*homeserver.Backoff
	wake    chan struct{} // closed and replaced by Wake
}

// New returns a courier for what a ledger's machine asks.
func New(l *ledger.Ledger, clock homeserver.Waiter) *Courier {
	return &Courier{ledger: l, clock: clock, kick: make(chan struct{}, 1), busy: map[e2ee.Kind]bool{}, refused: map[e2ee.Kind]*homeserver.Backoff{}, wake: make(chan struct{})}
}

// Run carries until ctx ends, the session ends or storage refuses; it returns
// why.
func (c *Courier) Run(ctx context.Context, server Server) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	nothing := func(context.Context) error { return nil }
	stop, err := c.ledger.Watch(ctx, nothing, func(change *ledger.Change) {
		if change.Crypto != nil {
			c.poke()
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	var carrying sync.WaitGroup
	defer carrying.Wait()
	for {
		for _, r := range c.claim() {
			carrying.Go(func() {
				err := c.carry(ctx, server, r)
				c.release(r.Kind)
				if err != nil {
					cancel(err)
				}
			})
		}
		select {
		case <-c.kick:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Wake ends all waits between attempts.
func (c *Courier) Wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.wake)
	c.wake = make(chan struct{})
}

// claim returns the requests of which none of the kind is under way.
func (c *Courier) claim() []e2ee.Request {
	m := c.ledger.Crypto()
	if m == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	free := m.Outgoing(slices.Collect(maps.Keys(c.busy))...)
	for _, r := range free {
		c.busy[r.Kind] = true
	}
	return free
}

func (c *Courier) release(k e2ee.Kind) {
	c.mu.Lock()
	delete(c.busy, k)
	c.mu.Unlock()
	c.poke()
}

func (c *Courier) poke() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

func (c *Courier) waking() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wake
}

// carry brings one request to the server until that answers.
func (c *Courier) carry(ctx context.Context, server Server, r e2ee.Request) error {
	backoff := homeserver.NewBackoff(c.clock, maxBackoff)
	for {
		waking := c.waking()
		body, err := server.Do(ctx, call(&r))
		switch {
		case err == nil || !homeserver.MayPass(err) && ctx.Err() == nil:
			settled := c.settle(ctx, &r, body, err)
			if settled == nil {
				c.rest(ctx, r.Kind, err)
			}
			return settled
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case homeserver.EndsSession(err):
			return err
		}
		select {
		case <-backoff.After(err):
		case <-waking:
			backoff.Reset()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// rest keeps a kind from going again at once where one after the other is refused:
// some are needed whatever the server says.
func (c *Courier) rest(ctx context.Context, k e2ee.Kind, refused error) {
	c.mu.Lock()
	backoff, again := c.refused[k]
	switch {
	case refused == nil:
		delete(c.refused, k)
	case !again:
		c.refused[k] = homeserver.NewBackoff(c.clock, maxBackoff)
	}
	waking := c.wake
	c.mu.Unlock()
	if refused == nil || !again {
		return
	}
	select {
	case <-backoff.After(refused):
	case <-waking:
	case <-ctx.Done():
	}
}

// settle stores the answer, also while ctx is ending: the server has heard.
func (c *Courier) settle(ctx context.Context, r *e2ee.Request, body scan.Value, refused error) error {
	return c.ledger.Update(context.WithoutCancel(ctx), func(ctx context.Context, t *ledger.Turn) error {
		if refused == nil {
			return t.Crypto().Answered(ctx, r, body)
		}
		return t.Crypto().Refused(ctx, r, errcode(refused))
	})
}

func errcode(err error) string {
	var refused *homeserver.Error
	if errors.As(err, &refused) {
		return string(refused.Errcode)
	}
	return ""
}

func call(r *e2ee.Request) homeserver.Call {
	c := homeserver.Call{
		Name: string(r.Kind), Method: r.Method, Path: homeserver.V3(r.Path...), Body: r.Body, Repeatable: true,
	}
	c.Query.SetIf("version", r.Version)
	return c
}

package storage

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Conn is an open database: a DB over an Engine. It is what the backends share.
// It merges batches that queue up, keeps reads and writes apart, watches for
// transactions that never settle, and knows why it closed.
type Conn struct {
	engine  Engine
	options Options
	stores  map[Store]bool
	closed  chan struct{}

	mu       sync.Mutex
	queue    queue
	inFlight map[*transaction]struct{}
	seq      uint64
	reason   error // why no calls are taken any more, nil while they are
	released bool
}

// Serve returns a database that runs its transactions on e. The schema has
// been checked.
func Serve(e Engine, schema Schema, o Options) *Conn {
	stores := map[Store]bool{}
	for _, s := range schema.Stores {
		stores[s] = true
	}
	return &Conn{
		engine: e, options: o.WithDefaults(), stores: stores,
		closed: make(chan struct{}), inFlight: map[*transaction]struct{}{},
	}
}

// Commit implements DB.
func (c *Conn) Commit(ctx context.Context, b *Batch, d Durability) (uint64, error) {
	if err := c.checkBatch(b); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("commit: %w", err)
	}
	w := &write{ops: b.ops, size: b.size, durability: d, done: make(chan committed, 1)}
	if err := c.enqueue(func() { c.queue.writes = append(c.queue.writes, w) }); err != nil {
		return 0, fmt.Errorf("commit: %w", err)
	}
	select {
	case r := <-w.done:
		return r.seq, wrap("commit", r.err)
	case <-ctx.Done():
		return 0, fmt.Errorf("commit: %w", ctx.Err())
	}
}

// Read implements DB.
func (c *Conn) Read(ctx context.Context, queries ...Query) ([]Result, error) {
	if err := c.checkQueries(queries); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	r := &read{queries: queries, done: make(chan answered, 1)}
	if err := c.enqueue(func() { c.queue.reads = append(c.queue.reads, r) }); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	select {
	case a := <-r.done:
		return a.results, wrap("read", a.err)
	case <-ctx.Done():
		return nil, fmt.Errorf("read: %w", ctx.Err())
	}
}

// Close implements DB. It takes no new calls, finishes those it has, and then
// lets go. Closing twice is no error.
func (c *Conn) Close(ctx context.Context) error {
	c.Drain(ErrClosed)
	select {
	case <-c.closed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close: %w", ctx.Err())
	}
}

// Closed is closed when the database has been let go, for whatever reason.
func (c *Conn) Closed() <-chan struct{} { return c.closed }

// Reason says why the database takes no calls any more: ErrFenced, or
// ErrClosed, which may wrap a reason of its own. It is nil while it is open.
func (c *Conn) Reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// Drain takes no new calls, finishes those that are queued, then lets go. It
// does not wait for that. Backends call it when another tab wants the database.
func (c *Conn) Drain(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason == nil {
		c.reason = closedBy(reason)
	}
	c.pump()
}

// Fail lets go at once. Transactions in flight and calls that are queued end
// with reason. Backends call it when the database is gone.
func (c *Conn) Fail(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail(reason)
}

// fail is Fail; the caller holds the lock.
func (c *Conn) fail(reason error) {
	if c.released {
		return
	}
	c.reason = closedBy(reason)
	for t := range c.inFlight {
		t.giveUp(reason)
	}
	c.queue.fail(c.reason)
	c.release()
}

// enqueue adds a call to the queue unless the database is closed.
func (c *Conn) enqueue(add func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason != nil {
		return c.reason
	}
	add()
	c.pump()
	return nil
}

// release lets go of the engine. The caller holds the lock.
func (c *Conn) release() {
	if !c.released {
		c.released = true
		c.engine.Release()
		close(c.closed)
	}
}

// closedBy turns the reason of a closing into what later calls return.
func closedBy(reason error) error {
	if errors.Is(reason, ErrFenced) || errors.Is(reason, ErrClosed) {
		return reason
	}
	return fmt.Errorf("%w: %w", ErrClosed, reason)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

package storage

import "errors"

// transaction is one that the engine is running.
type transaction struct {
	writes bool
	stop   chan struct{}
	cause  error // why it was given up; guarded by Conn.mu
}

// giveUp ends the wait for a transaction. The caller holds Conn.mu.
func (t *transaction) giveUp(cause error) {
	if t.cause == nil {
		t.cause = cause
		close(t.stop)
	}
}

// pump starts what may start now. The caller holds the lock.
func (c *Conn) pump() {
	for _, r := range c.queue.takeReads(len(c.inFlight) > 0, c.writing()) {
		go c.runRead(c.begin(false), r)
	}
	if len(c.inFlight) > 0 {
		return
	}
	if writes := c.queue.takeWrites(); len(writes) > 0 {
		go c.runWrite(c.begin(true), writes)
		return
	}
	if c.reason != nil {
		c.release() // nothing is queued or in flight any more
	}
}

func (c *Conn) writing() bool {
	for t := range c.inFlight {
		return t.writes // all that is in flight is of one kind
	}
	return false
}

func (c *Conn) begin(writes bool) *transaction {
	t := &transaction{writes: writes, stop: make(chan struct{})}
	c.inFlight[t] = struct{}{}
	return t
}

func (c *Conn) runRead(t *transaction, r *read) {
	slow := Slow{What: "read", Operations: len(r.queries)}
	stop := c.options.Watch(slow, func() { c.Fail(ErrHung) })
	results, err := c.engine.Read(t.stop, r.queries)
	stop()
	_, err = c.end(t, err)
	r.done <- answered{results, err}
}

func (c *Conn) runWrite(t *transaction, writes []*write) {
	ops, size, durability := merge(writes)
	slow := Slow{What: "commit", Operations: len(ops), Bytes: size}
	stop := c.options.Watch(slow, func() { c.Fail(ErrHung) })
	err := c.engine.Write(t.stop, ops, durability)
	stop()
	seq, err := c.end(t, err)
	for _, w := range writes {
		w.done <- committed{seq, err}
	}
}

// end takes t out of flight and starts what waited for it. It returns what the
// callers of t shall see.
func (c *Conn) end(t *transaction, err error) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.inFlight, t)
	if err != nil && t.cause != nil {
		err = t.cause
	}
	if errors.Is(err, ErrFenced) || errors.Is(err, ErrClosed) {
		c.fail(err)
	}
	c.pump()
	if err != nil || !t.writes {
		return 0, err
	}
	c.seq++
	return c.seq, nil
}

// merge joins batches into one, strict if any of them is.
func merge(writes []*write) (ops []Op, size int, d Durability) {
	if len(writes) == 1 {
		return writes[0].ops, writes[0].size, writes[0].durability
	}
	for _, w := range writes {
		ops = append(ops, w.ops...)
		size += w.size
		d = max(d, w.durability)
	}
	return ops, size, d
}

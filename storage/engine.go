package storage

import "time"

// Engine is the part that differs between backends: one transaction at a time,
// as Conn orders them. Its methods are never called with a write and anything
// else in flight. They must return soon after stop is closed, with any error,
// even if the transaction itself never settles.
type Engine interface {
	// Write applies ops in one transaction, after it found in that same
	// transaction that no newer owner has claimed the database (ErrFenced).
	Write(stop <-chan struct{}, ops []Op, d Durability) error
	// Read answers all queries in one transaction.
	Read(stop <-chan struct{}, queries []Query) ([]Result, error)
	// Release lets go of the database without waiting. It is called once.
	Release()
}

// Options tune an open database. The zero value is ready to use.
type Options struct {
	// Slow hears of an open or a transaction that is taking long, if not nil.
	// It must not block.
	Slow func(Slow)
	// SlowAfter and HungAfter are the watchdog's limits, 5 s and 25 s if zero.
	SlowAfter, HungAfter time.Duration
	// BlockedAfter is how long opening and deleting wait for other tabs to let
	// go of the database, 5 s if zero.
	BlockedAfter time.Duration
	// AfterFunc calls f once after d and returns what prevents that;
	// time.AfterFunc if nil.
	AfterFunc func(d time.Duration, f func()) (stop func())
}

// Slow describes a transaction that has not settled after a while. It holds no
// content.
type Slow struct {
	// What is "open", "delete", "commit" or "read".
	What string
	// Operations and Bytes size the batch, or Operations counts queries.
	Operations, Bytes int
	After             time.Duration
}

// WithDefaults returns o with its zero fields filled.
func (o Options) WithDefaults() Options {
	if o.SlowAfter == 0 {
		o.SlowAfter = 5 * time.Second
	}
	if o.HungAfter == 0 {
		o.HungAfter = 25 * time.Second
	}
	if o.BlockedAfter == 0 {
		o.BlockedAfter = 5 * time.Second
	}
	if o.AfterFunc == nil {
		o.AfterFunc = afterFunc
	}
	if o.Slow == nil {
		o.Slow = func(Slow) {}
	}
	return o
}

// Watch reports slow to o.Slow when it has lasted for SlowAfter and calls hung
// when it has lasted for HungAfter, unless stop was called. The second timer
// starts when the first one fires, so that a machine that wakes from sleep
// leaves the transaction most of its time.
func (o Options) Watch(slow Slow, hung func()) (stop func()) {
	w := &watch{}
	w.set(o.AfterFunc(o.SlowAfter, func() {
		slow.After = o.SlowAfter
		o.Slow(slow)
		w.start(func() func() { return o.AfterFunc(o.HungAfter-o.SlowAfter, hung) })
	}))
	return w.stop
}

func afterFunc(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

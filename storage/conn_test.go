package storage_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alcove-chat/alcove/storage"
)

const store storage.Store = "s"

var schema = storage.Schema{Version: 1, Stores: []storage.Store{store}}

// engine hands every transaction to the test, which decides when and how it
// ends, and checks that a write is never beside anything else.
type engine struct {
	t        *testing.T
	started  chan *call
	released chan struct{}
	mu       sync.Mutex
	writing  int
	reading  int
}

// call is one transaction of an engine.
type call struct {
	ops        []storage.Op
	queries    []storage.Query
	durability storage.Durability
	end        chan error
}

func (c *call) keys() string {
	var keys []string
	for _, op := range c.ops {
		keys = append(keys, string(op.Key))
	}
	return strings.Join(keys, " ")
}

func (e *engine) Write(stop <-chan struct{}, ops []storage.Op, d storage.Durability) error {
	return e.run(stop, &e.writing, &call{ops: ops, durability: d, end: make(chan error, 1)})
}

func (e *engine) Read(stop <-chan struct{}, queries []storage.Query) ([]storage.Result, error) {
	return make([]storage.Result, len(queries)), e.run(stop, &e.reading, &call{queries: queries, end: make(chan error, 1)})
}

func (e *engine) run(stop <-chan struct{}, count *int, c *call) error {
	e.count(count, 1)
	defer e.count(count, -1)
	e.started <- c
	select {
	case err := <-c.end:
		return err
	case <-stop:
		return errors.New("stopped")
	}
}

func (e *engine) count(what *int, n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	*what += n
	if e.writing > 1 || e.writing == 1 && e.reading > 0 {
		e.t.Errorf("%d writes beside %d reads", e.writing, e.reading)
	}
}

func (e *engine) Release() { close(e.released) }

// bubble runs test with a connection over an engine, in a bubble of its own
// time, and releases the connection at the end.
func bubble(t *testing.T, o storage.Options, test func(*testing.T, *engine, *storage.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		e := &engine{t: t, started: make(chan *call, 100), released: make(chan struct{})}
		c := storage.Serve(e, schema, o)
		test(t, e, c)
		c.Fail(storage.ErrClosed)
	})
}

// next returns the transaction that has started, if one has.
func (e *engine) next() *call {
	e.t.Helper()
	synctest.Wait()
	select {
	case c := <-e.started:
		return c
	default:
		return nil
	}
}

func (e *engine) must() *call {
	e.t.Helper()
	c := e.next()
	if c == nil {
		e.t.Fatal("no transaction started")
	}
	return c
}

func (e *engine) idle() {
	e.t.Helper()
	if c := e.next(); c != nil {
		e.t.Fatalf("a transaction started: %q %v", c.keys(), c.queries)
	}
}

type outcome struct {
	seq uint64
	err error
}

// commit starts a commit of puts and returns where its outcome will come.
func commit(t *testing.T, c *storage.Conn, d storage.Durability, keys ...string) <-chan outcome {
	t.Helper()
	var b storage.Batch
	for _, k := range keys {
		b.Put(store, []byte(k), nil)
	}
	done := make(chan outcome, 1)
	go func() {
		seq, err := c.Commit(t.Context(), &b, d)
		done <- outcome{seq, err}
	}()
	synctest.Wait()
	return done
}

func read(t *testing.T, c *storage.Conn) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := c.Read(t.Context(), storage.Scan(store, nil, nil, 0))
		done <- err
	}()
	synctest.Wait()
	return done
}

func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

// S-3
func TestQueuedBatchesMerge(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		first := commit(t, c, storage.Relaxed, "a", "b")
		var rest []<-chan outcome
		for i, d := range []storage.Durability{storage.Relaxed, storage.Strict, storage.Relaxed} {
			rest = append(rest, commit(t, c, d, fmt.Sprint("c", i), "d"))
		}
		call := e.must()
		if call.keys() != "a b" || call.durability != storage.Relaxed {
			t.Fatalf("first transaction: %q, %v", call.keys(), call.durability)
		}
		e.idle()
		call.end <- nil
		if o := <-first; o.seq != 1 || o.err != nil {
			t.Fatalf("first commit: %+v", o)
		}
		call = e.must()
		if call.keys() != "c0 d c1 d c2 d" || call.durability != storage.Strict {
			t.Fatalf("merged transaction: %q, %v", call.keys(), call.durability)
		}
		call.end <- nil
		for _, done := range rest {
			if o := <-done; o.seq != 2 || o.err != nil {
				t.Fatalf("merged commit: %+v", o)
			}
		}
		e.idle()
	})
}

// S-3
func TestMergedFailureReachesEach(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		first := commit(t, c, storage.Relaxed, "a")
		second, third := commit(t, c, storage.Relaxed, "b"), commit(t, c, storage.Relaxed, "c")
		e.must().end <- nil
		want(t, (<-first).err, nil)
		e.must().end <- storage.ErrQuota
		want(t, (<-second).err, storage.ErrQuota)
		want(t, (<-third).err, storage.ErrQuota)
		fourth := commit(t, c, storage.Relaxed, "d")
		e.must().end <- nil
		if o := <-fourth; o.seq != 2 || o.err != nil {
			t.Fatalf("after a failure: %+v", o)
		}
	})
}

// S-3
func TestMergeStopsAtSliceLimit(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		many := make([]string, storage.SliceRecords-1)
		for i := range many {
			many[i] = "k"
		}
		commit(t, c, storage.Relaxed, "first")
		commit(t, c, storage.Relaxed, many...)
		commit(t, c, storage.Relaxed, "fits")
		commit(t, c, storage.Relaxed, "does not")
		var sizes []int
		for range 3 {
			call := e.must()
			sizes = append(sizes, len(call.ops))
			call.end <- nil
		}
		if !slices.Equal(sizes, []int{1, storage.SliceRecords, 1}) {
			t.Fatalf("transactions of %v operations", sizes)
		}
	})
}

// S-2
func TestReadsAndWritesTakeTurns(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		read(t, c)
		read(t, c)
		early := []*call{e.must(), e.must()} // together
		commit(t, c, storage.Relaxed, "a")
		read(t, c)
		e.idle() // the write waits for the reads, and the new read for the write
		for _, r := range early {
			r.end <- nil
		}
		write := e.must()
		if write.keys() != "a" {
			t.Fatalf("after the reads came %q", write.keys())
		}
		commit(t, c, storage.Relaxed, "b")
		read(t, c)
		write.end <- nil
		late := []*call{e.must(), e.must()} // reads before the next write
		e.idle()
		for _, r := range late {
			if len(r.queries) != 1 {
				t.Fatalf("a write of %q starves reads", r.keys())
			}
			r.end <- nil
		}
		write = e.must()
		write.end <- nil
		e.idle()
	})
}

// S-2
func TestReadWaitsForALoneWrite(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		commit(t, c, storage.Relaxed, "a")
		write := e.must()
		reading := read(t, c)
		e.idle()
		write.end <- nil
		e.must().end <- nil
		want(t, <-reading, nil)
	})
}

// S-6
func TestWatchdog(t *testing.T) {
	var notices []storage.Slow
	o := storage.Options{Slow: func(s storage.Slow) { notices = append(notices, s) }}
	bubble(t, o, func(t *testing.T, e *engine, c *storage.Conn) {
		begin := time.Now()
		first := commit(t, c, storage.Strict, "a", "b")
		queued, reading := commit(t, c, storage.Relaxed, "c"), read(t, c)
		o := <-first
		want(t, o.err, storage.ErrHung)
		if d := time.Since(begin); d != 25*time.Second {
			t.Errorf("given up after %v", d)
		}
		for _, err := range []error{(<-queued).err, <-reading, c.Reason()} {
			want(t, err, storage.ErrClosed)
			want(t, err, storage.ErrHung)
		}
		<-e.released
		<-c.Closed()
		if len(notices) != 1 || notices[0] != (storage.Slow{What: "commit", Operations: 2, Bytes: 2, After: 5 * time.Second}) {
			t.Errorf("notices: %+v", notices)
		}
	})
}

func TestWatchdogStopsWithTheTransaction(t *testing.T) {
	o := storage.Options{Slow: func(s storage.Slow) { t.Errorf("notice: %+v", s) }}
	bubble(t, o, func(t *testing.T, e *engine, c *storage.Conn) {
		done := commit(t, c, storage.Strict, "a")
		time.Sleep(4 * time.Second)
		e.must().end <- nil
		want(t, (<-done).err, nil)
		time.Sleep(time.Minute)
		want(t, c.Reason(), nil)
	})
}

func TestSlowButAlive(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		done := read(t, c)
		time.Sleep(20 * time.Second)
		e.must().end <- nil
		want(t, <-done, nil)
		time.Sleep(time.Minute)
		want(t, c.Reason(), nil)
	})
}

// S-7
func TestCancelStopsOnlyTheWait(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		ctx, cancel := context.WithCancel(t.Context())
		var b storage.Batch
		b.Put(store, []byte("a"), nil)
		done := make(chan error, 1)
		go func() {
			_, err := c.Commit(ctx, &b, storage.Relaxed)
			done <- err
		}()
		call := e.must()
		cancel()
		want(t, <-done, context.Canceled)
		next := commit(t, c, storage.Relaxed, "b")
		e.idle()
		call.end <- nil
		e.must().end <- nil
		if o := <-next; o.seq != 2 {
			t.Fatalf("the cancelled commit did not count: %+v", o)
		}
	})
}

// S-4
func TestFencedForGood(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		first, queued := commit(t, c, storage.Relaxed, "a"), commit(t, c, storage.Relaxed, "b")
		e.must().end <- storage.ErrFenced
		want(t, (<-first).err, storage.ErrFenced)
		want(t, (<-queued).err, storage.ErrFenced)
		want(t, (<-commit(t, c, storage.Relaxed, "c")).err, storage.ErrFenced)
		<-e.released
		e.idle()
	})
}

// S-8
func TestDrainFinishesWhatIsQueued(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		first, queued := commit(t, c, storage.Relaxed, "a"), commit(t, c, storage.Relaxed, "b")
		c.Drain(errors.Join(storage.ErrClosed, storage.ErrOutdated))
		want(t, (<-commit(t, c, storage.Relaxed, "late")).err, storage.ErrOutdated)
		e.must().end <- nil
		call := e.must()
		select {
		case <-e.released:
			t.Fatal("released while a commit is in flight")
		default:
		}
		call.end <- nil
		want(t, (<-first).err, nil)
		want(t, (<-queued).err, nil)
		<-e.released
		<-c.Closed()
	})
}

func TestCloseGivesUpWaitingWithItsContext(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		done := commit(t, c, storage.Relaxed, "a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		want(t, c.Close(ctx), context.DeadlineExceeded)
		e.must().end <- nil
		want(t, (<-done).err, nil)
		<-c.Closed()
		want(t, c.Close(t.Context()), nil)
	})
}

// S-6
func TestFailEndsAllAtOnce(t *testing.T) {
	bubble(t, storage.Options{}, func(t *testing.T, e *engine, c *storage.Conn) {
		first, queued, reading := commit(t, c, storage.Relaxed, "a"), commit(t, c, storage.Relaxed, "b"), read(t, c)
		c.Fail(storage.ErrClosed)
		synctest.Wait()
		c.Fail(storage.ErrHung) // too late to matter
		want(t, (<-first).err, storage.ErrClosed)
		want(t, (<-queued).err, storage.ErrClosed)
		want(t, <-reading, storage.ErrClosed)
		if errors.Is(c.Reason(), storage.ErrHung) {
			t.Errorf("reason changed to %v", c.Reason())
		}
		<-e.released
	})
}

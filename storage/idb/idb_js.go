package idb

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/alcove-chat/alcove/storage"
)

// Open opens the database called name, adds the stores it lacks if the
// schema's version is higher than its own, and fences whoever opened it
// before. Other tabs that have an older version open are asked to close first.
// ErrClosed says that the browser closed it again at once, as it does while it
// clears the site's data; opening again helps.
func Open(ctx context.Context, name string, schema storage.Schema, o storage.Options) (*storage.Conn, error) {
	if err := schema.Check(); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	o = o.WithDefaults()
	e := &engine{places: places{}}
	var stores []any
	for i, s := range schema.Stores {
		e.places[s] = byte(i)
		stores = append(stores, string(s))
	}
	err := e.dial(ctx, o, storage.Slow{What: "open"}, "open", name, schema.Version, stores)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	conn := storage.Serve(e, schema, o)
	e.attach(conn)
	return conn, nil
}

// Delete removes the database called name, as a logout does. Whoever has it
// open is asked to close first and finds storage.ErrDeleted.
func Delete(ctx context.Context, name string, o storage.Options) error {
	e := &engine{}
	if err := e.dial(ctx, o.WithDefaults(), storage.Slow{What: "delete"}, "remove", name); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	e.Release()
	return nil
}

// engine implements storage.Engine over one connection of the shim's.
type engine struct {
	port    *port
	places  places
	// blocked gets an element when other tabs do not let go, queued when the
	// request waits behind those of others.
	blocked, queued chan struct{}

	mu      sync.Mutex
	conn    *storage.Conn
	pending []func(*storage.Conn) // what happened before conn was there
}

// dial opens the port and waits until the shim's method has succeeded, other
// tabs were in the way for too long, or the watchdog barks.
func (e *engine) dial(ctx context.Context, o storage.Options, slow storage.Slow, method string, args ...any) error {
	e.blocked, e.queued = make(chan struct{}, 1), make(chan struct{}, 1)
	port, opened, err := dial(e.event, method, args...)
	if err != nil {
		return err
	}
	e.port = port
	hung := make(chan struct{})
	stop := o.Watch(slow, func() { close(hung) })
	defer stop()
	if err := e.wait(ctx, o, opened, hung); err != nil {
		port.hangUp()
		return err
	}
	return nil
}

func (e *engine) wait(ctx context.Context, o storage.Options, opened <-chan answer, hung <-chan struct{}) error {
	defer o.AfterFunc(o.BlockedAfter, e.port.look)()
	blocked, timeUp := e.blocked, make(chan struct{})
	for {
		select {
		case a := <-opened:
			return a.openError()
		case <-blocked:
			blocked = nil
			defer o.AfterFunc(o.BlockedAfter, func() { close(timeUp) })()
		case <-timeUp:
			return storage.ErrBlocked
		case <-e.queued:
			return storage.ErrBlocked
		case <-hung:
			return storage.ErrHung
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// event hears from the browser. It runs inside a callback and never blocks.
func (e *engine) event(name, detail string) {
	switch {
	case name == "blocked":
		poke(e.blocked)
	case name == "queued":
		poke(e.queued)
	case name == "close":
		e.tell(func(c *storage.Conn) { c.Fail(storage.ErrClosed) })
	case name == "versionchange" && detail == "delete":
		e.tell(func(c *storage.Conn) { c.Drain(errors.Join(storage.ErrClosed, storage.ErrDeleted)) })
	case name == "versionchange":
		e.tell(func(c *storage.Conn) { c.Drain(errors.Join(storage.ErrClosed, storage.ErrOutdated)) })
	}
}

func poke(signal chan<- struct{}) {
	select {
	case signal <- struct{}{}:
	default: // it is known already
	}
}

// tell passes news to the connection, now or once there is one.
func (e *engine) tell(news func(*storage.Conn)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conn == nil {
		e.pending = append(e.pending, news)
		return
	}
	go news(e.conn) // it closes the port, whose callback we are in
}

func (e *engine) attach(conn *storage.Conn) {
	e.mu.Lock()
	e.conn = conn
	pending := e.pending
	e.pending = nil
	e.mu.Unlock()
	for _, news := range pending {
		news(conn)
	}
}

// Write implements storage.Engine.
func (e *engine) Write(stop <-chan struct{}, ops []storage.Op, d storage.Durability) error {
	packed, err := toJS(e.places.packOps(ops))
	if err != nil {
		return err
	}
	a, err := e.port.call(stop, "commit", d == storage.Strict, packed)
	if err != nil {
		return err
	}
	return a.transactionError()
}

// Read implements storage.Engine.
func (e *engine) Read(stop <-chan struct{}, queries []storage.Query) ([]storage.Result, error) {
	packed, err := toJS(e.places.packQueries(queries))
	if err != nil {
		return nil, err
	}
	a, err := e.port.call(stop, "read", packed)
	if err != nil {
		return nil, err
	}
	if err := a.transactionError(); err != nil {
		return nil, err
	}
	answer, err := toGo(a.bytes)
	if err != nil {
		return nil, err
	}
	return unpack(answer, queries)
}

// Release implements storage.Engine.
func (e *engine) Release() { e.port.hangUp() }

// Package mem keeps a database in memory, for tests: the same order, the same
// fence and the same Conn as storage/idb, and misfortunes on request.
//
// Its law: a Disk holds exactly what was committed. A test that kills a
// database and opens the Disk again finds the state that a browser would.
//
// It is made for tests: it remembers how to undo every relaxed commit until a
// strict one. Who falls back to it where nothing can be stored must commit
// strictly, or it grows for ever.
package mem

import (
	"context"
	"errors"
	"fmt"

	"github.com/alcove-chat/alcove/storage"
)

// Open opens the database on d and fences whoever opened it before. A schema
// of a higher version adds its stores after older databases have closed.
func Open(ctx context.Context, d *Disk, schema storage.Schema, o storage.Options) (*storage.Conn, error) {
	if err := schema.Check(); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	o = o.WithDefaults()
	if err := d.outdate(ctx, schema.Version, storage.ErrOutdated, o); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.opens) > 0 {
		err := d.opens[0]
		d.opens = d.opens[1:]
		return nil, fmt.Errorf("open: %w", err)
	}
	if d.version > schema.Version {
		return nil, fmt.Errorf("open: %w: version %d on disk", storage.ErrNewer, d.version)
	}
	d.upgrade(schema)
	d.epoch++
	e := &engine{disk: d, epoch: d.epoch, version: schema.Version}
	e.conn = storage.Serve(e, schema, o)
	d.engines[e] = struct{}{}
	return e.conn, nil
}

// Delete removes the database from d after those who have it open closed.
func Delete(ctx context.Context, d *Disk, o storage.Options) error {
	if err := d.outdate(ctx, int(^uint(0)>>1), storage.ErrDeleted, o.WithDefaults()); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.erase()
	return nil
}

// outdate asks all databases below version to close, and waits for that.
func (d *Disk) outdate(ctx context.Context, version int, reason error, o storage.Options) error {
	blocked := make(chan struct{})
	defer o.AfterFunc(o.BlockedAfter, func() { close(blocked) })()
	for _, e := range d.below(version) {
		e.conn.Drain(errors.Join(storage.ErrClosed, reason))
		select {
		case <-e.conn.Closed():
		case <-blocked:
			return storage.ErrBlocked
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (d *Disk) below(version int) []*engine {
	d.mu.Lock()
	defer d.mu.Unlock()
	var older []*engine
	for e := range d.engines {
		if e.version < version {
			older = append(older, e)
		}
	}
	return older
}

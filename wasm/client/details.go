package client

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
)

// watcher wakes a stream that computes its answer when it is asked, whenever
// something happened that may change it.
type watcher struct {
	account *account
	dirty   chan struct{}
	stop    func()
}

func (a *account) watch(ctx context.Context, touches func(*ledger.Change) bool) (*watcher, error) {
	w := &watcher{account: a, dirty: make(chan struct{}, 1)}
	w.dirty <- struct{}{}
	stop, err := a.ledger.Watch(ctx, func(context.Context) error { return nil }, func(c *ledger.Change) {
		if touches(c) {
			w.touch()
		}
	})
	w.stop = stop
	return w, err
}

func (w *watcher) touch() {
	select {
	case w.dirty <- struct{}{}:
	default:
	}
}

// wait returns when there may be something new; io.EOF once the account ended.
func (w *watcher) wait(ctx context.Context) error {
	if w.account.ctx.Err() != nil {
		return io.EOF
	}
	select {
	case <-w.dirty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-w.account.ctx.Done():
		return io.EOF
	}
}

// Close ends the stream.
func (w *watcher) Close() { w.stop() }

// details streams api.RoomDetails.
type details struct {
	*watcher
	room event.RoomID
	last *api.RoomDetails
	// kin are the rooms before and after this one, of which its details depend too.
	kin *atomic.Pointer[kinship]
}

// Room implements api.Client.
func (c *Client) Room(ctx context.Context, p api.RoomParams) (api.Stream[api.RoomDetails], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	if err := a.needRoom(ctx, p.RoomID, a.isSynced); err != nil {
		return nil, err
	}
	kin := &atomic.Pointer[kinship]{}
	kin.Store(&kinship{})
	w, err := a.watch(ctx, func(c *ledger.Change) bool {
		k := kin.Load()
		return c.Rooms[p.RoomID] != nil || c.Rooms[k.before] != nil || c.Rooms[k.after] != nil || c.Rules || movesSpaces(c)
	})
	if err != nil {
		return nil, err
	}
	return &details{watcher: w, room: p.RoomID, kin: kin}, nil
}

// Next implements api.Stream.
func (d *details) Next(ctx context.Context) (api.RoomDetails, error) {
	for {
		if err := d.wait(ctx); err != nil {
			return api.RoomDetails{}, err
		}
		now, err := d.account.describe(ctx, d.room, d.kin)
		if err != nil && d.account.ctx.Err() != nil {
			return api.RoomDetails{}, io.EOF
		}
		if err != nil {
			return api.RoomDetails{}, err
		}
		if d.last == nil || !d.last.Equal(&now) {
			d.last = &now
			return now, nil
		}
	}
}

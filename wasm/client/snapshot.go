package client

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/rpc"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// The page shows snapshots before the core is up. Their form is a contract
// with js/src/warm.ts.
const (
	// snapshotRooms is about two screens of rooms.
	snapshotRooms = 60
	// snapshotItems is about a screen of a timeline.
	snapshotItems = 40
	// snapshotSettle lets what belongs together come together.
	snapshotSettle = 300 * time.Millisecond
	// snapshotEvery bounds how often a busy account rewrites them.
	snapshotEvery = 2 * time.Second
)

// keepSnapshots stores what the page shows first at its next start: soon after
// the first change, then now and then, and at once when the page is hidden,
// which may be the last that is heard of it.
func (a *account) keepSnapshots() {
	stop, err := a.ledger.Watch(a.ctx, func(context.Context) error { return nil }, func(c *ledger.Change) {
		if len(c.Rooms) > 0 {
			a.stale.poke()
		}
	})
	if err != nil {
		return
	}
	defer stop()
	for a.pause(a.stale, 0) && a.pause(a.hidden, snapshotSettle) {
		if s := a.ledger.Session(); s != nil {
			_ = a.writeSnapshot(s, roomlist.Recent(a.ledger, snapshotRooms))
		}
		if !a.pause(a.hidden, snapshotEvery) {
			return
		}
	}
}

// signal holds at most one poke.
type signal chan struct{}

func (s signal) poke() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// pause waits for the signal, or at most d where d is not 0. It reports false
// once the account has ended.
func (a *account) pause(s signal, d time.Duration) bool {
	var after <-chan time.Time
	if d > 0 {
		after = a.client.platform.Clock.After(d)
	}
	select {
	case <-s:
	case <-after:
	case <-a.ctx.Done():
		return false
	}
	return true
}

func (a *account) writeSnapshot(s *table.Session, rooms []api.Room) error {
	var who, list scan.Builder
	who.Int("v", 1).Text("userId", string(s.UserID)).Text("deviceId", string(s.DeviceID)).Text("homeserver", s.Homeserver)
	list.Int("v", 1).Raw("rooms", rpc.EncodeRooms(rooms))
	return a.ledger.Update(a.ctx, func(_ context.Context, t *ledger.Turn) error {
		t.Put(table.View, table.ViewSession, who.Done())
		t.Put(table.View, table.ViewRoomList, list.Done())
		if shown := a.lastTimeline.Load(); shown != nil {
			t.Put(table.View, table.ViewTimeline, shown.encode())
		}
		return nil
	})
}

func (t *openTimeline) encode() scan.Value {
	items := t.Items()
	items = items[max(0, len(items)-snapshotItems):]
	var b scan.Builder
	return b.Int("v", 1).Text("roomId", string(t.room)).Raw("items", rpc.EncodeItems(items)).Done()
}

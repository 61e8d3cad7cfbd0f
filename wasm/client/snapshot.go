package client

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/roomlist"
	"github.com/alcove-chat/alcove/wasm/rpc"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/timeline"
)

// The page shows snapshots before the core is up. Their form is a contract
// with js/src/warm.ts.
const (
	// snapshotRooms is about two screens of rooms.
	snapshotRooms = 60
	// snapshotItems is about a screen of a timeline.
	snapshotItems = 40
	// snapshotEvery bounds how often a busy account rewrites them.
	snapshotEvery = 2 * time.Second
)

// shownTimeline is the timeline that the page opened last.
type shownTimeline struct {
	room     event.RoomID
	timeline *timeline.Timeline
}

// keepSnapshots stores what the page shows first at its next start, a little
// after each change of the room list.
func (a *account) keepSnapshots() {
	list, err := roomlist.Open(a.ctx, a.ledger, api.RoomListParams{Window: snapshotRooms})
	if err != nil {
		return
	}
	defer list.Close()
	for {
		if _, err := list.Next(a.ctx); err != nil {
			return
		}
		if s := a.ledger.Session(); s != nil {
			_ = a.writeSnapshot(s, list.Snapshot(snapshotRooms))
		}
		select {
		case <-a.client.platform.Clock.After(snapshotEvery):
		case <-a.ctx.Done():
			return
		}
	}
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

func (s *shownTimeline) encode() scan.Value {
	items := s.timeline.Items()
	items = items[max(0, len(items)-snapshotItems):]
	var b scan.Builder
	return b.Int("v", 1).Text("roomId", string(s.room)).Raw("items", rpc.EncodeItems(items)).Done()
}

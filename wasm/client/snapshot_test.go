//go:build !js

package client_test

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// TestSnapshot: a page that is hidden finds at its next start what it showed
// last, the room list as well as the timeline.
func TestSnapshot(t *testing.T) {
	w := newWorld(t, startSandbox().URL)
	alice := w.user("alice")
	room := alice.room(api.CreateRoomParams{Name: "Kitchen"})
	alice.say(room, "tea")
	deadline := time.Now().Add(patience)
	for { // the core may be ended before it is done
		shown := alice.timeline(room)
		shown.until(func(i []api.TimelineItem) bool {
			return slices.Equal(bodies(i), []string{"tea"}) && i[len(i)-1].Event.Send == nil
		})
		alice.ok(alice.SetPage(t.Context(), api.PageState{Online: true}))
		who, rooms, items := alice.snapshot()
		if who.Get("userId").Text() == string(alice.id()) && rooms == "Kitchen" && items == "tea" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("stored %s, rooms %q, items %q", who, rooms, items)
		}
	}
}

// snapshot ends the core's life, reads what the page would read, and begins a
// new one.
func (u *user) snapshot() (who scan.Value, lastRoom, lastText string) {
	u.t.Helper()
	time.Sleep(10 * time.Millisecond)
	u.close()
	defer u.start()
	for _, disk := range u.disks {
		raw, err := mem.Open(context.Background(), disk, table.Schema(), storage.Options{})
		u.ok(err)
		db, err := table.Open(context.Background(), raw, testKeys, rand.Reader)
		u.ok(err)
		r, err := db.Read(context.Background(), storage.Get(table.View, table.ViewSession, table.ViewRoomList, table.ViewTimeline))
		u.ok(err)
		for room := range scan.Value(r[0][1].Value).Get("rooms").Items() {
			lastRoom = room.Get("name").Text()
		}
		for item := range scan.Value(r[0][2].Value).Get("items").Items() {
			lastText = item.Path("event", "content", "body").Text()
		}
		who = r[0][0].Value
	}
	return who, lastRoom, lastText
}

package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/table"
)

// TestKeptIndexIsTheStoredOne changes the histories of two rooms at random, some
// of them in commits that fail, done or not, and asks for their indices.
func TestKeptIndexIsTheStoredOne(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	disk := mem.NewDisk()
	l := open(t, disk)
	rooms := []event.RoomID{"!a", "!b"}
	broken := errors.New("broken")
	for range 600 {
		id := rooms[r.IntN(2)]
		fails := r.IntN(8) == 0
		if fails {
			disk.OnCommit(1, mem.Fault{Err: broken, Applied: r.IntN(2) == 0})
		}
		err := l.Update(t.Context(), func(ctx context.Context, turn *ledger.Turn) error {
			room, _ := turn.AddRoom(id)
			if r.IntN(3) > 0 {
				turn.NeedIndex(room, true)
			} else {
				turn.NeedHistory(room, true)
			}
			if err := turn.Fetch(ctx); err != nil {
				return err
			}
			if r.IntN(30) == 0 {
				turn.RemoveRoom(id)
			} else {
				turn.ChangeHistory(room, someChange(r, turn.History(room)))
			}
			return nil
		})
		if fails != errors.Is(err, broken) {
			t.Fatal(err)
		}
		compareIndex(t, l, id)
	}
}

// someChange is what a sync brings, behind a gap or not, or a page into a gap.
func someChange(r *rand.Rand, room history.Room) history.Change {
	var entries []table.Entry
	for range 1 + r.IntN(2*table.ChunkEvents) {
		id := event.EventID(fmt.Sprint("$", r.Int64()))
		entries = append(entries, table.Entry{Event: event.Event{ID: id, Type: "t", Raw: []byte(`{}`)}})
	}
	token := fmt.Sprint(r.Int64())
	for _, s := range room.Spans {
		if s.Gap != nil && r.IntN(2) == 0 {
			return history.Prepend(room, history.OlderPage{At: s.ChunkID, From: s.Gap.From, Entries: entries, End: &token}).Change
		}
	}
	return history.Append(room, history.SyncPage{Entries: entries, Limited: r.IntN(3) == 0, PrevBatch: token}).Change
}

func compareIndex(t *testing.T, l *ledger.Ledger, id event.RoomID) {
	t.Helper()
	room := l.Room(id)
	if room == nil {
		return
	}
	_, results, err := l.Read(t.Context(), room, storage.ScanPrefix(table.TimelineIndex, table.TimelinePrefix(room.Short), 0))
	if err != nil {
		t.Fatal(err)
	}
	stored, _ := table.DecodeIndex(results[0])
	update(t, l, func(turn *ledger.Turn) {
		room := turn.Room(id)
		turn.NeedIndex(room, true)
		if err := turn.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := turn.History(room).Spans; len(got)+len(stored) > 0 && !reflect.DeepEqual(got, stored) {
			t.Fatalf("the turn has %+v\nstored is %+v", got, stored)
		}
	})
}

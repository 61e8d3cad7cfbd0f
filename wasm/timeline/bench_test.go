package timeline

import (
	"context"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func benchEntry(n int) table.Entry {
	id := event.EventID(fmt.Sprintf("$%d", n))
	raw := fmt.Sprintf(`{"event_id":%q,"type":"m.room.message","sender":"@a:x","origin_server_ts":1000,"content":{"msgtype":"m.text","body":"hello %d"}}`, id, n)
	return table.Entry{Event: event.Event{ID: id, Type: "m.room.message", Sender: "@a:x", TS: 1000, Raw: scan.Value(raw)}, Profile: event.Profile{Name: "A"}}
}

// BenchmarkAppend must not grow with what is loaded.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, err := mem.Open(b.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
			if err != nil {
				b.Fatal(err)
			}
			l, err := ledger.Open(b.Context(), db, ledger.Known{})
			if err != nil {
				b.Fatal(err)
			}
			var entries []table.Entry
			for i := range n {
				entries = append(entries, benchEntry(i))
			}
			err = l.Update(b.Context(), func(_ context.Context, turn *ledger.Turn) error {
				room, _ := turn.AddRoom("!r")
				turn.ChangeHistory(room, history.Append(history.Room{}, history.SyncPage{Entries: entries}).Change)
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			t, err := Open(b.Context(), Config{Ledger: l, Room: "!r"}, 1000)
			if err != nil {
				b.Fatal(err)
			}
			defer t.Close()
			for range n / 1000 {
				if _, err := t.Paginate(b.Context(), 1000); err != nil {
					b.Fatal(err)
				}
			}
			benchHear(b, t, entries)
		})
	}
}

// benchHear lets the newest chunk grow by one event, and shrink again.
func benchHear(b *testing.B, t *Timeline, entries []table.Entry) {
	s := t.Subscribe()
	_, _ = s.Next(b.Context())
	last := t.sections[len(t.sections)-1]
	tail := entries[len(entries)-len(last.rows)+1:]
	more := append(append([]table.Entry(nil), tail...), benchEntry(len(entries)))
	for i := 0; b.Loop(); i++ {
		now := [][]table.Entry{more, tail}[i%2]
		t.hear(&ledger.Change{Rooms: map[event.RoomID]*ledger.RoomChange{"!r": {
			Room: t.ledger.Room("!r"), Chunks: []history.Write{{Span: table.Span{ChunkID: last.id}, Entries: now}},
		}}})
		if _, err := s.Next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen opens a room of many members.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := benchRoom(b, n)
			for b.Loop() {
				t, err := Open(b.Context(), Config{Ledger: l, Room: "!r"}, 0)
				if err != nil {
					b.Fatal(err)
				}
				t.Close()
			}
		})
	}
}

func benchRoom(b *testing.B, members int) *ledger.Ledger {
	db, err := mem.Open(b.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	l, err := ledger.Open(b.Context(), db, ledger.Known{})
	if err != nil {
		b.Fatal(err)
	}
	err = l.Update(b.Context(), func(_ context.Context, turn *ledger.Turn) error {
		room, _ := turn.AddRoom("!r")
		for i := range members {
			user := fmt.Sprintf("@user%d:example.org", i)
			raw := fmt.Sprintf(`{"event_id":"$m%d","type":"m.room.member","sender":%q,"state_key":%q,"origin_server_ts":1000,`+
				`"content":{"membership":"join","displayname":"User %d","avatar_url":"mxc://example.org/abcdefghijklmnop"},"unsigned":{"age":1234}}`, i, user, user, i)
			turn.NeedState(room, event.RoomMember, user)
			turn.State(room).Set(&event.Event{Type: event.RoomMember, StateKey: &user, Raw: scan.Value(raw)})
		}
		entries := []table.Entry{}
		for i := range 60 {
			entries = append(entries, benchEntry(i))
		}
		turn.ChangeHistory(room, history.Append(history.Room{}, history.SyncPage{Entries: entries}).Change)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return l
}

package syncer_test

import (
	"fmt"
	"strings"
	"testing"

	made "github.com/alcove-chat/alcove/build/bench/account"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
)

// BenchmarkInitialSync takes in the first response of an account with 1,000
// rooms, up to the last commit.
func BenchmarkInitialSync(b *testing.B) {
	body := made.Sync(1, 1000)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		db, err := mem.Open(b.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
		if err != nil {
			b.Fatal(err)
		}
		l, err := ledger.Open(b.Context(), db, ledger.Known{Unpack: syncer.Unpack})
		if err != nil {
			b.Fatal(err)
		}
		v, err := scan.Parse(body)
		if err != nil {
			b.Fatal(err)
		}
		if err := syncer.New(l, nil, clock{}, func(syncer.Status) {}).Take(b.Context(), "", v); err != nil {
			b.Fatal(err)
		}
		if got := len(l.Rooms()); got != 1000 {
			b.Fatalf("%d rooms", got)
		}
	}
}

// BenchmarkSync takes in 50 messages for a room that is looked at.
func BenchmarkSync(b *testing.B) {
	db, err := mem.Open(b.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	l, err := ledger.Open(b.Context(), db, ledger.Known{})
	if err != nil {
		b.Fatal(err)
	}
	s, n := syncer.New(l, nil, clock{}, func(syncer.Status) {}), 0
	body := func() scan.Value {
		var events []string
		for range 50 {
			n++
			events = append(events, text(fmt.Sprint("$", n), "@a:x", "some words of a message"))
		}
		return scan.Value(fmt.Sprintf(`{"next_batch":"s%d",%s}`, n, joinRoom("!r", `"timeline":{"events":[`+strings.Join(events, ",")+`]}`)))
	}
	if err := s.Take(b.Context(), "", body()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		since, v := fmt.Sprint("s", n), body()
		b.StartTimer()
		if err := s.Take(b.Context(), since, v); err != nil {
			b.Fatal(err)
		}
	}
}

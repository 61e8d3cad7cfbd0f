package storagetest

import (
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

// Bench measures what the core does most: committing a sync response, listing
// rooms, opening a room.
func Bench(b *testing.B, backend Backend) {
	for _, d := range []storage.Durability{storage.Relaxed, storage.Strict} {
		name := map[storage.Durability]string{storage.Relaxed: "Relaxed", storage.Strict: "Strict"}[d]
		b.Run("Commit100"+name, func(b *testing.B) { benchCommit(b, backend(b).open(b), 100, d) })
	}
	b.Run("Commit500Relaxed", func(b *testing.B) { benchCommit(b, backend(b).open(b), 500, storage.Relaxed) })
	b.Run("RoomList1000", func(b *testing.B) { benchScan(b, backend(b).open(b), 1000, 600) })
	b.Run("OpenRoom", func(b *testing.B) { benchScan(b, backend(b).open(b), 2, 24_000) })
}

func benchCommit(b *testing.B, db storage.DB, records int, d storage.Durability) {
	value := make([]byte, 600)
	b.SetBytes(int64(records * len(value)))
	for i := range b.N {
		var batch storage.Batch
		for n := range records {
			batch.Put(schema.Stores[n%2], storage.Key(storage.U32(uint32(n)), storage.U64(uint64(i))), value)
		}
		if _, err := db.Commit(b.Context(), &batch, d); err != nil {
			b.Fatal(err)
		}
	}
}

func benchScan(b *testing.B, db storage.DB, records, size int) {
	for n := 0; n < records; {
		var batch storage.Batch
		for ; n < records && !batch.Full(); n++ {
			batch.Put(rooms, storage.U32(uint32(n)), make([]byte, size))
		}
		commit(b, db, &batch)
	}
	b.SetBytes(int64(records * size))
	for b.Loop() {
		if got := len(read(b, db, storage.Scan(rooms, nil, nil, 0))[0]); got != records {
			b.Fatal(fmt.Errorf("%d records", got))
		}
	}
}

package syncer_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	made "github.com/alcove-chat/alcove/build/bench/account"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
)

// BenchmarkSealedCommit commits what the syncer commits to a sealed database
// and says which part of the time sealing takes. The browser's clock ticks ten
// times a millisecond, so it is sums that are compared.
func BenchmarkSealedCommit(b *testing.B) {
	all := batches(b)
	for _, c := range []struct {
		name  string
		batch *storage.Batch
	}{{"50events10rooms", all[len(all)-1]}, {"InitialSlice", all[0]}} {
		b.Run(c.name, func(b *testing.B) { benchSealed(b, c.batch) })
	}
}

// batches are the commits of a first sync, and as the last one that of 50
// events in ten of its rooms.
func batches(b *testing.B) []*storage.Batch {
	b.Helper()
	db, err := mem.Open(b.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	heard := &listener{DB: db}
	l, err := ledger.Open(b.Context(), heard, ledger.Known{Unpack: syncer.Unpack})
	if err != nil {
		b.Fatal(err)
	}
	loop := syncer.New(l, nil, clock{}, func(syncer.Status) {})
	take := func(since string, body []byte) {
		v, err := scan.Parse(body)
		if err != nil {
			b.Fatal(err)
		}
		if err := loop.Take(b.Context(), since, v); err != nil {
			b.Fatal(err)
		}
	}
	take("", made.Sync(1, 300))
	take(l.NextBatch(), news(l))
	return heard.batches
}

// news is five messages in each of ten rooms.
func news(l *ledger.Ledger) []byte {
	body := []byte(`{"next_batch":"news","rooms":{"join":{`)
	for i, room := range l.Rooms()[:10] {
		body = fmt.Appendf(body, `%s%q:{"timeline":{"events":[`, separator(i), room.ID)
		for n := range 5 {
			body = fmt.Appendf(body, `%s{"event_id":"$%d-%d-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","type":"m.room.message","sender":"@someone:example.org","origin_server_ts":%d,"content":{"msgtype":"m.text","body":"%0200d"},"unsigned":{"age":120}}`,
				separator(n), i, n, time.Now().UnixMilli(), n)
		}
		body = append(body, `]}}`...)
	}
	return append(body, `}}}`...)
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// listener keeps what is committed.
type listener struct {
	storage.DB
	batches []*storage.Batch
}

func (l *listener) Commit(ctx context.Context, b *storage.Batch, d storage.Durability) (uint64, error) {
	l.batches = append(l.batches, b)
	return l.DB.Commit(ctx, b, d)
}

// timed says how long the last commit took.
type timed struct {
	storage.DB
	took time.Duration
}

func (t *timed) Commit(ctx context.Context, b *storage.Batch, d storage.Durability) (uint64, error) {
	begin := time.Now()
	seq, err := t.DB.Commit(ctx, b, d)
	t.took = time.Since(begin)
	return seq, err
}

func benchSealed(b *testing.B, batch *storage.Batch) {
	const name = "sealed commit"
	raw, err := idb.Open(b.Context(), name, table.Schema(), storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = raw.Close(b.Context())
		_ = idb.Delete(context.Background(), name, storage.Options{})
	}()
	inner := &timed{DB: raw}
	db, err := table.Open(b.Context(), inner, seal.Keys{}, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	var all, sealing time.Duration
	for range b.N {
		begin := time.Now()
		if _, err := db.Commit(b.Context(), batch, storage.Relaxed); err != nil {
			b.Fatal(err)
		}
		took := time.Since(begin)
		all += took
		sealing += took - inner.took
	}
	mean := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(b.N) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(batch.Len()), "records")
	b.ReportMetric(mean(all), "commit-ms")
	b.ReportMetric(mean(sealing), "sealing-ms")
	b.ReportMetric(100*mean(sealing)/mean(all), "%sealing")
}

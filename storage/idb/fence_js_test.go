package idb_test

import (
	"slices"
	"syscall/js"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
)

// BenchmarkFence commits what a sync response of 50 events in ten rooms
// changes, in turns with the look at the epoch and without it, and says what
// the look costs: medians of b.N each, in one run.
func BenchmarkFence(b *testing.B) {
	for name, d := range map[string]storage.Durability{"Relaxed": storage.Relaxed, "Strict": storage.Strict} {
		b.Run(name, func(b *testing.B) { benchFence(b, d) })
	}
}

func benchFence(b *testing.B, d storage.Durability) {
	db := open(b, fresh(b))
	defer db.Close(b.Context())
	var batch storage.Batch
	for i := range 31 {
		batch.Put(store, storage.U32(uint32(i)), noise(i)[:2000])
	}
	commit := func() time.Duration {
		begin := time.Now()
		if _, err := db.Commit(b.Context(), &batch, d); err != nil {
			b.Fatal(err)
		}
		return time.Since(begin)
	}
	lift, spared := fence(b)
	var with, without []time.Duration
	for range b.N {
		with = append(with, commit())
		lift(true)
		without = append(without, commit())
		lift(false)
	}
	if *spared != b.N {
		b.Fatalf("%d of %d commits did without the epoch", *spared, b.N)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(with), "with-ms")
	b.ReportMetric(median(without), "without-ms")
	b.ReportMetric(median(with)-median(without), "fence-ms")
}

// fence lets the shim do without it: while it is lifted the epoch is not read,
// but known, and the transaction is committed as soon as all is requested. It
// counts how often.
func fence(b *testing.B) (lift func(lifted bool), spared *int) {
	const firstEpoch = 1
	spared = new(int)
	global := js.Global()
	class := global.Get("IDBObjectStore").Get("prototype")
	real := class.Get("get")
	soon := js.FuncOf(func(_ js.Value, args []js.Value) any {
		global.Call("queueMicrotask", args[0])
		return nil
	})
	known := global.Get("Object").New()
	known.Set("result", firstEpoch)
	global.Get("Object").Call("defineProperty", known, "onsuccess", map[string]any{"set": soon})
	get := js.FuncOf(func(this js.Value, args []js.Value) any {
		if this.Get("name").String() == "_epoch" {
			*spared++
			return known
		}
		return real.Call("call", this, args[0])
	})
	b.Cleanup(func() {
		class.Set("get", real)
		soon.Release()
		get.Release()
	})
	return func(lifted bool) {
		if lifted {
			class.Set("get", get)
		} else {
			class.Set("get", real)
		}
	}, spared
}

// median is in milliseconds.
func median(d []time.Duration) float64 {
	slices.Sort(d)
	return float64(d[len(d)/2].Microseconds()) / 1000
}

package storagetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

func testSequence(t *testing.T, d Database) {
	db := d.open(t)
	for want := uint64(1); want <= 3; want++ {
		seq, err := db.Commit(t.Context(), batch("a=1"), storage.Strict)
		wantError(t, err, nil)
		if seq != want {
			t.Fatalf("commit %d has seq %d", want, seq)
		}
	}
}

// Batches that many goroutines commit at once all arrive, each whole, each
// goroutine's in its order, and a seq is shared only by batches that merged.
func testMerge(t *testing.T, d Database) {
	const writers, each = 8, 12
	db := d.open(t)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			last := uint64(0)
			for i := range each {
				b := batch(fmt.Sprintf("%d-last=%d", w, i), fmt.Sprintf("%d-%02d=x", w, i))
				seq, err := db.Commit(t.Context(), b, storage.Durability(i%2))
				if err != nil || seq <= last {
					t.Errorf("writer %d: commit %d has seq %d after %d, error %v", w, i, seq, last, err)
				}
				last = seq
			}
		})
	}
	wg.Wait()
	for w := range writers {
		prefix := fmt.Appendf(nil, "%d-", w)
		result := read(t, db, storage.ScanPrefix(events, prefix, 0))[0]
		if len(result) != each+1 {
			t.Fatalf("writer %d stored %d records", w, len(result))
		}
		expect(t, result[each:], fmt.Sprintf("%d-last=%d", w, each-1))
	}
}

// A commit that returned is visible.
func testReadYourWrites(t *testing.T, d Database) {
	db := d.open(t)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			key := fmt.Sprint("k", w)
			for i := range 15 {
				commit(t, db, batch(fmt.Sprintf("%s=%d", key, i)))
				expect(t, read(t, db, storage.Get(events, []byte(key)))[0], fmt.Sprintf("%s=%d", key, i))
			}
		})
	}
	wg.Wait()
}

// S-1: a Read never sees half a batch, nor two queries of it two states.
func testSnapshot(t *testing.T, d Database) {
	db := d.open(t)
	commit(t, db, pair(0))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 40 {
			if _, err := db.Commit(t.Context(), pair(i), storage.Relaxed); err != nil {
				t.Errorf("commit: %v", err)
			}
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		r := read(t, db, all(0), storage.Get(rooms, []byte("r")))
		if len(r[0]) != 1 || string(r[0][0].Value) != string(r[1][0].Value) {
			t.Fatalf("saw %q and %q", r[0], r[1])
		}
	}
	expect(t, read(t, db, all(0))[0], "e39=39")
}

// pair writes i into both stores and removes the record before it.
func pair(i int) *storage.Batch {
	var b storage.Batch
	b.DeleteRange(events, nil, nil)
	b.Put(events, fmt.Append(nil, "e", i), fmt.Append(nil, i))
	b.Put(rooms, []byte("r"), fmt.Append(nil, i))
	return &b
}

func testCancelled(t *testing.T, d Database) {
	db := d.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := db.Commit(ctx, batch("a=1"), storage.Relaxed)
	wantError(t, err, context.Canceled)
	_, err = db.Read(ctx, all(0))
	wantError(t, err, context.Canceled)
	commit(t, db, batch("b=2"))
	expect(t, read(t, db, storage.Get(events, []byte("b")))[0], "b=2")
}

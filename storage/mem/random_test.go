package mem_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
)

// TestRandomMisfortunes lets a writer meet every fault at random and opens the
// disk again whenever it was lost. Each batch writes one number into two keys,
// so that at any time the disk must hold one whole batch: one that may have
// been applied, and none older than the last that must have survived.
func TestRandomMisfortunes(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed", seed), inBubble(func(t *testing.T) {
			w := &writer{t: t, r: rand.New(rand.NewPCG(seed, 1)), disk: mem.NewDisk()}
			for range 300 {
				w.step()
			}
			if w.losses == 0 || w.certain == 0 {
				t.Fatalf("%d losses, %d certain: this proved nothing", w.losses, w.certain)
			}
		}))
	}
}

// inBubble runs a test in time of its own, so that what hangs is given up at
// once and what is only slow never is.
func inBubble(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, test) }
}

type writer struct {
	t    *testing.T
	r    *rand.Rand
	disk *mem.Disk
	db   *storage.Conn

	tried   int // the last number of a batch
	strict  int // the last that survives even a loss of power
	certain int // the last that is on the disk for sure
	losses  int
}

func (w *writer) step() {
	w.t.Helper()
	if w.db == nil {
		w.db = w.open()
	}
	if w.r.IntN(4) == 0 {
		w.ask()
	}
	w.tried++
	d := storage.Durability(w.r.IntN(2))
	var b storage.Batch
	b.Put(store, []byte("a"), fmt.Append(nil, w.tried))
	b.Put(store, []byte("b"), fmt.Append(nil, w.tried))
	if _, err := w.db.Commit(w.t.Context(), &b, d); err == nil {
		w.certain = w.tried
		if d == storage.Strict {
			w.strict = w.tried
		}
	}
	w.look()
}

func (w *writer) open() *storage.Conn {
	w.t.Helper()
	db, err := mem.Open(w.t.Context(), w.disk, schema, storage.Options{})
	want(w.t, err, nil)
	return db
}

// ask arranges for one misfortune.
func (w *writer) ask() {
	switch w.r.IntN(7) {
	case 0:
		w.disk.OnCommit(1, mem.Fault{Err: errors.New("broken"), Applied: w.r.IntN(2) == 0})
	case 1:
		w.disk.OnCommit(1, mem.Fault{Kill: true, Applied: w.r.IntN(2) == 0})
	case 2:
		w.disk.OnCommit(1, mem.Fault{Hang: true, Applied: w.r.IntN(2) == 0})
	case 3:
		w.disk.OnRead(1, mem.Fault{})
	case 4:
		w.disk.PowerLoss()
		w.certain = w.strict
	case 5:
		w.disk.Kill()
	case 6:
		w.open() // fences ours
	}
}

// look opens the disk anew if ours is lost, and checks what is there.
func (w *writer) look() {
	w.t.Helper()
	results, err := w.db.Read(w.t.Context(), storage.Scan(store, nil, nil, 0))
	if err != nil {
		w.losses++
		w.db = w.open()
		results, err = w.db.Read(w.t.Context(), storage.Scan(store, nil, nil, 0))
		want(w.t, err, nil)
	}
	found := results[0]
	if len(found) == 0 && w.certain == 0 {
		return
	}
	var n int
	if len(found) != 2 || string(found[0].Value) != string(found[1].Value) {
		w.t.Fatalf("half a batch: %q", found)
	}
	if _, err := fmt.Sscan(string(found[0].Value), &n); err != nil || n < w.certain || n > w.tried {
		w.t.Fatalf("batch %d is there, of %d, and %d was certain", n, w.tried, w.certain)
	}
	w.certain = n
}

package idb_test

import (
	"errors"
	"fmt"
	"syscall/js"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
)

// control is what build/browsertest offers beside the browser itself.
func control(t *testing.T) js.Value {
	t.Helper()
	c := js.Global().Get("browsertest")
	if c.IsUndefined() {
		t.Skip("needs a browser: run by build/browsertest")
	}
	return c
}

// await waits for a promise.
func await(t *testing.T, promise js.Value) {
	t.Helper()
	done := make(chan error, 1)
	promise.Call("then",
		function(t, func([]js.Value) any { done <- nil; return nil }),
		function(t, func(args []js.Value) any { done <- errors.New(args[0].Call("toString").String()); return nil }))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// S-10: TestQuota fills the origin's space: the batch that does not fit leaves
// nothing, what is stored stays readable, and writing goes on once there is
// space again.
func TestQuota(t *testing.T) {
	browser := control(t)
	await(t, browser.Call("quota", 6<<20))
	t.Cleanup(func() { await(t, browser.Call("quota")) })
	await(t, browser.Call("clear")) // else Chromium goes on with the space it knew of
	name := fresh(t)
	db := reopen(t, name)
	defer db.Close(t.Context())
	stored, err := fill(t, db, 40)
	want(t, err, storage.ErrQuota)
	if stored == 0 {
		t.Fatal("nothing fitted")
	}
	want(t, db.Reason(), nil)
	if got := count(t, db); got != 2*stored {
		t.Fatalf("%d batches of 2 were stored, and %d records are there", stored, got)
	}
	// With no space for as much as an epoch, what is stored can be read. Who had
	// the database before keeps it.
	await(t, browser.Call("quota", 1))
	exhaust(t, db)
	held := count(t, db)
	late := reopen(t, name)
	defer late.Close(t.Context())
	if got := count(t, late); got != held {
		t.Fatalf("%d records are there after opening on a full disk", got)
	}
	_, err = fill(t, late, 1)
	want(t, err, storage.ErrQuota)
	await(t, browser.Call("quota", 1<<30))
	want(t, put(t, db, "after", "1"), nil)
	// It read before that: to write, it must read again.
	want(t, put(t, late, "stale", "1"), storage.ErrClosed)
	if got := count(t, db); got != held+1 {
		t.Fatalf("%d records are there", got)
	}
	want(t, put(t, db, "fenced", "1"), storage.ErrFenced)
	last := reopen(t, name)
	defer last.Close(t.Context())
	want(t, put(t, last, "owned", "1"), nil)
}

// fill commits batches of one small and one large record until that fails.
func fill(t *testing.T, db storage.DB, most int) (stored int, err error) {
	for stored < most {
		var b storage.Batch
		b.Put(store, fmt.Appendf(nil, "%d small", stored), []byte("s"))
		b.Put(store, fmt.Appendf(nil, "%d large", stored), noise(stored))
		if _, err = db.Commit(t.Context(), &b, storage.Strict); err != nil {
			return stored, err
		}
		stored++
	}
	return stored, nil
}

// exhaust uses up what Chromium still believes to be free: it does not ask its
// quota for every commit.
func exhaust(t *testing.T, db storage.DB) {
	t.Helper()
	for size := 1 << 19; size > 0; size /= 2 {
		for err := error(nil); err == nil; {
			err = put(t, db, fmt.Sprintf("%d %d", size, count(t, db)), string(noise(size)[:size]))
		}
	}
}

// noise is a megabyte that does not compress.
func noise(seed int) []byte {
	b := make([]byte, 1<<20)
	x := uint32(seed + 1)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return b
}

func count(t *testing.T, db storage.DB) int {
	t.Helper()
	results, err := db.Read(t.Context(), storage.Scan(store, nil, nil, 0))
	want(t, err, nil)
	return len(results[0])
}

// S-6: TestForcedClose clears the site's data under an open database that commits:
// every call ends, the reason is known, and opening again finds an empty one.
func TestForcedClose(t *testing.T) {
	browser := control(t)
	name := fresh(t)
	db := open(t, name)
	want(t, put(t, db, "a", "1"), nil)
	ended := make(chan error)
	go func() {
		for i := 0; ; i++ {
			if err := put(t, db, fmt.Sprint(i), "x"); err != nil {
				ended <- err
				return
			}
		}
	}()
	await(t, browser.Call("clear"))
	want(t, <-ended, storage.ErrClosed)
	<-db.Closed()
	want(t, db.Reason(), storage.ErrClosed)
	db = reopen(t, name)
	defer db.Close(t.Context())
	if got := count(t, db); got != 0 {
		t.Errorf("%d records survived", got)
	}
}

// reopen opens a database whose data the browser may still be clearing.
func reopen(t *testing.T, name string) *storage.Conn {
	t.Helper()
	for {
		db, err := idb.Open(t.Context(), name, schema, storage.Options{})
		if err == nil {
			return db
		}
		want(t, err, storage.ErrClosed)
	}
}

const killedBatch = 50

// S-5: TestKill ends a worker that commits, at many moments, and looks at what it
// left: never half a batch, and all that it knew to be committed.
func TestKill(t *testing.T) {
	control(t)
	rounds := 25
	if testing.Short() {
		rounds = 5
	}
	name := fresh(t)
	for round := range rounds {
		child := spawn(t, "commit", name)
		last := 0
		for range 3 {
			last = child.number(t)
		}
		time.Sleep(time.Duration(round*700) * time.Microsecond)
		last = max(last, child.kill())
		db := open(t, name)
		got, err := wholeBatch(t.Context(), db)
		want(t, err, nil)
		if got < last {
			t.Fatalf("round %d: batch %d was acknowledged, %d is stored", round, last, got)
		}
		want(t, db.Close(t.Context()), nil)
	}
}

// S-4: TestFightForOneDatabase lets workers take it from each other while each
// raises one counter by reading, computing and committing: the fence is what
// keeps every acknowledged raise.
func TestFightForOneDatabase(t *testing.T) {
	control(t)
	name := fresh(t)
	children := []*child{spawn(t, "raise", name), spawn(t, "raise", name), spawn(t, "raise", name)}
	raised, fenced := 0, 0
	for _, c := range children {
		raised += c.number(t)
		fenced += c.number(t)
	}
	if fenced == 0 {
		t.Error("nobody was fenced: this proved nothing")
	}
	db := open(t, name)
	defer db.Close(t.Context())
	results, err := db.Read(t.Context(), storage.Get(store, []byte("counter")))
	want(t, err, nil)
	if got := string(results[0][0].Value); got != fmt.Sprint(raised) {
		t.Errorf("the counter is %s after %d raises", got, raised)
	}
}

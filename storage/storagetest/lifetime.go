package storagetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

func testReopen(t *testing.T, d Database) {
	db := d.open(t)
	commit(t, db, batch("a=1"))
	wantError(t, db.Close(t.Context()), nil)
	db = d.open(t)
	expect(t, read(t, db, all(0))[0], "a=1")
	seq, err := db.Commit(t.Context(), batch("b=2"), storage.Relaxed)
	wantError(t, err, nil)
	if seq != 1 {
		t.Errorf("seq starts at %d after reopening", seq)
	}
}

// S-4
func testFence(t *testing.T, d Database) {
	old := d.open(t)
	commit(t, old, batch("a=old"))
	leader := d.open(t)
	commit(t, leader, batch("a=new"))
	_, err := old.Commit(t.Context(), batch("a=stale", "b=stale"), storage.Strict)
	wantError(t, err, storage.ErrFenced)
	expect(t, read(t, leader, all(0))[0], "a=new")
	<-old.Closed()
	wantError(t, old.Reason(), storage.ErrFenced)
	_, err = old.Commit(t.Context(), &storage.Batch{}, storage.Relaxed)
	wantError(t, err, storage.ErrFenced)
	commit(t, leader, batch("b=new"))
	wantError(t, leader.Reason(), nil)
}

func testClose(t *testing.T, d Database) {
	db := d.open(t)
	wantError(t, db.Close(t.Context()), nil)
	wantError(t, db.Close(t.Context()), nil)
	_, err := db.Commit(t.Context(), batch("a=1"), storage.Relaxed)
	wantError(t, err, storage.ErrClosed)
	_, err = db.Read(t.Context(), all(0))
	wantError(t, err, storage.ErrClosed)
	wantError(t, db.Reason(), storage.ErrClosed)
	<-db.Closed()
}

func testCloseDrains(t *testing.T, d Database) {
	const n = 20
	db := d.open(t)
	errs := make(chan error, n)
	for i := range n {
		go func() {
			_, err := db.Commit(t.Context(), batch(fmt.Sprintf("%02d=x", i)), storage.Relaxed)
			errs <- err
		}()
	}
	wantError(t, <-errs, nil) // so that some are queued, whatever the scheduler does
	wantError(t, db.Close(t.Context()), nil)
	stored := 1
	for range n - 1 {
		if err := <-errs; err == nil {
			stored++
		} else {
			wantError(t, err, storage.ErrClosed)
		}
	}
	if got := len(read(t, d.open(t), all(0))[0]); got != stored {
		t.Errorf("%d commits succeeded, %d are stored", stored, got)
	}
}

// S-8
func testUpgrade(t *testing.T, d Database) {
	old := d.open(t)
	commit(t, old, batch("a=1"))
	grown := storage.Schema{Version: 2, Stores: append(schema.Stores[:2:2], "more")}
	db, err := d.Open(t.Context(), grown, storage.Options{})
	wantError(t, err, nil)
	defer db.Close(context.Background())
	<-old.Closed()
	wantError(t, old.Reason(), storage.ErrClosed)
	wantError(t, old.Reason(), storage.ErrOutdated)
	var b storage.Batch
	b.Put("more", []byte("m"), []byte("1"))
	commit(t, db, &b)
	results := read(t, db, all(0), storage.Scan("more", nil, nil, 0))
	expect(t, results[0], "a=1")
	expect(t, results[1], "m=1")
}

func testNewer(t *testing.T, d Database) {
	db, err := d.Open(t.Context(), storage.Schema{Version: 2, Stores: schema.Stores}, storage.Options{})
	wantError(t, err, nil)
	wantError(t, db.Close(t.Context()), nil)
	_, err = d.Open(t.Context(), schema, storage.Options{})
	wantError(t, err, storage.ErrNewer)
}

// S-8
func testDelete(t *testing.T, d Database) {
	db := d.open(t)
	commit(t, db, batch("a=1"))
	wantError(t, d.Delete(t.Context(), storage.Options{}), nil)
	<-db.Closed()
	wantError(t, db.Reason(), storage.ErrClosed)
	wantError(t, db.Reason(), storage.ErrDeleted)
	expect(t, read(t, d.open(t), all(0))[0])
}

func testBadSchema(t *testing.T, d Database) {
	for _, s := range []storage.Schema{
		{}, {Version: 1}, {Stores: schema.Stores},
		{Version: 1, Stores: []storage.Store{"a", "a"}},
		{Version: 1, Stores: []storage.Store{""}},
		{Version: 1, Stores: []storage.Store{"_epoch"}},
		{Version: 1, Stores: make([]storage.Store, 256)},
	} {
		_, err := d.Open(t.Context(), s, storage.Options{})
		wantError(t, err, storage.ErrMisuse)
	}
}

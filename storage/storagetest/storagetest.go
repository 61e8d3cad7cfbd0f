// Package storagetest is what every storage backend must pass: the rules of
// storage.DB one by one, and random operations checked against a model.
//
// Its law: it opens databases through the backend under test and knows nothing
// else of it. Faults that only one backend can have are tested beside it.
package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

// Conn is an open database that says when and why it closed, as storage.Conn
// does.
type Conn interface {
	storage.DB
	Closed() <-chan struct{}
	Reason() error
}

// Database is one empty database of a backend. Open may be called many times:
// each call fences the one before it and finds what was committed.
type Database struct {
	Open   func(context.Context, storage.Schema, storage.Options) (Conn, error)
	Delete func(context.Context, storage.Options) error
}

// Backend makes a new empty database. It arranges for its removal through
// testing.TB.Cleanup.
type Backend func(testing.TB) Database

const (
	rooms  storage.Store = "rooms"
	events storage.Store = "events"
)

var schema = storage.Schema{Version: 1, Stores: []storage.Store{rooms, events}}

// Run checks a backend.
func Run(t *testing.T, backend Backend) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Database)
	}{
		{"Order", testOrder}, {"Range", testRange}, {"Limit", testLimit}, {"MultiGet", testMultiGet},
		{"DeleteRange", testDeleteRange}, {"EmptyValue", testEmptyValue}, {"BigValue", testBigValue},
		{"LaterWins", testLaterWins}, {"Copies", testCopies}, {"Misuse", testMisuse}, {"Empty", testEmpty},
		{"Sequence", testSequence}, {"Merge", testMerge}, {"ReadYourWrites", testReadYourWrites},
		{"Snapshot", testSnapshot}, {"Cancelled", testCancelled},
		{"Reopen", testReopen}, {"Fence", testFence}, {"Close", testClose}, {"CloseDrains", testCloseDrains},
		{"Upgrade", testUpgrade}, {"Newer", testNewer}, {"Delete", testDelete}, {"BadSchema", testBadSchema},
		{"Model", testModel},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, backend(t)) })
	}
}

func (d Database) open(t testing.TB) Conn {
	t.Helper()
	db, err := d.Open(t.Context(), schema, storage.Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// batch makes a batch of puts into events, each "key=value".
func batch(puts ...string) *storage.Batch {
	var b storage.Batch
	for _, p := range puts {
		key, value, _ := bytes.Cut([]byte(p), []byte("="))
		b.Put(events, key, value)
	}
	return &b
}

func commit(t testing.TB, db storage.DB, b *storage.Batch) {
	t.Helper()
	if _, err := db.Commit(t.Context(), b, storage.Relaxed); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

func read(t testing.TB, db storage.DB, q ...storage.Query) []storage.Result {
	t.Helper()
	results, err := db.Read(t.Context(), q...)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	if len(results) != len(q) {
		t.Fatalf("%d results for %d queries", len(results), len(q))
	}
	return results
}

// expect compares a result with records written "key=value", and "key" alone
// for one that is missing.
func expect(t testing.TB, got storage.Result, want ...string) {
	t.Helper()
	var text []string
	for _, r := range got {
		s := string(r.Key)
		if r.Value != nil {
			s += "=" + string(r.Value)
		}
		text = append(text, s)
	}
	if fmt.Sprintf("%q", text) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", text, want)
	}
}

func wantError(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

package idb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
	"github.com/alcove-chat/alcove/storage/storagetest"
)

const store storage.Store = "a"

var schema = storage.Schema{Version: 1, Stores: []storage.Store{store}}

func TestConformance(t *testing.T) {
	storagetest.Run(t, backend)
}

func BenchmarkConformance(b *testing.B) {
	storagetest.Bench(b, backend)
}

func backend(t testing.TB) storagetest.Database {
	name := fresh(t)
	return storagetest.Database{
		Open: func(ctx context.Context, s storage.Schema, o storage.Options) (storagetest.Conn, error) {
			return idb.Open(ctx, name, s, o)
		},
		Delete: func(ctx context.Context, o storage.Options) error { return idb.Delete(ctx, name, o) },
	}
}

var databases int

// fresh returns the name of a database that is not there yet.
func fresh(t testing.TB) string {
	databases++
	name := fmt.Sprintf("%s %d", t.Name(), databases)
	if err := idb.Delete(t.Context(), name, storage.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := idb.Delete(context.Background(), name, storage.Options{}); err != nil {
			t.Error(err)
		}
	})
	return name
}

func open(t testing.TB, name string) *storage.Conn {
	t.Helper()
	db, err := idb.Open(t.Context(), name, schema, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func put(t testing.TB, db storage.DB, key, value string) error {
	t.Helper()
	var b storage.Batch
	b.Put(store, []byte(key), []byte(value))
	_, err := db.Commit(t.Context(), &b, storage.Relaxed)
	return err
}

func want(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

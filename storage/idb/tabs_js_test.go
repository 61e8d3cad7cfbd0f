package idb_test

import (
	"errors"
	"syscall/js"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
)

// stubborn opens a database as a tab does that heeds no versionchange, and
// returns what makes it let go.
func stubborn(t *testing.T, name string) (letGo func()) {
	t.Helper()
	opened := make(chan js.Value, 1)
	request := js.Global().Get("indexedDB").Call("open", name)
	request.Set("onsuccess", function(t, func([]js.Value) any { opened <- request.Get("result"); return nil }))
	db := <-opened
	return func() { db.Call("close") }
}

// impatient waits for other tabs only briefly.
var impatient = storage.Options{BlockedAfter: 20 * time.Millisecond}

func TestBlockedUpgrade(t *testing.T) {
	name := fresh(t)
	db := open(t, name)
	want(t, put(t, db, "a", "1"), nil)
	want(t, db.Close(t.Context()), nil)
	letGo := stubborn(t, name)
	grown := storage.Schema{Version: 2, Stores: []storage.Store{store, "b"}}
	_, err := idb.Open(t.Context(), name, grown, impatient)
	want(t, err, storage.ErrBlocked)
	letGo()

	// Who gave up upgrades nothing behind our back.
	db = open(t, name)
	want(t, put(t, db, "b", "1"), nil)
	want(t, db.Close(t.Context()), nil)
	db, err = idb.Open(t.Context(), name, grown, storage.Options{})
	want(t, err, nil)
	want(t, db.Close(t.Context()), nil)
}

func TestBlockedDelete(t *testing.T) {
	name := fresh(t)
	want(t, open(t, name).Close(t.Context()), nil)
	letGo := stubborn(t, name)
	want(t, idb.Delete(t.Context(), name, impatient), storage.ErrBlocked)
	letGo()
	want(t, idb.Delete(t.Context(), name, storage.Options{}), nil)
}

// S-15. The browser tells only the first of those who wait that somebody is in the way.
func TestBlockedBehindDelete(t *testing.T) {
	name := fresh(t)
	db := open(t, name)
	want(t, put(t, db, "a", "1"), nil)
	want(t, db.Close(t.Context()), nil)
	letGo := stubborn(t, name)
	want(t, idb.Delete(t.Context(), name, impatient), storage.ErrBlocked) // and it goes on to wait
	_, err := idb.Open(t.Context(), name, schema, impatient)
	want(t, err, storage.ErrBlocked)
	want(t, idb.Delete(t.Context(), name, impatient), storage.ErrBlocked)
	letGo()
	db = open(t, name)
	results, err := db.Read(t.Context(), storage.Get(store, []byte("a")))
	want(t, err, nil)
	if results[0][0].Value != nil {
		t.Error("the database was not deleted")
	}
	want(t, db.Close(t.Context()), nil)
}

// A schema that grows without a higher version would fail at its first use of
// the new store; Open says so instead.
func TestStoreWithoutVersion(t *testing.T) {
	name := fresh(t)
	want(t, open(t, name).Close(t.Context()), nil)
	_, err := idb.Open(t.Context(), name, storage.Schema{Version: 1, Stores: []storage.Store{store, "b"}}, storage.Options{})
	want(t, err, storage.ErrMisuse)
	want(t, open(t, name).Close(t.Context()), nil)
}

// A value that is not bytes, as another program or a broken disk may leave,
// costs the read that meets it.
func TestForeignValue(t *testing.T) {
	name := fresh(t)
	db := open(t, name)
	want(t, put(t, db, "a", "1"), nil)
	want(t, db.Close(t.Context()), nil)
	putForeign(t, name)
	db = open(t, name)
	defer db.Close(t.Context())
	if _, err := db.Read(t.Context(), storage.Scan(store, nil, nil, 0)); err == nil || errors.Is(err, storage.ErrClosed) {
		t.Errorf("error %v", err)
	}
	results, err := db.Read(t.Context(), storage.Get(store, []byte("a")))
	want(t, err, nil)
	if string(results[0][0].Value) != "1" {
		t.Errorf("got %q", results)
	}
}

func putForeign(t *testing.T, name string) {
	t.Helper()
	done := make(chan struct{})
	request := js.Global().Get("indexedDB").Call("open", name)
	request.Set("onsuccess", function(t, func([]js.Value) any {
		db := request.Get("result")
		tx := db.Call("transaction", string(store), "readwrite")
		key := js.Global().Get("Uint8Array").New(3)
		tx.Call("objectStore", string(store)).Call("put", "a string", key)
		tx.Set("oncomplete", function(t, func([]js.Value) any { db.Call("close"); close(done); return nil }))
		return nil
	}))
	<-done
}

package idb_test

import (
	"fmt"
	"strings"
	"syscall/js"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

// spy puts f in the place of a method of a class until the test ends. f gets
// what calls the method itself.
func spy(t *testing.T, class, method string, f func(original func() any, args []js.Value) any) {
	t.Helper()
	prototype := js.Global().Get(class).Get("prototype")
	original := prototype.Get(method)
	fn := js.FuncOf(func(this js.Value, args []js.Value) any {
		return f(func() any { return js.Global().Get("Reflect").Call("apply", original, this, list(args)) }, args)
	})
	prototype.Set(method, fn)
	t.Cleanup(func() {
		prototype.Set(method, original)
		fn.Release()
	})
}

func list(args []js.Value) []any {
	var all []any
	for _, a := range args {
		all = append(all, a)
	}
	return all
}

// What storage promises of durability is nothing if the browser is not told.
func TestBrowserIsToldDurability(t *testing.T) {
	name := fresh(t)
	var told []string
	spy(t, "IDBDatabase", "transaction", func(original func() any, args []js.Value) any {
		durability := "none"
		if len(args) > 2 && !args[2].IsUndefined() {
			durability = args[2].Get("durability").String()
		}
		if mode := args[1].String(); mode != "versionchange" { // which fake-indexeddb makes this way
			told = append(told, mode+" "+durability)
		}
		return original()
	})
	db := open(t, name)
	for _, d := range []storage.Durability{storage.Relaxed, storage.Strict} {
		var b storage.Batch
		b.Put(store, []byte("a"), nil)
		_, err := db.Commit(t.Context(), &b, d)
		want(t, err, nil)
	}
	count(t, db)
	want(t, db.Close(t.Context()), nil)
	const wanted = "readwrite strict, readwrite relaxed, readwrite strict, readonly none"
	if got := strings.Join(told, ", "); got != wanted {
		t.Errorf("transactions were %s, want %s", got, wanted)
	}
}

// A view of a batch would be stored with all of the batch.
func TestValuesAreStoredAlone(t *testing.T) {
	name := fresh(t)
	var sizes []int
	spy(t, "IDBObjectStore", "put", func(original func() any, args []js.Value) any {
		for _, a := range args {
			if a.Type() == js.TypeObject { // the epoch is a number
				sizes = append(sizes, a.Get("buffer").Get("byteLength").Int())
			}
		}
		return original()
	})
	db := open(t, name)
	want(t, put(t, db, "key", "value"), nil)
	want(t, db.Close(t.Context()), nil)
	if fmt.Sprint(sizes) != "[5 3]" {
		t.Errorf("stored buffers of %v bytes", sizes)
	}
}

// A batch whose second change throws leaves nothing of the first.
func TestRefusedChangeAbortsTheBatch(t *testing.T) {
	name := fresh(t)
	db := open(t, name)
	spy(t, "IDBObjectStore", "put", func(original func() any, _ []js.Value) any {
		result := original()
		js.Global().Get("IDBObjectStore").Get("prototype").Set("put", nil) // the next call throws
		return result
	})
	var b storage.Batch
	b.Put(store, []byte("a"), nil)
	b.Put(store, []byte("b"), nil)
	if _, err := db.Commit(t.Context(), &b, storage.Relaxed); err == nil {
		t.Error("no error")
	}
	want(t, db.Reason(), nil)
	if got := count(t, db); got != 0 {
		t.Errorf("%d records of a refused batch are there", got)
	}
	want(t, db.Close(t.Context()), nil)
}

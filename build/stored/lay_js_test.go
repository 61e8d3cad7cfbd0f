package stored_test

import (
	"context"
	"fmt"
	"syscall/js"
	"testing"

	"github.com/alcove-chat/alcove/build/stored"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
	"github.com/alcove-chat/alcove/storage/storagetest"
	"github.com/alcove-chat/alcove/wasm/client"
)

var databases int

// lay writes a dump into an IndexedDB database by bare calls, as the browser
// would have it, and returns what opens it with the present code.
func lay(t *testing.T, dump storagetest.Dump) stored.Open {
	t.Helper()
	databases++
	name := fmt.Sprint("stored ", databases)
	drop := func() { settle(t, js.Global().Get("indexedDB").Call("deleteDatabase", name)) }
	drop()
	t.Cleanup(drop)
	request := js.Global().Get("indexedDB").Call("open", name, dump.Schema.Version)
	on(t, request, "onupgradeneeded", func() {
		db := request.Get("result")
		db.Call("createObjectStore", "_epoch").Call("put", 1, 0)
		for _, s := range dump.Schema.Stores {
			store := db.Call("createObjectStore", string(s))
			for _, r := range dump.Records[s] {
				store.Call("put", array(r.Value), array(r.Key))
			}
		}
	})
	settle(t, request)
	request.Get("result").Call("close")
	return func(ctx context.Context, _ string, schema storage.Schema) (client.Database, error) {
		return idb.Open(ctx, name, schema, storage.Options{})
	}
}

// settle waits for a request.
func settle(t *testing.T, request js.Value) {
	t.Helper()
	done := make(chan string, 1)
	on(t, request, "onsuccess", func() { done <- "" })
	on(t, request, "onerror", func() { done <- request.Get("error").Get("name").String() })
	if failed := <-done; failed != "" {
		t.Fatal(failed)
	}
}

func on(t *testing.T, target js.Value, event string, f func()) {
	callback := js.FuncOf(func(js.Value, []js.Value) any { f(); return nil })
	t.Cleanup(callback.Release)
	target.Set(event, callback)
}

func array(b []byte) js.Value {
	a := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(a, b)
	return a
}

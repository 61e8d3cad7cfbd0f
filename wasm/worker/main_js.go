package main

import (
	"context"
	"errors"
	"syscall/js"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/trace"
)

// main ends when the core cannot go on; the page then starts a new worker.
func main() {
	ctx := trace.Into(context.Background(), console)
	core := client.New(ctx, client.Platform{
		OpenDatabase:   openDatabase,
		Keys:           openKeys,
		DeleteDatabase: deleteDatabase,
		Clock:          clock{},
		PBKDF2:         derive,
	})
	pages := newPages(ctx, core, func(page int, frame []byte) { bridge().Call("send", page, string(frame)) })
	bridge().Call("onReady", map[string]any{
		"connect":    pageFunc(func(page int, _ []js.Value) { pages.connect(page) }),
		"disconnect": pageFunc(func(page int, _ []js.Value) { pages.disconnect(page) }),
		"receive": pageFunc(func(page int, rest []js.Value) {
			if len(rest) == 1 && rest[0].Type() == js.TypeString {
				pages.receive(page, []byte(rest[0].String()))
			}
		}),
	})
	err := <-core.Fatal()
	trace.Log(ctx, "core.end", trace.Err(err))
	pages.close()
}

// bridge is what the worker's script offers.
func bridge() js.Value { return js.Global().Get("alcoveCore") }

// pageFunc is a function of a page's number and more, for as long as the
// program runs. It must not wait.
func pageFunc(f func(page int, rest []js.Value)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) > 0 && args[0].Type() == js.TypeNumber {
			f(args[0].Int(), args[1:])
		}
		return nil
	})
}

// console logs to the browser's console, at its lowest level.
func console(event string, fields []trace.Field) {
	js.Global().Get("console").Call("debug", "alcove "+trace.Line(event, fields))
}

// openDatabase falls back to memory where the browser lets nothing be stored.
func openDatabase(ctx context.Context, name string, schema storage.Schema) (client.Database, bool, error) {
	conn, err := idb.Open(ctx, name, schema, storage.Options{Slow: slow(ctx)})
	if errors.Is(err, storage.ErrUnavailable) {
		volatile, err := openMemory(ctx, name, schema)
		return volatile, false, err
	}
	if err != nil {
		return nil, false, err
	}
	return conn, true, nil
}

func deleteDatabase(ctx context.Context, name string) error {
	deleteMemory(name)
	err := idb.Delete(ctx, name, storage.Options{Slow: slow(ctx)})
	if err != nil && !errors.Is(err, storage.ErrUnavailable) {
		return err
	}
	// Last, because keys without data are only litter: keys that cannot be
	// deleted do not keep anybody from logging out.
	if err := deleteKeys(ctx, name); err != nil {
		trace.Log(ctx, "keys.kept", trace.Err(err))
	}
	return nil
}

func slow(ctx context.Context) func(storage.Slow) {
	return func(s storage.Slow) { trace.Log(ctx, "storage.slow", trace.Text("what", s.What)) }
}

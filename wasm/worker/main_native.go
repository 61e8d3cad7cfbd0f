//go:build !js

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/rpc"
	"github.com/alcove-chat/alcove/wasm/seal"
)

func main() {
	ctx := context.Background()
	var keys seal.Keys
	_, _ = rand.Read(keys.Data[:]) // it never fails
	_, _ = rand.Read(keys.View[:])
	core := client.New(ctx, client.Platform{
		OpenDatabase: func(ctx context.Context, name string, schema storage.Schema) (client.Database, bool, error) {
			db, err := openMemory(ctx, name, schema)
			return db, true, err // for as long as the program lives
		},
		Keys:           func(context.Context, string) (seal.Keys, error) { return keys, nil },
		DeleteDatabase: func(_ context.Context, name string) error { deleteMemory(name); return nil },
		Clock:          clock{},
	})
	go func() {
		fmt.Fprintln(os.Stderr, "core ended:", <-core.Fatal())
		os.Exit(1)
	}()
	if err := rpc.Serve(ctx, core.Attach(), rpc.Config{MapError: client.Explain}, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

package main

import (
	"context"
	"fmt"
	"syscall/js"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/seal"
)

// openKeys asks JavaScript for the keys of a database. The browser keeps them
// as objects that only JavaScript can hold.
func openKeys(ctx context.Context, name string) (seal.Keys, error) {
	found, err := await(ctx, bridge().Call("openKeys", name))
	if err != nil {
		return seal.Keys{}, fmt.Errorf("open keys: %w", err)
	}
	k := seal.Keys{Protected: found.Get("protected").Truthy()}
	if found.Get("memory").Truthy() {
		return k, fmt.Errorf("open keys: %w: they cannot be stored", client.ErrKeys)
	}
	for member, key := range map[string]*[seal.KeySize]byte{"data": &k.Data, "view": &k.View} {
		if js.CopyBytesToGo(key[:], found.Get(member)) != seal.KeySize {
			return k, fmt.Errorf("open keys: %w: key %s is too short", client.ErrKeys, member)
		}
	}
	return k, nil
}

// deleteKeys forgets the keys of a database that is gone.
func deleteKeys(ctx context.Context, name string) error {
	_, err := await(ctx, bridge().Call("deleteKeys", name))
	return err
}

// await waits for a promise, or for ctx.
func await(ctx context.Context, promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	settled := make(chan outcome, 1)
	var kept, broken js.Func
	settle := func(o outcome) any {
		kept.Release()
		broken.Release()
		settled <- o
		return nil
	}
	kept = js.FuncOf(func(_ js.Value, args []js.Value) any { return settle(outcome{value: args[0]}) })
	broken = js.FuncOf(func(_ js.Value, args []js.Value) any {
		return settle(outcome{err: keysError(args[0].Get("name").String())})
	})
	promise.Call("then", kept, broken)
	select {
	case o := <-settled:
		return o.value, o.err
	case <-ctx.Done():
		return js.Value{}, ctx.Err()
	}
}

// keysError says what the name of a KeyringError means.
func keysError(name string) error {
	switch name {
	case "KeysLost":
		return seal.ErrKey
	case "VersionError":
		return storage.ErrNewer
	case "QuotaExceededError":
		return storage.ErrQuota
	case "TimeoutError":
		return storage.ErrHung
	}
	return fmt.Errorf("%w: %s", client.ErrKeys, name)
}

package main

import (
	"context"
	"syscall/js"

	"github.com/alcove-chat/alcove/wasm/passphrase"
)

// derive has WebCrypto make a key of a passphrase, where there is one: it is
// several times as quick, and the worker goes on meanwhile.
func derive(ctx context.Context, phrase string, salt []byte, rounds, size int) ([]byte, error) {
	if !js.Global().Get("crypto").Get("subtle").Truthy() { // no secure context
		return passphrase.InGo(ctx, phrase, salt, rounds, size)
	}
	bytes := js.Global().Get("Uint8Array").New(len(salt))
	js.CopyBytesToJS(bytes, salt)
	made, err := await(ctx, bridge().Call("derive", phrase, bytes, rounds, size))
	if err != nil {
		return nil, err
	}
	key := make([]byte, made.Get("length").Int())
	js.CopyBytesToGo(key, made)
	return key, nil
}

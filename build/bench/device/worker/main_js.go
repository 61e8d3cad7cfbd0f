// Command worker is a device in a web worker: requests come from
// globalThis.benchDevice, and answers go there.
package main

import (
	"context"
	"crypto/rand"
	"syscall/js"

	"github.com/alcove-chat/alcove/build/bench/account"
	"github.com/alcove-chat/alcove/build/bench/device"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/idb"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

func main() {
	bridge := js.Global().Get("benchDevice")
	requests := make(chan string, 1)
	bridge.Set("receive", js.FuncOf(func(_ js.Value, args []js.Value) any {
		requests <- args[0].String() // there is one at a time
		return nil
	}))
	ctx := context.Background()
	d, err := open(ctx)
	if err != nil {
		bridge.Call("fail", err.Error())
		return
	}
	bridge.Call("ready")
	for request := range requests {
		answer, err := d.Do(ctx, scan.Value(request))
		if err != nil {
			bridge.Call("fail", err.Error())
			return
		}
		bridge.Call("answer", string(answer))
	}
}

func open(ctx context.Context) (*device.Device, error) {
	conn, err := idb.Open(ctx, "bench", table.Schema(), storage.Options{})
	if err != nil {
		return nil, err
	}
	return device.Open(ctx, conn, rand.Reader, account.User, account.Device)
}

// Command core is Alcove's core for scenarios: it serves each connection to a
// port of its own with a new core, and what one stored the next finds. So a client
// that connects again is a page that is loaded again.
//
// It says its address on standard output, and ends with its input.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"sync"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/rpc"
	"github.com/alcove-chat/alcove/wasm/seal"
)

func main() {
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, "core:", err)
		os.Exit(1)
	}
	fmt.Println(door.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // who started it is gone
		os.Exit(0)
	}()
	d := &disks{all: map[string]*mem.Disk{}}
	_, _ = rand.Read(d.keys.Data[:]) // it never fails
	_, _ = rand.Read(d.keys.View[:])
	for {
		page, err := door.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "core:", err)
			os.Exit(1)
		}
		go d.serve(page)
	}
}

// disks are what outlives a core.
type disks struct {
	keys seal.Keys

	mu  sync.Mutex
	all map[string]*mem.Disk
}

// serve is the life of one core, which ends with its page.
func (d *disks) serve(page net.Conn) {
	defer page.Close()
	ctx, end := context.WithCancel(context.Background())
	core := client.New(ctx, client.Platform{
		OpenDatabase:   d.open,
		Keys:           func(context.Context, string) (seal.Keys, error) { return d.keys, nil },
		DeleteDatabase: d.remove,
		Clock:          clock{},
	})
	go func() {
		select {
		case <-core.Fatal():
			_ = page.Close() // the page learns by that
		case <-ctx.Done():
		}
	}()
	_ = rpc.Serve(ctx, core.Attach(), rpc.Config{MapError: client.Explain}, page, page)
	end()
	_ = core.Close(context.Background()) // a page that goes waits for nothing
}

func (d *disks) open(ctx context.Context, name string, schema storage.Schema) (client.Database, bool, error) {
	d.mu.Lock()
	disk := d.all[name]
	if disk == nil {
		disk = mem.NewDisk()
		d.all[name] = disk
	}
	d.mu.Unlock()
	db, err := mem.Open(ctx, disk, schema, storage.Options{})
	return db, true, err
}

func (d *disks) remove(_ context.Context, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.all, name)
	return nil
}

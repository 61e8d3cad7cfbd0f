package main

import (
	"context"
	"sync"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/client"
)

// memories are the databases that live as long as the program.
var memories struct {
	sync.Mutex
	disks map[string]*mem.Disk
}

func openMemory(ctx context.Context, name string, schema storage.Schema) (client.Database, error) {
	memories.Lock()
	if memories.disks == nil {
		memories.disks = map[string]*mem.Disk{}
	}
	disk := memories.disks[name]
	if disk == nil {
		disk = mem.NewDisk()
		memories.disks[name] = disk
	}
	memories.Unlock()
	conn, err := mem.Open(ctx, disk, schema, storage.Options{})
	if err != nil {
		return nil, err
	}
	return strict{conn}, nil
}

func deleteMemory(name string) {
	memories.Lock()
	defer memories.Unlock()
	delete(memories.disks, name)
}

// strict makes every commit a strict one: mem remembers how to undo the others.
type strict struct{ *storage.Conn }

func (s strict) Commit(ctx context.Context, b *storage.Batch, _ storage.Durability) (uint64, error) {
	return s.Conn.Commit(ctx, b, storage.Strict)
}

package mem_test

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
)

// A test kills the core in the middle of its work and looks at what a new one
// finds.
func ExampleDisk_OnCommit() {
	const rooms storage.Store = "rooms"
	ctx, disk := context.Background(), mem.NewDisk()
	schema := storage.Schema{Version: 1, Stores: []storage.Store{rooms}}

	disk.OnCommit(2, mem.Fault{Kill: true})
	db, _ := mem.Open(ctx, disk, schema, storage.Options{})
	for _, name := range []string{"first", "second"} {
		var b storage.Batch
		b.Put(rooms, []byte(name), []byte("a room"))
		_, err := db.Commit(ctx, &b, storage.Strict)
		fmt.Println(name, err)
	}

	db, _ = mem.Open(ctx, disk, schema, storage.Options{})
	results, _ := db.Read(ctx, storage.Scan(rooms, nil, nil, 0))
	for _, record := range results[0] {
		fmt.Printf("found %s\n", record.Key)
	}
	// Output:
	// first <nil>
	// second commit: storage: closed
	// found first
}

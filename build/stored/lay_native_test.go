//go:build !js

package stored_test

import (
	"context"
	"testing"

	"github.com/alcove-chat/alcove/build/stored"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/storage/storagetest"
	"github.com/alcove-chat/alcove/wasm/client"
)

// lay puts a dump on a disk and returns what opens it.
func lay(t *testing.T, dump storagetest.Dump) stored.Open {
	t.Helper()
	disk := mem.NewDisk()
	fill(t, disk, dump)
	return from(disk)
}

func fill(t *testing.T, disk *mem.Disk, dump storagetest.Dump) {
	t.Helper()
	db, err := mem.Open(t.Context(), disk, dump.Schema, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := dump.Fill(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func from(disk *mem.Disk) stored.Open {
	return func(ctx context.Context, _ string, schema storage.Schema) (client.Database, error) {
		return mem.Open(ctx, disk, schema, storage.Options{})
	}
}

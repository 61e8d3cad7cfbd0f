//go:build !js

package stored_test

import (
	"bytes"
	"testing"

	"github.com/alcove-chat/alcove/build/stored"
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/storage/storagetest"
	"github.com/alcove-chat/alcove/wasm/table"
)

// TestNothingInPlain: an account that is new or of any earlier version has its
// token and what was not sent nowhere on the disk, and what a room list shows
// only where the room's history is.
func TestNothingInPlain(t *testing.T) {
	disk := mem.NewDisk()
	if err := stored.Live(t.Context(), from(disk)); err != nil {
		t.Fatal(err)
	}
	t.Run("new", func(t *testing.T) { wantSealed(t, disk) })
	for _, name := range stored.Names() {
		t.Run(name, func(t *testing.T) {
			dump, _, err := stored.Fixture(name)
			if err != nil {
				t.Fatal(err)
			}
			disk := mem.NewDisk()
			fill(t, disk, dump)
			if _, err := stored.Shows(t.Context(), from(disk)); err != nil {
				t.Fatal(err)
			}
			wantSealed(t, disk)
		})
	}
}

func wantSealed(t *testing.T, disk *mem.Disk) {
	t.Helper()
	dump := taken(t, disk)
	for s, records := range dump.Records {
		for _, r := range records {
			for _, text := range []string{stored.Token, stored.Unsent, stored.Latest} {
				public := text == stored.Latest && s == table.Timeline
				if bytes.Contains(r.Value, []byte(text)) && !public {
					t.Errorf("%q lies in plain in store %s at %x", text, s, r.Key)
				}
			}
		}
	}
}

// taken reads a disk as it is.
func taken(t *testing.T, disk *mem.Disk) storagetest.Dump {
	t.Helper()
	db, err := mem.Open(t.Context(), disk, table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dump, err := storagetest.Take(t.Context(), db, table.Schema())
	if err != nil {
		t.Fatal(err)
	}
	return dump
}

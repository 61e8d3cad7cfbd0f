package client

import (
	"context"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/seal"
)

// over returns a core over a disk, with keys from a browser that hands them
// out or not.
func over(t *testing.T, disk *mem.Disk, persistent bool, keys func(context.Context, string) (seal.Keys, error)) *Client {
	t.Helper()
	return New(t.Context(), Platform{
		OpenDatabase: func(ctx context.Context, _ string, schema storage.Schema) (Database, bool, error) {
			db, err := mem.Open(ctx, disk, schema, storage.Options{})
			return db, persistent, err
		},
		Keys:  keys,
		Clock: testClock{},
	})
}

// lived is a disk that was written with keys.
func lived(t *testing.T, k seal.Keys) *mem.Disk {
	t.Helper()
	disk := mem.NewDisk()
	c := over(t, disk, true, func(context.Context, string) (seal.Keys, error) { return k, nil })
	if _, err := c.Open(t.Context(), api.OpenParams{Store: "s"}); err != nil {
		t.Fatal(err)
	}
	c.account.inhabit(t)
	c.account.take(t, "", `{"next_batch":"1","rooms":{"join":{"!r":{}}}}`)
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return disk
}

func TestKeys(t *testing.T) {
	mine, others := seal.Keys{Protected: true}, seal.Keys{Data: [seal.KeySize]byte{1}}
	for _, test := range []struct {
		name   string
		keys   seal.Keys
		err    error
		status api.StorageStatus
	}{
		{"protected", mine, nil, api.StorageStatus{Open: true, Protected: true}},
		{"bare", seal.Keys{}, nil, api.StorageStatus{Open: true}},
		{"not handed out", mine, fmt.Errorf("%w: UnknownError", ErrKeys), api.StorageStatus{Error: &api.Error{Code: api.StorageKeys}}},
		{"lost", mine, seal.ErrKey, api.StorageStatus{Error: &api.Error{Code: api.StorageWiped}}},
		{"of something else", others, nil, api.StorageStatus{Error: &api.Error{Code: api.StorageWiped}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			disk := lived(t, mine)
			c := over(t, disk, true, func(_ context.Context, name string) (seal.Keys, error) {
				if name != "alcove:s" {
					t.Errorf("keys of %q are asked for", name)
				}
				return test.keys, test.err
			})
			s, err := c.Open(t.Context(), api.OpenParams{Store: "s"})
			got, want := c.storage.Get(), test.status
			if want.Error != nil {
				lost := s.State == api.StorageLost
				if got.Error == nil || got.Error.Code != want.Error.Code || lost != (got.Error.Code == api.StorageWiped) || lost != (err == nil) {
					t.Fatalf("%+v, %+v, %v", got, s, err)
				}
				return
			}
			got.Sentinel = ""
			if err != nil || got != want || c.account.ledger.Room("!r") == nil {
				t.Fatalf("%+v, %v", got, err)
			}
		})
	}
}

// TestKeysInMemory: what lives in memory needs no keys of the browser's, and
// can be opened again for as long as the core lives.
func TestKeysInMemory(t *testing.T) {
	disk := mem.NewDisk()
	for _, keys := range []func(context.Context, string) (seal.Keys, error){
		nil,
		func(context.Context, string) (seal.Keys, error) { return seal.Keys{Protected: true}, ErrKeys },
	} {
		disk.Wipe()
		c := over(t, disk, false, keys)
		for _, known := range []bool{false, true} {
			if _, err := c.Open(t.Context(), api.OpenParams{Store: "s"}); err != nil {
				t.Fatal(err)
			}
			if got := c.storage.Get(); got != (api.StorageStatus{Open: true, InMemory: true}) {
				t.Errorf("%+v", got)
			}
			if got := c.account.ledger.Room("!r") != nil; got != known {
				t.Errorf("the room is known: %v", got)
			}
			c.account.inhabit(t)
			c.account.take(t, "", `{"next_batch":"1","rooms":{"join":{"!r":{}}}}`)
			if err := c.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

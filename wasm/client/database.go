package client

import (
	"context"
	"crypto/rand"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/table"
)

// database is an account's database, unsealed and in its newest form.
type database struct {
	storage.DB
	raw    Database
	status api.StorageStatus
}

// openDatabase asks for the database and its keys at the same time. What lives
// in memory is sealed with keys that do so too.
func (c *Client) openDatabase(ctx context.Context, name string) (*database, error) {
	asked := c.askKeys(ctx, name)
	raw, persistent, err := c.platform.OpenDatabase(ctx, name, table.Schema())
	had := <-asked
	if err != nil {
		return nil, err
	}
	if !persistent {
		had = keysOrError{keys: c.volatile}
	}
	db, err := had.open(ctx, raw)
	if err != nil {
		_ = raw.Close(ctx)
		return nil, err
	}
	return &database{db, raw, api.StorageStatus{Open: true, InMemory: !persistent, Protected: had.keys.Protected}}, nil
}

type keysOrError struct {
	keys seal.Keys
	err  error
}

func (c *Client) askKeys(ctx context.Context, name string) <-chan keysOrError {
	asked := make(chan keysOrError, 1)
	if c.platform.Keys == nil {
		asked <- keysOrError{err: ErrKeys}
		return asked
	}
	go func() {
		keys, err := c.platform.Keys(ctx, name)
		asked <- keysOrError{keys, err}
	}()
	return asked
}

func (k keysOrError) open(ctx context.Context, raw storage.DB) (storage.DB, error) {
	if k.err != nil {
		return nil, k.err
	}
	return table.Open(ctx, raw, k.keys, rand.Reader)
}

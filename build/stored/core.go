package stored

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/client"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/seal"
)

// Open opens the database that a core is to work on.
type Open func(ctx context.Context, name string, schema storage.Schema) (client.Database, error)

// start starts a core on a database and opens it for a page.
func start(ctx context.Context, open Open, network homeserver.Transport) (*client.Page, error) {
	core := client.New(ctx, client.Platform{
		OpenDatabase: func(ctx context.Context, name string, schema storage.Schema) (client.Database, bool, error) {
			db, err := open(ctx, name, schema)
			return db, true, err
		},
		Keys:           func(context.Context, string) (seal.Keys, error) { return Keys, nil },
		DeleteDatabase: func(context.Context, string) error { return nil },
		Network:        homeserver.Network{Transport: network},
		Clock:          clock{},
	})
	page := core.Attach()
	_, err := page.Open(ctx, api.OpenParams{Store: "stored"})
	return page, err
}

// end ends a core with its page.
func end(ctx context.Context, page *client.Page) error {
	page.Close()
	return page.Client.Close(ctx)
}

// clock waits as the system does, but its time stands still.
type clock struct{}

func (clock) Now() time.Time                         { return time.UnixMilli(now) }
func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }
func (clock) Jitter(time.Duration) time.Duration     { return 0 }

// first is the present state of a stream.
func first[T any](ctx context.Context, s api.Stream[T], err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	defer s.Close()
	return s.Next(ctx)
}

// list is the present state of a live list.
func list[T any](ctx context.Context, s api.Stream[api.ListUpdate[T]], err error) ([]T, error) {
	u, err := first(ctx, s, err)
	if err != nil || len(u.Ops) == 0 {
		return nil, err
	}
	return u.Ops[0].Items, nil
}

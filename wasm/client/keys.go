package client

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
)

// taking streams how far keys are taken in. What is in stays.
type taking = job[api.KeyProgress]

// takeKeys begins to take in the keys that find returns. It is told how far that
// is until then.
func (a *account) takeKeys(find func(context.Context, *taking) (*e2ee.Keys, error)) *taking {
	return begin(a, func(ctx context.Context, t *taking) error {
		keys, err := find(ctx, t)
		if err != nil {
			return err
		}
		return a.takeAll(ctx, keys, func(now e2ee.Taken) {
			t.progress.Set(api.KeyProgress{Done: now.Done, Total: keys.Len(), Better: now.Better, Bad: now.Garbled})
		})
	})
}

// takeAll takes in keys, a part a turn, and tells how far it is.
func (a *account) takeAll(ctx context.Context, keys *e2ee.Keys, tell func(e2ee.Taken)) error {
	for taken := (e2ee.Taken{}); ; {
		if tell(taken); taken.Done >= keys.Len() {
			return nil
		}
		err := a.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) (err error) {
			taken, err = w.TakeKeys(ctx, keys, taken)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// ImportKeys implements api.Client.
func (c *Client) ImportKeys(_ context.Context, p api.ImportKeysParams) (api.Stream[api.KeyProgress], error) {
	a, _, m, err := c.crypto()
	if err != nil {
		return nil, err
	}
	return a.takeKeys(func(ctx context.Context, _ *taking) (*e2ee.Keys, error) {
		return m.ReadExport(ctx, []byte(p.Text), p.Passphrase, c.derive())
	}), nil
}

// ExportKeys implements api.Client.
func (c *Client) ExportKeys(ctx context.Context, p api.KeyFilePassphrase) (api.KeyFile, error) {
	_, _, m, err := c.crypto()
	if err != nil {
		return api.KeyFile{}, err
	}
	if p.Passphrase == "" {
		return api.KeyFile{}, errBadParams
	}
	n := 0
	all := func(event.RoomID) bool { return true }
	file, err := m.Export(ctx, all, func(exported int) { n = exported }, p.Passphrase, c.derive())
	return api.KeyFile{Text: string(file), Keys: n}, err
}

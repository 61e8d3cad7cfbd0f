package client

import (
	"context"
	"errors"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
)

const (
	// maxBackup is how large a backup may be that is restored at once.
	maxBackup = 512 << 20
	// backupKeyPatience is how long another device may take to bring its key.
	backupKeyPatience = 30 * time.Second
)

// RestoreKeys implements api.Client.
func (c *Client) RestoreKeys(context.Context) (api.Stream[api.KeyProgress], error) {
	a, server, m, err := c.crypto()
	if err != nil {
		return nil, err
	}
	return a.takeKeys(func(ctx context.Context, t *taking) (*e2ee.Keys, error) {
		r, err := m.FetchBackup("")
		if errors.Is(err, e2ee.ErrNoSecret) {
			t.progress.Set(api.KeyProgress{Waiting: true})
			r, err = a.awaitBackupKey(ctx, m)
		}
		if err != nil {
			return nil, err
		}
		return downloadBackup(ctx, server, m, r)
	}), nil
}

func downloadBackup(ctx context.Context, server *homeserver.Client, m *e2ee.Machine, r *e2ee.Request) (*e2ee.Keys, error) {
	call := homeserver.Call{Name: string(r.Kind), Method: r.Method, Path: homeserver.V3(r.Path...), MaxBody: maxBackup}
	call.Query.SetIf("version", r.Version)
	body, err := server.Do(ctx, call)
	if err != nil {
		return nil, err
	}
	return m.KeysOfBackup(r, body)
}

// awaitBackupKey asks our user's other devices for the backup's key, and returns
// the request for what is in the backup once it is here.
func (a *account) awaitBackupKey(ctx context.Context, m *e2ee.Machine) (*e2ee.Request, error) {
	news, err := a.watch(ctx, func(c *ledger.Change) bool { return c.Crypto != nil })
	if err != nil {
		return nil, err
	}
	defer news.Close()
	if err := a.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) error { return w.AskSecrets(ctx) }); err != nil {
		return nil, err
	}
	late := a.client.platform.Clock.After(backupKeyPatience)
	for {
		r, missing := m.FetchBackup("")
		if !errors.Is(missing, e2ee.ErrNoSecret) {
			return r, missing
		}
		if coming, err := m.BackupKeyComing(ctx); err != nil || !coming {
			return nil, errors.Join(err, missing)
		}
		select {
		case <-news.dirty:
		case <-late:
			return nil, missing
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

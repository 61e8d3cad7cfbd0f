package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/homeserver"
)

// maxBackup is how large a backup may be that is restored at once.
const maxBackup = 512 << 20

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
func (a *account) awaitBackupKey(ctx context.Context, m *e2ee.Machine) (r *e2ee.Request, err error) {
	if err := a.cryptoTurn(ctx, func(ctx context.Context, w *e2ee.Work) error { return w.AskSecrets(ctx) }); err != nil {
		return nil, err
	}
	err = a.untilHeard(ctx, func() (done bool, err error) {
		if r, err = m.FetchBackup(""); !errors.Is(err, e2ee.ErrNoSecret) {
			return true, err
		}
		coming, readErr := m.BackupKeyComing(ctx)
		if readErr != nil || !coming {
			return true, errors.Join(readErr, err)
		}
		return false, nil
	})
	if errors.Is(err, homeserver.ErrTimeout) {
		err = e2ee.ErrNoSecret
	}
	return r, err
}

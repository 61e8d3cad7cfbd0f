package client

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/syncer"
	"github.com/alcove-chat/alcove/wasm/table"
)

// startCrypto opens the encryption machine. What is kept in memory alone gets
// none: its keys would be gone with the page, and with them what others wrote to
// this device.
func (a *account) startCrypto(s *table.Session) error {
	if a.status.InMemory {
		return nil
	}
	p := e2ee.Platform{Random: rand.Reader, Now: a.client.platform.Clock.Now}
	return a.ledger.StartCrypto(a.ctx, p, s)
}

// runCourier carries what the encryption machine asks until the account or its
// session ends.
func (a *account) runCourier(ctx context.Context, server *homeserver.Client) {
	for ctx.Err() == nil {
		err := a.courier.Run(ctx, server.Once())
		if ctx.Err() == nil && homeserver.EndsSession(err) {
			a.sessionEnded(err)
		}
		if !errors.Is(err, storage.ErrQuota) {
			return
		}
		a.waitForRoom(ctx)
	}
}

// followKeys opens what keys that come late open, until the account or its session
// ends.
func (a *account) followKeys(ctx context.Context) {
	for ctx.Err() == nil {
		if err := syncer.FollowKeys(ctx, a.ledger); !errors.Is(err, storage.ErrQuota) {
			return
		}
		a.waitForRoom(ctx)
	}
}

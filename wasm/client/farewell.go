package client

import (
	"context"
	"errors"
	"time"

	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/table"
)

// logoutPatience is how long a logout waits for the server.
const logoutPatience = 5 * time.Second

// revoke ends a session on the server, as far as it can be reached.
func (c *Client) revoke(ctx context.Context, server *homeserver.Client) error {
	ctx, cancel := context.WithTimeout(ctx, logoutPatience)
	defer cancel()
	return server.Once().Logout(ctx)
}

func (c *Client) revokeStored(ctx context.Context, s *table.Session) error {
	server, err := c.platform.Network.Client(s.Homeserver, s.Token)
	if err != nil {
		return err
	}
	return c.revoke(ctx, server)
}

// farewell finishes a logout that was cut off after nothing of the account was
// left and before the server knew. It returns when that is done; the next start
// tries again where it could not be.
func (a *account) farewell() {
	a.parting.Lock()
	defer a.parting.Unlock()
	s := a.ledger.Farewell()
	if s == nil {
		return
	}
	if err := a.client.revokeStored(a.ctx, s); err == nil || errors.Is(err, homeserver.ErrUnknownToken) {
		_ = a.ledger.ForgetFarewell(a.ctx)
	}
}

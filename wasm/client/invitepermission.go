package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// invitePermission streams api.InvitePermission.
type invitePermission struct {
	*watcher
	last *api.InvitePermission
}

func touchesInvitePermission(c *ledger.Change) bool { return c.InvitePermission }

// InvitePermission implements api.Client.
func (c *Client) InvitePermission(ctx context.Context) (api.Stream[api.InvitePermission], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	w, err := a.watch(ctx, touchesInvitePermission)
	if err != nil {
		return nil, err
	}
	return &invitePermission{watcher: w}, nil
}

// Next implements api.Stream.
func (i *invitePermission) Next(ctx context.Context) (now api.InvitePermission, err error) {
	for {
		if err = i.wait(ctx); err == nil {
			now, err = i.account.invitePermission(ctx)
		}
		if err != nil {
			return now, err
		}
		if i.last == nil || *i.last != now {
			i.last = &now
			return now, nil
		}
	}
}

// invitePermission returns what the server said last.
func (a *account) invitePermission(ctx context.Context) (api.InvitePermission, error) {
	content, err := a.ledger.ReadAccountData(ctx, nil, event.InvitePermissionConfig)
	if errors.Is(err, table.ErrGarbled) {
		err = nil // the next opening asks for it again
	}
	return api.InvitePermission{Block: blocksInvites(content)}, err
}

// SetInvitePermission implements api.Client.
func (c *Client) SetInvitePermission(ctx context.Context, p api.InvitePermission) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	err = a.editAccountData(ctx, server, event.InvitePermissionConfig, func(now scan.Value) (scan.Value, bool) { return withInvitePermission(now, p) })
	if err == nil {
		a.awaitChange(ctx, touchesInvitePermission, func() bool {
			now, readErr := a.invitePermission(ctx)
			return readErr != nil || now == p
		})
	}
	return err
}

const defaultAction = "default_action"

// blocksInvites reads m.invite_permission_config: whatever it does not say, or says
// in words of a later version, is no block (spec: invite permission).
func blocksInvites(config scan.Value) bool { return config.Get(defaultAction).Text() == "block" }

// withInvitePermission returns m.invite_permission_config that blocks or does not.
// Other members stay as they are.
func withInvitePermission(now scan.Value, p api.InvitePermission) (next scan.Value, changed bool) {
	var action scan.Value
	if p.Block {
		action = scan.Value(`"block"`)
	}
	return now.With(defaultAction, action), blocksInvites(now) != p.Block
}

package client

import (
	"context"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// ignored streams api.Ignored.
type ignored struct {
	*watcher
	last *api.Ignored
}

// Ignored implements api.Client.
func (c *Client) Ignored(ctx context.Context) (api.Stream[api.Ignored], error) {
	a, err := c.inhabited()
	if err != nil {
		return nil, err
	}
	w, err := a.watch(ctx, func(c *ledger.Change) bool { return c.Ignored != nil })
	if err != nil {
		return nil, err
	}
	return &ignored{watcher: w}, nil
}

// Next implements api.Stream.
func (i *ignored) Next(ctx context.Context) (api.Ignored, error) {
	for {
		if err := i.wait(ctx); err != nil {
			return api.Ignored{}, err
		}
		now := api.Ignored{Users: i.account.ledger.IgnoredUsers()}
		if i.last == nil || !slices.Equal(i.last.Users, now.Users) {
			i.last = &now
			return now, nil
		}
	}
}

// SetIgnored implements api.Client.
func (c *Client) SetIgnored(ctx context.Context, p api.SetIgnoredParams) error {
	a, server, err := c.signedIn()
	if err != nil {
		return err
	}
	if p.UserID == "" || p.UserID == a.ledger.Me() {
		return errBadParams // nobody could read their own messages any more
	}
	err = a.editAccountData(ctx, server, event.IgnoredUsers, func(now scan.Value) (scan.Value, bool) { return withIgnored(now, p) })
	if err == nil {
		a.awaitChange(ctx, func(c *ledger.Change) bool { return c.Ignored != nil }, func() bool {
			return slices.Contains(a.ledger.IgnoredUsers(), p.UserID) == p.Ignored
		})
	}
	return err
}

// withIgnored returns m.ignored_user_list with or without a user. Other members, of
// the list too, stay as they are.
func withIgnored(now scan.Value, p api.SetIgnoredParams) (next scan.Value, changed bool) {
	const list = "ignored_users"
	users, user := now.Get(list), string(p.UserID)
	var how scan.Value
	if p.Ignored {
		how = scan.Value(`{}`)
	}
	return now.With(list, users.With(user, how)), users.Get(user).Exists() != p.Ignored
}

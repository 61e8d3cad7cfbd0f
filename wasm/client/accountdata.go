package client

import (
	"context"
	"errors"

	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// editAccountData changes a piece of the user's account data. Account data has no
// compare-and-set, so the server's present value is read right before it is
// written, one piece at a time (FEATURES B-19, D-28). edit says whether it changed
// anything.
func (a *account) editAccountData(ctx context.Context, server *homeserver.Client, kind string, edit func(now scan.Value) (next scan.Value, changed bool)) error {
	if err := a.edits.take(ctx); err != nil {
		return err
	}
	defer a.edits.end()
	me := a.ledger.Me()
	now, err := server.AccountData(ctx, me, "", kind)
	if err != nil && !errors.Is(err, homeserver.ErrNotFound) {
		return err
	}
	next, changed := edit(now)
	if !changed {
		return nil
	}
	return server.SetAccountData(ctx, me, "", kind, next)
}

// awaitChange returns when something is so, now or after a change that touches it, or
// after a while.
func (a *account) awaitChange(ctx context.Context, touches func(*ledger.Change) bool, is func() bool) {
	ctx, cancel := context.WithTimeout(ctx, arrival)
	defer cancel()
	news, err := a.watch(ctx, touches)
	if err != nil {
		return
	}
	defer news.Close()
	for news.wait(ctx) == nil && !is() {
	}
}

package client

import (
	"context"
	"time"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/view"
)

// remakeAgain is the longest pause before a list is made again that could not be.
const remakeAgain = 30 * time.Second

// remade streams a list that is made anew whenever something happened that may
// change it.
type remade[T any] struct {
	*watcher
	list *view.List[T]
	sub  *view.Sub[T]
	// follow ends with the stream or the account.
	follow context.Context
	cancel context.CancelFunc
}

// remake has the list made for the first time, and again until the stream is
// closed or make fails for good; while it fails for now, the list stays as it is.
// The watcher is the stream's from then on.
func remake[T any](ctx context.Context, w *watcher, list *view.List[T], window view.Window, make func(context.Context) ([]T, error)) (*remade[T], error) {
	first, err := make(ctx)
	if err != nil {
		w.Close()
		return nil, err
	}
	r := &remade[T]{watcher: w, list: list}
	r.replace(first)
	r.sub = list.Subscribe(window)
	r.follow, r.cancel = context.WithCancel(w.account.ctx)
	w.account.work.Go(func() {
		defer list.Close()
		for w.wait(r.follow) == nil && r.renew(make) {
		}
	})
	return r, nil
}

// renew makes the list anew, and reports false once that will not succeed any more.
func (r *remade[T]) renew(make func(context.Context) ([]T, error)) bool {
	backoff := homeserver.NewBackoff(r.account.client.platform.Clock, remakeAgain)
	for {
		all, err := make(r.follow)
		if err == nil {
			r.replace(all)
			return true
		}
		if !homeserver.MayPass(err) {
			return false
		}
		select {
		case <-backoff.After(err):
		case <-r.follow.Done():
			return false
		}
	}
}

func (r *remade[T]) replace(all []T) { r.list.Edit(func(tx *view.Tx[T]) { tx.Replace(all) }) }

// Next implements api.Stream.
func (r *remade[T]) Next(ctx context.Context) (api.ListUpdate[T], error) { return r.sub.Next(ctx) }

// Close implements api.Stream.
func (r *remade[T]) Close() {
	r.cancel()
	r.watcher.Close()
	r.sub.Close()
}

package client

import (
	"context"
	"io"

	"github.com/alcove-chat/alcove/wasm/view"
)

// job streams how far something is that takes a while. It goes on until it is through
// or the stream is closed.
type job[T comparable] struct {
	progress *view.Value[T]
	reader   *view.Reader[T]
	cancel   context.CancelFunc
	done     chan struct{}
	err      error // once done
}

// begin lets the account do a job.
func begin[T comparable](a *account, run func(context.Context, *job[T]) error) *job[T] {
	ctx, cancel := context.WithCancel(a.ctx)
	var zero T
	j := &job[T]{
		progress: view.NewValue(zero, func(a, b T) bool { return a == b }),
		cancel:   cancel, done: make(chan struct{}),
	}
	j.reader = j.progress.Subscribe()
	a.work.Go(func() {
		defer cancel()
		defer j.progress.Close()
		defer close(j.done)
		j.err = run(ctx, j)
	})
	return j
}

// Next implements api.Stream.
func (j *job[T]) Next(ctx context.Context) (T, error) {
	p, err := j.reader.Next(ctx)
	if err == io.EOF {
		<-j.done
		if j.err != nil {
			return p, j.err
		}
	}
	return p, err
}

// Close implements api.Stream.
func (j *job[T]) Close() {
	j.cancel()
	j.reader.Close()
}

package rpc

import (
	"context"
	"sync"
)

// windowSize is how many updates of a stream may be on their way. More than
// one hides the time that an acknowledgement takes; few keep updates squashing
// in their source.
const windowSize = 4

// window counts a stream's updates.
type window struct {
	mu           sync.Mutex
	count, acked int64
	moved        chan struct{}
}

func newWindow() window { return window{moved: make(chan struct{}, 1)} }

// wait returns when another update may be sent.
func (w *window) wait(ctx context.Context) error {
	for !w.open() {
		select {
		case <-w.moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

func (w *window) open() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count-w.acked < windowSize
}

// upcoming is the number of the next update.
func (w *window) upcoming() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count + 1
}

func (w *window) sent() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
}

// ack notes that the page has taken in all up to seq. One that goes back, or
// beyond what was sent, means nothing.
func (w *window) ack(seq int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if seq <= w.acked || seq > w.count {
		return
	}
	w.acked = seq
	select {
	case w.moved <- struct{}{}:
	default:
	}
}

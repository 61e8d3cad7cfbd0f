package storage

import "sync"

// watch is a chain of two timers that can be stopped at any moment.
type watch struct {
	mu      sync.Mutex
	stopped bool
	second  bool
	cancel  func()
}

// set remembers how to stop the first timer, which may already have fired.
func (w *watch) set(cancel func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.second {
		w.cancel = cancel
	}
}

// start replaces the first timer by the second.
func (w *watch) start(timer func() func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.second = true
	if !w.stopped {
		w.cancel = timer()
	}
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	if w.cancel != nil {
		w.cancel()
	}
}

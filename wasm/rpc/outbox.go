package rpc

import "sync"

// outbox hands frames to the transport in the order in which they were put. It
// needs no limit: a call adds one answer and a stream at most windowSize updates.
type outbox struct {
	mu     sync.Mutex
	frames [][]byte
	closed bool
	more   chan struct{}
	done   chan struct{}
}

func newOutbox() *outbox {
	return &outbox{more: make(chan struct{}, 1), done: make(chan struct{})}
}

// put never blocks. Nothing may be put after close.
func (o *outbox) put(frame []byte) {
	o.mu.Lock()
	o.frames = append(o.frames, frame)
	o.mu.Unlock()
	o.wake()
}

// close waits until all frames are sent.
func (o *outbox) close() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.wake()
	<-o.done
}

func (o *outbox) wake() {
	select {
	case o.more <- struct{}{}:
	default:
	}
}

func (o *outbox) run(send func([]byte)) {
	defer close(o.done)
	for range o.more {
		frames, closed := o.take()
		for _, f := range frames {
			send(f)
		}
		if closed {
			return
		}
	}
}

func (o *outbox) take() (frames [][]byte, closed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	frames, o.frames = o.frames, nil
	return frames, o.closed
}

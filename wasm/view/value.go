package view

import (
	"context"
	"io"
	"sync"
)

// Value is one live value. All methods may be called from any goroutine.
type Value[T any] struct {
	equal func(a, b T) bool

	mu      sync.Mutex
	value   T
	version uint64
	changed chan struct{} // closed at the next change
	closed  bool
}

// NewValue returns a live value. equal reports whether a reader would see no
// difference.
func NewValue[T any](value T, equal func(a, b T) bool) *Value[T] {
	return &Value[T]{equal: equal, value: value, version: 1, changed: make(chan struct{})}
}

// Get returns the value.
func (v *Value[T]) Get() T {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.value
}

// Set changes the value.
func (v *Value[T]) Set(value T) { v.Update(func(T) T { return value }) }

// Update makes a new value of the present one. fn must not use v.
func (v *Value[T]) Update(fn func(T) T) {
	v.mu.Lock()
	defer v.mu.Unlock()
	value := fn(v.value)
	if v.closed || v.equal(v.value, value) {
		return
	}
	v.value = value
	v.version++
	v.wake()
}

// Close ends all streams with io.EOF.
func (v *Value[T]) Close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.closed {
		v.closed = true
		v.wake()
	}
}

func (v *Value[T]) wake() {
	close(v.changed)
	v.changed = make(chan struct{})
}

// Subscribe starts a reader, an api.Stream.
func (v *Value[T]) Subscribe() *Reader[T] { return &Reader[T]{value: v, ended: make(chan struct{})} }

// Reader is one reader of a value.
type Reader[T any] struct {
	value *Value[T]
	seen  uint64
	end   sync.Once
	ended chan struct{}
}

// Next returns the value, the first time at once and then whenever it is
// another than the last one returned.
func (r *Reader[T]) Next(ctx context.Context) (value T, err error) {
	for {
		v := r.value
		v.mu.Lock()
		now, version, changed, closed := v.value, v.version, v.changed, v.closed
		v.mu.Unlock()
		if version != r.seen && ctx.Err() == nil {
			r.seen = version
			return now, nil
		}
		if closed {
			return value, io.EOF
		}
		select {
		case <-changed:
		case <-r.ended:
			return value, io.EOF
		case <-ctx.Done():
			return value, ctx.Err()
		}
	}
}

// Close ends the subscription.
func (r *Reader[T]) Close() { r.end.Do(func() { close(r.ended) }) }

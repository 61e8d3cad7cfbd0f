package e2ee

import (
	"container/list"
	"sync"
)

// recent keeps what was used last, up to limit.
type recent[K comparable, V any] struct {
	limit int

	mu    sync.Mutex
	byKey map[K]*list.Element
	order list.List // of *recentThing[K, V], the last used first
}

type recentThing[K comparable, V any] struct {
	key   K
	value V
}

// get returns a thing, which stays.
func (r *recent[K, V]) get(k K) (value V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.byKey[k]
	if e == nil {
		return value, false
	}
	r.order.MoveToFront(e)
	return e.Value.(*recentThing[K, V]).value, true
}

// take returns a thing that the caller has alone until giving it back.
func (r *recent[K, V]) take(k K) (value V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.byKey[k]
	if e == nil {
		return value, false
	}
	delete(r.byKey, k)
	return r.order.Remove(e).(*recentThing[K, V]).value, true
}

// give keeps a thing, in place of the one with the same key.
func (r *recent[K, V]) give(k K, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byKey == nil {
		r.byKey = map[K]*list.Element{}
	}
	if e := r.byKey[k]; e != nil {
		r.order.Remove(e)
	}
	r.byKey[k] = r.order.PushFront(&recentThing[K, V]{k, value})
	if r.order.Len() > r.limit {
		oldest := r.order.Remove(r.order.Back()).(*recentThing[K, V])
		delete(r.byKey, oldest.key)
	}
}

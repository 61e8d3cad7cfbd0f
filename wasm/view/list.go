// Package view holds live lists and values that a page follows.
//
// Its law: a reader who applies every update it pulls has what the list has,
// however slow it is and whatever happened in between; and the work for a
// change grows with the change, not with the list.
//
// It does not know what the items are.
package view

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/api"
)

// List is an ordered list of items with keys. All methods may be called from
// any goroutine.
type List[T any] struct {
	core *core[*T]
}

// NewList returns an empty list. Keys tell items apart; they should be unique,
// and where they are not, updates are larger than needed but right. equal
// reports whether a reader would see no difference.
func NewList[T any](key func(*T) string, equal func(a, b *T) bool) *List[T] {
	return &List[T]{&core[*T]{key: key, equal: equal, subs: map[*sub[*T]]bool{}}}
}

// Edit changes the list. Readers see all that fn does as one change. fn must
// not use the list itself, nor keep tx.
func (l *List[T]) Edit(fn func(tx *Tx[T])) {
	l.core.mu.Lock()
	defer l.core.mu.Unlock()
	tx := &Tx[T]{l.core}
	fn(tx)
	tx.core = nil
	l.core.notify()
}

// Snapshot returns a copy of the items.
func (l *List[T]) Snapshot() []T {
	l.core.mu.Lock()
	defer l.core.mu.Unlock()
	return values(l.core.items)
}

// Close ends all streams with io.EOF.
func (l *List[T]) Close() {
	l.core.mu.Lock()
	defer l.core.mu.Unlock()
	l.core.closed = true
	l.core.notify()
}

// Tx is the list within Edit.
type Tx[T any] struct {
	core *core[*T]
}

// Len returns the number of items.
func (tx *Tx[T]) Len() int { return len(tx.core.items) }

// At returns the item at i, which must be in the list. It must not be changed.
func (tx *Tx[T]) At(i int) *T { return tx.core.items[i] }

// Set replaces the item at i, which must be in the list.
func (tx *Tx[T]) Set(i int, item T) {
	if !tx.core.same(i, &item) {
		tx.core.splice(i, 1, []*T{&item})
	}
}

// Splice removes n items at i and puts others there; a range that exceeds the
// list is cut to it.
func (tx *Tx[T]) Splice(i, n int, items ...T) { tx.core.splice(i, n, pointers(items)) }

// Replace makes items the whole list; readers get what differs.
func (tx *Tx[T]) Replace(items []T) { tx.Splice(0, tx.Len(), items...) }

// Sub is one reader of a list, an api.Stream.
type Sub[T any] struct {
	sub *sub[*T]
}

// Subscribe starts a reader. Close must be called.
func (l *List[T]) Subscribe(w Window) *Sub[T] { return &Sub[T]{l.core.subscribe(w)} }

// SetWindow changes what the reader sees.
func (s *Sub[T]) SetWindow(w Window) { s.sub.setWindow(w) }

// Close ends the subscription.
func (s *Sub[T]) Close() { s.sub.close() }

// Next waits for something that the reader does not have and returns all of
// it. The first answer is the whole window. io.EOF says that the list is
// closed.
func (s *Sub[T]) Next(ctx context.Context) (api.ListUpdate[T], error) {
	ops, total, err := s.sub.next(ctx)
	if err != nil {
		return api.ListUpdate[T]{}, err
	}
	u := api.ListUpdate[T]{Ops: make([]api.Op[T], len(ops)), Total: total}
	for i, o := range ops {
		u.Ops[i] = api.Op[T]{Op: o.kind, Index: o.index, Item: o.item}
		if o.kind == api.OpReset {
			u.Ops[i].Items = values(o.items)
		}
	}
	return u, nil
}

func values[T any](items []*T) []T {
	out := make([]T, len(items))
	for i, item := range items {
		out[i] = *item
	}
	return out
}

// pointers gives each item memory of its own, so that one that stays does not
// keep those that came with it.
func pointers[T any](items []T) []*T {
	out := make([]*T, len(items))
	for i := range items {
		item := items[i]
		out[i] = &item
	}
	return out
}

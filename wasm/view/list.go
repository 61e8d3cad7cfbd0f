// Package view holds live lists and values that a page follows.
//
// Its law: a reader who applies every update it pulls has what the list has,
// however slow it is and whatever happened in between; and the work for a
// change grows with the change, not with the list.
//
// It does not know what the items are.
package view

import (
	"slices"
	"sync"
)

// List is an ordered list of items with keys. All methods may be called from
// any goroutine.
type List[T any] struct {
	key   func(*T) string
	equal func(a, b *T) bool

	mu     sync.Mutex
	items  []T
	subs   map[*Sub[T]]bool
	closed bool
}

// NewList returns an empty list. Keys tell items apart; they should be unique,
// and where they are not, updates are larger than needed but right. equal
// reports whether a reader would see no difference.
func NewList[T any](key func(*T) string, equal func(a, b *T) bool) *List[T] {
	return &List[T]{key: key, equal: equal, subs: map[*Sub[T]]bool{}}
}

// Edit changes the list. Readers see all that fn does as one change. fn must
// not use the list itself, nor keep tx.
func (l *List[T]) Edit(fn func(tx *Tx[T])) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tx := &Tx[T]{list: l}
	fn(tx)
	tx.list = nil
	for s := range l.subs {
		s.notify()
	}
}

// Snapshot returns a copy of the items.
func (l *List[T]) Snapshot() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.items)
}

// Close ends all streams with io.EOF.
func (l *List[T]) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for s := range l.subs {
		s.notify()
	}
}

// Tx is the list within Edit.
type Tx[T any] struct {
	list *List[T]
}

// Len returns the number of items.
func (tx *Tx[T]) Len() int { return len(tx.list.items) }

// At returns the item at i, which must be in the list.
func (tx *Tx[T]) At(i int) *T {
	item := tx.list.items[i]
	return &item
}

// Set replaces the item at i, which must be in the list.
func (tx *Tx[T]) Set(i int, item T) {
	if tx.same(i, &item) {
		return
	}
	tx.Splice(i, 1, item)
}

// Splice removes n items at i and puts others there; a range that exceeds the
// list is cut to it.
func (tx *Tx[T]) Splice(i, n int, items ...T) {
	l := tx.list
	i = max(0, min(i, len(l.items)))
	n = max(0, min(n, len(l.items)-i))
	for n > 0 && len(items) > 0 && tx.same(i, &items[0]) {
		i, n, items = i+1, n-1, items[1:]
	}
	for n > 0 && len(items) > 0 && tx.same(i+n-1, &items[len(items)-1]) {
		n, items = n-1, items[:len(items)-1]
	}
	if n == 0 && len(items) == 0 {
		return
	}
	for s := range l.subs {
		s.record(l.items, i, n, len(items))
	}
	l.items = slices.Replace(l.items, i, i+n, items...)
	for s := range l.subs {
		s.compact()
	}
}

// Replace makes items the whole list; readers get what differs.
func (tx *Tx[T]) Replace(items []T) { tx.Splice(0, tx.Len(), items...) }

func (tx *Tx[T]) same(i int, item *T) bool {
	have := &tx.list.items[i]
	return tx.list.key(have) == tx.list.key(item) && tx.list.equal(have, item)
}

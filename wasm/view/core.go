package view

import (
	"slices"
	"sync"

	"github.com/alcove-chat/alcove/wasm/api"
)

// core is a list of P, a pointer to an item that never changes. Go makes the
// code of a generic type once for all pointers, but anew for each struct: List
// is a thin coat around it, and the code for three kinds of items is there once.
type core[P any] struct {
	key   func(P) string
	equal func(a, b P) bool

	mu     sync.Mutex
	items  []P
	subs   map[*sub[P]]bool
	closed bool
}

// op is an api.Op.
type op[P any] struct {
	kind  api.OpKind
	index int
	item  P
	items []P
}

func (l *core[P]) notify() {
	for s := range l.subs {
		s.notify()
	}
}

func (l *core[P]) splice(i, n int, items []P) {
	i = max(0, min(i, len(l.items)))
	n = max(0, min(n, len(l.items)-i))
	for n > 0 && len(items) > 0 && l.same(i, items[0]) {
		i, n, items = i+1, n-1, items[1:]
	}
	for n > 0 && len(items) > 0 && l.same(i+n-1, items[len(items)-1]) {
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

func (l *core[P]) same(i int, item P) bool {
	have := l.items[i]
	return l.key(have) == l.key(item) && l.equal(have, item)
}

//go:build !js

package client_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
)

// until pulls a stream until an update is as wanted.
func until[T any](t *testing.T, s api.Stream[T], err error, good func(T) bool) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var last T
	for {
		v, err := s.Next(ctx)
		if err != nil {
			t.Fatalf("%v; last %+v", err, last)
		}
		if last = v; good(v) {
			return v
		}
	}
}

// list follows a live list as a page does.
type list[T any] struct {
	api.Stream[api.ListUpdate[T]]
	t      *testing.T
	key    func(*T) string
	items  []T
	heard  bool
	closed bool
}

func follow[T any](t *testing.T, s api.Stream[api.ListUpdate[T]], err error, key func(*T) string) *list[T] {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	l := &list[T]{Stream: s, t: t, key: key}
	t.Cleanup(l.close)
	return l
}

func (l *list[T]) close() {
	if !l.closed {
		l.closed = true
		l.Close()
	}
}

// until takes updates, one at least, until the list is as wanted.
func (l *list[T]) until(good func([]T) bool) []T {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	for !l.heard || !good(l.items) {
		u, err := l.Next(ctx)
		if err != nil {
			seen, _ := json.Marshal(l.items)
			l.t.Fatalf("%v; the list is %s", err, seen)
		}
		l.heard = true
		for _, op := range u.Ops {
			l.apply(op)
		}
		l.checkKeys()
	}
	return l.items
}

func (l *list[T]) apply(op api.Op[T]) {
	switch op.Op {
	case api.OpReset:
		l.items = slices.Clone(op.Items)
	case api.OpInsert:
		l.items = slices.Insert(l.items, op.Index, *op.Item)
	case api.OpSet:
		l.items[op.Index] = *op.Item
	case api.OpRemove:
		l.items = slices.Delete(l.items, op.Index, op.Index+1)
	}
}

func (l *list[T]) checkKeys() {
	l.t.Helper()
	seen := map[string]bool{}
	for i := range l.items {
		key := l.key(&l.items[i])
		if seen[key] {
			l.t.Fatalf("key %q is there twice: %+v", key, l.items)
		}
		seen[key] = true
	}
}

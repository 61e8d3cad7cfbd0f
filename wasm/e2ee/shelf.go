package e2ee

import (
	"context"
	"fmt"

	"github.com/alcove-chat/alcove/storage"
)

// shelf holds records of one store for one Work: those that it asked for, as
// they were stored or as it changed them.
type shelf[K comparable, V any] struct {
	store  storage.Store
	key    func(K) []byte
	decode func([]byte) (V, error)
	encode func(V) []byte
	// memory is what is stored of the records that were used last, nil for none.
	memory *recent[K, stored[V]]

	slots  map[K]*slot[V]
	wanted []K
}

type slot[V any] struct {
	value   V
	there   bool
	fetched bool
	changed bool
}

// stored is a record as it is stored: it may not be there.
type stored[V any] struct {
	value V
	there bool
}

// keeper is a shelf of any kind.
type keeper interface {
	query() (storage.Query, bool)
	take(storage.Result)
	write(*storage.Batch)
	remember()
}

// want names a record that get or has will be asked for after the next fetch.
func (s *shelf[K, V]) want(keys ...K) {
	if s.slots == nil {
		s.slots = map[K]*slot[V]{}
	}
	for _, k := range keys {
		if s.slots[k] != nil {
			continue
		}
		if known, ok := s.recall(k); ok {
			s.slots[k] = &slot[V]{value: known.value, there: known.there, fetched: true}
			continue
		}
		s.slots[k] = &slot[V]{}
		s.wanted = append(s.wanted, k)
	}
}

// get returns a record that was wanted and fetched, or put. It must not be
// changed, but put anew.
func (s *shelf[K, V]) get(k K) (value V, there bool) {
	if one := s.slots[k]; one != nil {
		return one.value, one.there
	}
	return value, false
}

// changed reports whether a record was put.
func (s *shelf[K, V]) changed(k K) bool { return s.slots[k] != nil && s.slots[k].changed }

func (s *shelf[K, V]) anyChanged() bool {
	for _, one := range s.slots {
		if one.changed {
			return true
		}
	}
	return false
}

func (s *shelf[K, V]) put(k K, value V) {
	s.want(k)
	one := s.slots[k]
	one.value, one.there, one.changed, one.fetched = value, true, true, true
}

func (s *shelf[K, V]) query() (q storage.Query, any bool) {
	var keys [][]byte
	for _, k := range s.wanted {
		keys = append(keys, s.key(k))
	}
	return storage.Get(s.store, keys...), len(keys) > 0
}

// take keeps what was read. A garbled record is as good as none: it is written
// anew when what it was about comes again.
func (s *shelf[K, V]) take(records storage.Result) {
	for i, k := range s.wanted {
		one := s.slots[k]
		if one.fetched {
			continue // put before it was read
		}
		one.fetched = true
		if records[i].Value == nil {
			continue
		}
		value, err := s.decode(records[i].Value)
		one.value, one.there = value, err == nil
	}
	s.wanted = nil
}

func (s *shelf[K, V]) write(b *storage.Batch) {
	for k, one := range s.slots {
		if one.changed {
			b.Put(s.store, s.key(k), s.encode(one.value))
		}
	}
}

func (s *shelf[K, V]) recall(k K) (known stored[V], ok bool) {
	if s.memory == nil {
		return known, false
	}
	return s.memory.get(k)
}

// remember has the next Work need no read for what this one had. It must be of a
// Work that was committed: any other may have read what is changed meanwhile.
func (s *shelf[K, V]) remember() {
	if s.memory == nil {
		return
	}
	for k, one := range s.slots {
		if one.fetched {
			s.memory.give(k, stored[V]{one.value, one.there})
		}
	}
}

// fetch reads what all shelves want, in one read.
func (w *Work) fetch(ctx context.Context) error {
	var queries []storage.Query
	var ask []keeper
	for _, k := range w.keepers() {
		if q, any := k.query(); any {
			queries, ask = append(queries, q), append(ask, k)
		}
	}
	if len(queries) == 0 {
		return nil
	}
	results, err := w.m.reader.Read(ctx, queries...)
	if err != nil {
		return fmt.Errorf("read for encryption: %w", err)
	}
	for i, k := range ask {
		k.take(results[i])
	}
	return nil
}

package mem

import (
	"bytes"
	"slices"

	"github.com/alcove-chat/alcove/storage"
)

// table is one store: records sorted by key. Its bytes are its own and never
// change once stored, so undoing a change needs no copies.
type table []storage.Record

func (t table) find(key []byte) (int, bool) {
	return slices.BinarySearchFunc(t, key, func(r storage.Record, k []byte) int { return bytes.Compare(r.Key, k) })
}

// span returns the indexes of the records with low <= key < high.
func (t table) span(low, high []byte) (int, int) {
	from, _ := t.find(low)
	if high == nil {
		return from, len(t)
	}
	to, _ := t.find(high)
	return from, max(from, to)
}

// set stores r, or removes its key where the value is nil, and returns what
// was there before in the same form.
func (t *table) set(r storage.Record) storage.Record {
	i, found := t.find(r.Key)
	before := storage.Record{Key: r.Key}
	if found {
		before = (*t)[i]
	}
	switch {
	case r.Value == nil && found:
		*t = slices.Delete(*t, i, i+1)
	case r.Value == nil:
	case found:
		(*t)[i] = r
	default:
		*t = slices.Insert(*t, i, r)
	}
	return before
}

// answer copies the records that q asks for.
func (t table) answer(q storage.Query) storage.Result {
	if q.Keys != nil {
		return t.get(q.Keys)
	}
	from, to := t.span(q.Low, q.High)
	if q.Limit > 0 {
		to = min(to, from+q.Limit)
	}
	result := make(storage.Result, 0, to-from)
	for _, r := range t[from:to] {
		result = append(result, storage.Record{Key: clone(r.Key), Value: clone(r.Value)})
	}
	return result
}

func (t table) get(keys [][]byte) storage.Result {
	result := make(storage.Result, len(keys))
	for i, key := range keys {
		result[i].Key = clone(key)
		if at, found := t.find(key); found {
			result[i].Value = clone(t[at].Value)
		}
	}
	return result
}

// clone never returns nil: an empty value is not a missing one.
func clone(b []byte) []byte { return append([]byte{}, b...) }

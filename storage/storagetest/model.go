package storagetest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/storage"
)

// model is what a database should hold.
type model map[storage.Store]map[string]string

// testModel does random batches, reads and reopenings, and compares every
// answer with the model.
func testModel(t *testing.T, d Database) {
	steps := 400
	if testing.Short() {
		steps = 100
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			m := model{rooms: {}, events: {}}
			db := d.open(t)
			var clean storage.Batch
			clean.DeleteRange(rooms, nil, nil)
			clean.DeleteRange(events, nil, nil)
			commit(t, db, &clean)
			for step := range steps {
				if r.IntN(40) == 0 {
					db = d.open(t)
				}
				commit(t, db, m.randomBatch(r))
				m.check(t, db, r)
				if t.Failed() {
					t.Fatalf("at step %d", step)
				}
			}
		})
	}
}

// randomKey prefers short keys of few letters, so that they meet, and bytes at
// the ends of their range.
func randomKey(r *rand.Rand) []byte {
	letters := []byte{0, 1, 'a', 'b', 0x7F, 0x80, 0xFE, 0xFF}
	key := make([]byte, 1+r.IntN(3))
	for i := range key {
		key[i] = letters[r.IntN(len(letters))]
	}
	return key
}

func randomStore(r *rand.Rand) storage.Store { return schema.Stores[r.IntN(2)] }

// randomBound is sometimes nil.
func randomBound(r *rand.Rand) []byte {
	if r.IntN(5) == 0 {
		return nil
	}
	return randomKey(r)
}

func (m model) randomBatch(r *rand.Rand) *storage.Batch {
	var b storage.Batch
	for range r.IntN(8) {
		s, key := randomStore(r), randomKey(r)
		switch r.IntN(8) {
		case 0, 1:
			b.Delete(s, key)
			delete(m[s], string(key))
		case 2:
			low, high := randomBound(r), randomBound(r)
			b.DeleteRange(s, low, high)
			for _, k := range m.keys(s, low, high) {
				delete(m[s], k)
			}
		default:
			value := make([]byte, r.IntN(20))
			for i := range value {
				value[i] = byte(r.Uint32())
			}
			b.Put(s, key, value)
			m[s][string(key)] = string(value)
		}
	}
	return &b
}

// keys lists the keys with low <= key < high in order.
func (m model) keys(s storage.Store, low, high []byte) []string {
	var keys []string
	for k := range m[s] {
		if bytes.Compare([]byte(k), low) >= 0 && (high == nil || bytes.Compare([]byte(k), high) < 0) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// check asks random queries in one Read.
func (m model) check(t *testing.T, db storage.DB, r *rand.Rand) {
	t.Helper()
	queries := make([]storage.Query, 1+r.IntN(4))
	for i := range queries {
		s := randomStore(r)
		switch r.IntN(3) {
		case 0:
			queries[i] = storage.Get(s, randomKey(r), randomKey(r), randomKey(r))
		case 1:
			queries[i] = storage.ScanPrefix(s, randomKey(r)[:1], r.IntN(4))
		default:
			queries[i] = storage.Scan(s, randomBound(r), randomBound(r), r.IntN(6))
		}
	}
	for i, result := range read(t, db, queries...) {
		want := m.answer(queries[i])
		if fmt.Sprintf("%q", result) != fmt.Sprintf("%q", want) {
			t.Errorf("query %+v: got %q, want %q", queries[i], result, want)
		}
		for j := range result {
			if j < len(want) && (result[j].Value == nil) != (want[j].Value == nil) {
				t.Errorf("query %+v: record %d is missing or not, unlike the model", queries[i], j)
			}
		}
	}
}

func (m model) answer(q storage.Query) storage.Result {
	var result storage.Result
	for _, key := range q.Keys {
		record := storage.Record{Key: key}
		if value, found := m[q.Store][string(key)]; found {
			record.Value = []byte(value)
		}
		result = append(result, record)
	}
	if q.Keys != nil {
		return result
	}
	for i, k := range m.keys(q.Store, q.Low, q.High) {
		if q.Limit > 0 && i >= q.Limit {
			break
		}
		result = append(result, storage.Record{Key: []byte(k), Value: []byte(m[q.Store][k])})
	}
	return result
}

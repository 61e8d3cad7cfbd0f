package mem

import (
	"bytes"
	"slices"

	"github.com/alcove-chat/alcove/storage"
)

// blockSize bounds what one insertion moves.
const blockSize = 512

// table is one store: records sorted by key, in blocks that are never empty.
// Its bytes are its own and never change once stored, so undoing a change
// needs no copies.
type table struct{ blocks [][]storage.Record }

// place is where a record is or would be: a block and an index in it.
type place struct{ block, index int }

// find returns the place of the first record whose key is not below key.
func (t *table) find(key []byte) (at place, found bool) {
	at.block, found = slices.BinarySearchFunc(t.blocks, key, func(b []storage.Record, k []byte) int {
		return bytes.Compare(b[len(b)-1].Key, k) // the first block that does not end below key
	})
	if at.block == len(t.blocks) {
		return at, false
	}
	at.index, found = slices.BinarySearchFunc(t.blocks[at.block], key, func(r storage.Record, k []byte) int {
		return bytes.Compare(r.Key, k)
	})
	return at, found
}

// scan calls yield for the records with low <= key < high, in order, until it
// returns false. The table must not change meanwhile.
func (t *table) scan(low, high []byte, yield func(storage.Record) bool) {
	at, _ := t.find(low)
	for ; at.block < len(t.blocks); at = (place{at.block + 1, 0}) {
		for _, r := range t.blocks[at.block][at.index:] {
			if high != nil && bytes.Compare(r.Key, high) >= 0 || !yield(r) {
				return
			}
		}
	}
}

// set stores r, or removes its key where the value is nil, and returns what
// was there before in the same form.
func (t *table) set(r storage.Record) storage.Record {
	at, found := t.find(r.Key)
	before := storage.Record{Key: r.Key}
	if found {
		before = t.blocks[at.block][at.index]
	}
	switch {
	case r.Value == nil && found:
		t.remove(at)
	case r.Value == nil:
	case found:
		t.blocks[at.block][at.index] = r
	default:
		t.insert(at, r)
	}
	return before
}

func (t *table) insert(at place, r storage.Record) {
	if len(t.blocks) == 0 {
		t.blocks = [][]storage.Record{{r}}
		return
	}
	if at.block == len(t.blocks) { // above all others
		at.block--
		at.index = len(t.blocks[at.block])
	}
	block := slices.Insert(t.blocks[at.block], at.index, r)
	t.blocks[at.block] = block
	if len(block) > blockSize {
		half := slices.Clone(block[len(block)/2:])
		t.blocks[at.block] = slices.Delete(block, len(block)/2, len(block))
		t.blocks = slices.Insert(t.blocks, at.block+1, half)
	}
}

func (t *table) remove(at place) {
	block := slices.Delete(t.blocks[at.block], at.index, at.index+1)
	t.blocks[at.block] = block
	if len(block) == 0 {
		t.blocks = slices.Delete(t.blocks, at.block, at.block+1)
	}
}

// answer copies the records that q asks for.
func (t *table) answer(q storage.Query) storage.Result {
	if q.Keys != nil {
		return t.get(q.Keys)
	}
	var result storage.Result
	t.scan(q.Low, q.High, func(r storage.Record) bool {
		result = append(result, storage.Record{Key: clone(r.Key), Value: clone(r.Value)})
		return len(result) != q.Limit
	})
	return result
}

func (t *table) get(keys [][]byte) storage.Result {
	result := make(storage.Result, len(keys))
	for i, key := range keys {
		result[i].Key = clone(key)
		if at, found := t.find(key); found {
			result[i].Value = clone(t.blocks[at.block][at.index].Value)
		}
	}
	return result
}

// clone never returns nil: an empty value is not a missing one.
func clone(b []byte) []byte { return append([]byte{}, b...) }

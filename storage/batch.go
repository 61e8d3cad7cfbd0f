package storage

// Batch collects changes for one Commit. Later operations win over earlier
// ones. The zero value is ready to use. A batch keeps the slices it is given:
// the caller must not change them afterwards.
type Batch struct {
	ops  []Op
	size int
}

// OpKind says what an Op does.
type OpKind uint8

const (
	OpPut OpKind = iota + 1
	OpDelete
	OpDeleteRange
)

// Op is one change. Value is set for OpPut; High, exclusive and nil for "to
// the end", for OpDeleteRange.
type Op struct {
	Kind  OpKind
	Store Store
	Key   []byte
	Value []byte
	High  []byte
}

// Put stores value under key, replacing what was there.
func (b *Batch) Put(s Store, key, value []byte) {
	b.add(Op{Kind: OpPut, Store: s, Key: key, Value: value})
}

// Delete removes key; a key that is not there is no error.
func (b *Batch) Delete(s Store, key []byte) {
	b.add(Op{Kind: OpDelete, Store: s, Key: key})
}

// DeleteRange removes all keys with low <= key < high; a nil high means to the
// end of the store.
func (b *Batch) DeleteRange(s Store, low, high []byte) {
	b.add(Op{Kind: OpDeleteRange, Store: s, Key: low, High: high})
}

// Append adds the operations of another batch after this one's.
func (b *Batch) Append(other *Batch) {
	b.ops = append(b.ops, other.ops...)
	b.size += other.size
}

// Ops returns the operations in order. The caller must not change them.
func (b *Batch) Ops() []Op { return b.ops }

// Len counts operations.
func (b *Batch) Len() int { return len(b.ops) }

// Size sums the bytes of keys and values.
func (b *Batch) Size() int { return b.size }

// Full reports whether the batch reached a slice's limits.
func (b *Batch) Full() bool { return b.Len() >= SliceRecords || b.size >= SliceBytes }

func (b *Batch) add(op Op) {
	b.ops = append(b.ops, op)
	b.size += len(op.Key) + len(op.Value) + len(op.High)
}

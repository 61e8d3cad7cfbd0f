// Package storage keeps bytes in order. It knows nothing of Matrix.
//
// Its law: no interactive transactions. A batch goes in, or queries go in and
// results come out; nothing that waits can sit between the operations of one
// transaction, because an IndexedDB transaction ends as soon as it is left
// idle. Read-modify-write is Read, compute, Commit, which is safe while one
// writer in one leading core owns the database, and the epoch fence sees to
// it that there is only one.
//
// It does not encrypt, compress or interpret what it stores.
package storage

import "context"

// Store names one ordered key space of a database.
type Store string

// Schema lists the stores of a database, in the order they were added. It is
// append-only: a store's place is part of the stored format.
type Schema struct {
	// Version is raised when Stores grows, and for nothing else.
	Version int
	Stores  []Store
}

// Durability says how far a commit must have got when Commit returns.
type Durability uint8

const (
	// Relaxed survives the death of tab, worker and browser, not power loss.
	Relaxed Durability = iota
	// Strict is flushed to disk. It is compulsory for to-device results, key
	// material, ratchets, accounts and the outbox.
	Strict
)

// DB is an open database, fenced at the epoch that its opening claimed.
type DB interface {
	// Commit applies the batch in one read-write transaction: all of it or
	// nothing. It returns after the transaction completed; seq counts this
	// database's commits since it was opened, and batches that merged into one
	// transaction share a seq. ErrFenced: another core took over, nothing was
	// written and nothing ever will be. ErrQuota: nothing was written. A
	// cancelled ctx stops the wait; it does not say that nothing was committed.
	Commit(ctx context.Context, b *Batch, d Durability) (seq uint64, err error)

	// Read answers all queries from one read-only transaction, result i for
	// query i. Every commit that returned before Read was called is visible.
	Read(ctx context.Context, q ...Query) ([]Result, error)

	// Close waits for commits in flight, then releases the database.
	Close(ctx context.Context) error
}

// Limits that a batch should keep to, so that the loop that puts its records
// never blocks a worker for more than about 50 ms. Larger batches are correct,
// only slower to yield; splitting one is its author's business, because only
// the author knows where it may be split.
const (
	SliceRecords = 500
	SliceBytes   = 2 << 20
)

// Record is a key and its value.
type Record struct {
	Key, Value []byte
}

// Query asks for records of one store: those of Keys unless Keys is nil, else
// the range from Low (inclusive) to High (exclusive; nil means to the end),
// ascending.
type Query struct {
	Store Store
	Keys  [][]byte
	Low   []byte
	High  []byte
	// Limit is the greatest number of records of a range; 0 means no limit.
	Limit int
}

// Result answers a Query. For Keys it has one record per key in the same
// order, with a nil Value where there is none. For a range it has the records
// found. The bytes belong to the caller; records of one Result may share an
// allocation, so one that is kept for long is better copied.
type Result []Record

// Get asks for records by key. Without keys it asks for nothing, never for the
// whole store.
func Get(s Store, keys ...[]byte) Query {
	if keys == nil {
		keys = [][]byte{}
	}
	return Query{Store: s, Keys: keys}
}

// Scan asks for at most limit records with low <= key < high, ascending.
func Scan(s Store, low, high []byte, limit int) Query {
	return Query{Store: s, Low: low, High: high, Limit: limit}
}

// ScanPrefix asks for at most limit records whose key starts with prefix.
func ScanPrefix(s Store, prefix []byte, limit int) Query {
	return Query{Store: s, Low: prefix, High: PrefixEnd(prefix), Limit: limit}
}

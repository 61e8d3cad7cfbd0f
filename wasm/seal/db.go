package seal

import (
	"context"
	"io"

	"github.com/alcove-chat/alcove/storage"
)

// Stores says which stores are sealed, and how.
type Stores map[storage.Store]Kind

// DB is a database with sealed stores. It implements storage.DB.
//
// A value that does not open comes out empty, but not missing. No record of
// ours is empty, so whoever decodes it finds it garbled, and it costs what a
// garbled record costs there: a cache less, or an error.
type DB struct {
	storage.DB
	sealer *sealer
	stores Stores
	plain  bool
}

// New returns db with those stores sealed. random must be cryptographic.
func New(db storage.DB, keys Keys, stores Stores, random io.Reader) (*DB, error) {
	s, err := newSealer(keys, random)
	if err != nil {
		return nil, err
	}
	return &DB{DB: db, sealer: s, stores: stores}, nil
}

// AcceptPlain lets values through that were never sealed, until they are
// written again. It must be called before the database is used.
func (d *DB) AcceptPlain() { d.plain = true }

// Commit implements storage.DB.
func (d *DB) Commit(ctx context.Context, b *storage.Batch, durability storage.Durability) (uint64, error) {
	sealed, err := d.seal(b)
	if err != nil {
		return 0, err
	}
	return d.DB.Commit(ctx, sealed, durability)
}

// seal returns the batch with its values sealed, or itself where none is.
func (d *DB) seal(b *storage.Batch) (*storage.Batch, error) {
	if b == nil {
		return nil, nil
	}
	sealed := &storage.Batch{}
	for _, op := range b.Ops() {
		switch op.Kind {
		case storage.OpPut:
			value, err := d.sealValue(op)
			if err != nil {
				return nil, err
			}
			sealed.Put(op.Store, op.Key, value)
		case storage.OpDelete:
			sealed.Delete(op.Store, op.Key)
		case storage.OpDeleteRange:
			sealed.DeleteRange(op.Store, op.Key, op.High)
		}
	}
	return sealed, nil
}

func (d *DB) sealValue(op storage.Op) ([]byte, error) {
	if kind, ok := d.stores[op.Store]; ok {
		return d.sealer.seal(kind, op.Store, op.Key, op.Value)
	}
	return op.Value, nil
}

// Read implements storage.DB.
func (d *DB) Read(ctx context.Context, queries ...storage.Query) ([]storage.Result, error) {
	results, err := d.DB.Read(ctx, queries...)
	if err != nil {
		return nil, err
	}
	for i, q := range queries {
		if _, ok := d.stores[q.Store]; ok {
			d.openAll(q.Store, results[i])
		}
	}
	return results, nil
}

func (d *DB) openAll(store storage.Store, records storage.Result) {
	for i := range records {
		r := &records[i]
		if r.Value == nil {
			continue
		}
		plain, err := d.Open(store, r.Key, r.Value)
		if err != nil {
			plain = []byte{}
		}
		r.Value = plain
	}
}

// Open opens one value as it is stored, in its place, or ends with ErrGarbled.
func (d *DB) Open(store storage.Store, key, value []byte) ([]byte, error) {
	if d.plain && !Sealed(value) {
		return value, nil
	}
	return d.sealer.open(d.stores[store], store, key, value)
}

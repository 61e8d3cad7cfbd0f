package table

import (
	"context"
	"sync/atomic"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/seal"
)

// migration is a database on its way to the newest format.
type migration struct {
	raw    storage.DB // as it lies on the disk
	sealed *seal.DB
	// format is what all data has at least.
	format int
	batch  storage.Batch
}

func (m *migration) run(ctx context.Context) error {
	for m.format < newestFormat {
		if err := steps[m.format-1](ctx, m); err != nil {
			return err
		}
		if err := m.flush(ctx, m.format+1); err != nil {
			return err
		}
		m.format++
	}
	return nil
}

// put stores a value, together with others.
func (m *migration) put(ctx context.Context, s storage.Store, key, value []byte) error {
	m.batch.Put(s, key, value)
	if !m.batch.Full() {
		return nil
	}
	return m.flush(ctx, m.format)
}

// flush commits what was put, with the format that all data has then.
func (m *migration) flush(ctx context.Context, format int) error {
	m.batch.Put(Meta, FormatKey, encodeFormat(format))
	_, err := m.sealed.Commit(ctx, &m.batch, storage.Strict)
	m.batch = storage.Batch{}
	return err
}

// sealStores leaves no plain value in the sealed stores. It needs no place to
// go on from: what is sealed says so itself. What the browser keeps of
// overwritten bytes in its files is gone when it next tidies up.
func sealStores(ctx context.Context, m *migration) error {
	for _, s := range Schema().Stores {
		if sealedStores[s] == 0 {
			continue
		}
		if err := m.sealStore(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (m *migration) sealStore(ctx context.Context, s storage.Store) error {
	for low := []byte(nil); ; {
		results, err := m.raw.Read(ctx, storage.Scan(s, low, nil, storage.SliceRecords))
		if err != nil {
			return err
		}
		for _, r := range results[0] {
			low = append(r.Key, 0) // the next key
			if seal.Sealed(r.Value) {
				continue
			}
			if err := m.put(ctx, s, r.Key, r.Value); err != nil {
				return err
			}
		}
		if len(results[0]) < storage.SliceRecords {
			return nil
		}
	}
}

// marking is a database whose first commit also stores which format it has.
type marking struct {
	storage.DB
	mark []byte
	done atomic.Bool
}

func marked(db storage.DB, format int) storage.DB {
	return &marking{DB: db, mark: encodeFormat(format)}
}

// Commit implements storage.DB.
func (m *marking) Commit(ctx context.Context, b *storage.Batch, d storage.Durability) (uint64, error) {
	if b == nil || m.done.Load() {
		return m.DB.Commit(ctx, b, d)
	}
	var both storage.Batch
	both.Put(Meta, FormatKey, m.mark)
	both.Append(b)
	seq, err := m.DB.Commit(ctx, &both, d)
	if err == nil {
		m.done.Store(true)
	}
	return seq, err
}

package e2ee

import (
	"bytes"
	"context"

	"github.com/alcove-chat/alcove/storage"
)

// Through has the machine read through something else.
func (m *Machine) Through(wrap func(Reader) Reader) { m.reader = wrap(m.reader) }

// Misremembered returns stores of which the machine remembers something else than
// db has stored.
func (m *Machine) Misremembered(ctx context.Context, db Reader) (all []storage.Store, err error) {
	w := m.Begin()
	for _, is := range []func() (storage.Store, bool, error){
		func() (storage.Store, bool, error) { return misremembers(ctx, db, &w.users) },
		func() (storage.Store, bool, error) { return misremembers(ctx, db, &w.inbound) },
		func() (storage.Store, bool, error) { return misremembers(ctx, db, &w.makers) },
		func() (storage.Store, bool, error) { return misremembers(ctx, db, &w.indices) },
		func() (storage.Store, bool, error) { return misremembers(ctx, db, &w.outbound) },
	} {
		store, wrong, failed := is()
		if failed != nil {
			return nil, failed
		}
		if wrong {
			all = append(all, store)
		}
	}
	return all, nil
}

func misremembers[K comparable, V any](ctx context.Context, db Reader, s *shelf[K, V]) (storage.Store, bool, error) {
	for k, e := range s.memory.byKey {
		known := e.Value.(*recentThing[K, stored[V]]).value
		results, err := db.Read(ctx, storage.Get(s.store, s.key(k)))
		if err != nil {
			return s.store, false, err
		}
		value := results[0][0].Value
		if known.there != (value != nil) || known.there && !bytes.Equal(s.encode(known.value), value) {
			return s.store, true, nil
		}
	}
	return s.store, false, nil
}

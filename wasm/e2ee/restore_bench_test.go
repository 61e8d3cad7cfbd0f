package e2ee_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/backup"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// BenchmarkRestore takes in a backup of 10,000 keys, from its JSON to what is
// stored.
func BenchmarkRestore(b *testing.B) {
	random := rand.NewChaCha8([32]byte{1})
	key, err := backup.NewKey(random)
	if err != nil {
		b.Fatal(err)
	}
	rooms := map[string]map[string]map[string]json.RawMessage{}
	for i := range 10_000 {
		name, plain := newSession(b, random, "!"+string(rune('a'+i%20))+":house")
		data, err := key.Public().Encrypt(plain, random)
		if err != nil {
			b.Fatal(err)
		}
		if rooms[string(name.Room)] == nil {
			rooms[string(name.Room)] = map[string]map[string]json.RawMessage{"sessions": {}}
		}
		rooms[string(name.Room)]["sessions"][name.Session] = json.RawMessage(`{"first_message_index":0,"forwarded_count":0,"is_verified":true,"session_data":` + string(data) + `}`)
	}
	body, err := json.Marshal(map[string]any{"rooms": rooms})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		db, err := mem.Open(b.Context(), mem.NewDisk(), table.Schema(), storage.Options{})
		if err != nil {
			b.Fatal(err)
		}
		m, err := e2ee.Open(b.Context(), db, e2ee.Platform{Random: random, Now: time.Now}, "@alice:house", "A")
		if err != nil {
			b.Fatal(err)
		}
		commit(b, db, m, func(_ context.Context, w *e2ee.Work) error { return w.Create() })
		commit(b, db, m, func(ctx context.Context, w *e2ee.Work) error { return w.HaveBackup(ctx, key) })
		keys, err := m.KeysOfBackup(m.FetchAll(), scan.Value(body))
		if err != nil {
			b.Fatal(err)
		}
		var so e2ee.Taken
		for so.Done < keys.Len() {
			commit(b, db, m, func(ctx context.Context, w *e2ee.Work) (err error) {
				so, err = w.TakeKeys(ctx, keys, so)
				return err
			})
		}
		if so.Better != 10_000 {
			b.Fatalf("%+v", so)
		}
	}
}

func commit(b *testing.B, db storage.DB, m *e2ee.Machine, fn func(context.Context, *e2ee.Work) error) {
	b.Helper()
	w := m.Begin()
	err := fn(b.Context(), w)
	var batch storage.Batch
	if err == nil {
		_, err = db.Commit(b.Context(), &batch, w.Finish(&batch))
	}
	if err != nil {
		b.Fatal(err)
	}
	w.Committed()
}

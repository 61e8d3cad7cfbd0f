package seal_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/storage/storagetest"
	"github.com/alcove-chat/alcove/wasm/seal"
)

const (
	secret storage.Store = "secret"
	other  storage.Store = "other"
	shown  storage.Store = "shown"
	open   storage.Store = "open"
)

var (
	schema = storage.Schema{Version: 1, Stores: []storage.Store{secret, other, shown, open}}
	stores = seal.Stores{secret: seal.Data, other: seal.Data, shown: seal.View}
	keys   = seal.Keys{Data: [32]byte{1}, View: [32]byte{2}}
)

// base opens a disk as it is, and sealed through the package.
func base(t *testing.T, d *mem.Disk) *storage.Conn {
	t.Helper()
	db, err := mem.Open(t.Context(), d, schema, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func sealed(t *testing.T, db storage.DB, k seal.Keys) *seal.DB {
	t.Helper()
	s, err := seal.New(db, k, stores, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, db storage.DB, s storage.Store, key string, value []byte) {
	t.Helper()
	var b storage.Batch
	b.Put(s, []byte(key), value)
	if _, err := db.Commit(t.Context(), &b, storage.Relaxed); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, db storage.DB, s storage.Store, key string) []byte {
	t.Helper()
	r, err := db.Read(t.Context(), storage.Get(s, []byte(key)))
	if err != nil {
		t.Fatal(err)
	}
	return r[0][0].Value
}

// TestConformance: whatever a database can do, it can do sealed.
func TestConformance(t *testing.T) {
	storagetest.Run(t, func(testing.TB) storagetest.Database {
		disk := mem.NewDisk()
		return storagetest.Database{
			Open: func(ctx context.Context, s storage.Schema, o storage.Options) (storagetest.Conn, error) {
				raw, err := mem.Open(ctx, disk, s, o)
				if err != nil {
					return nil, err
				}
				all := seal.Stores{}
				for i, store := range s.Stores {
					all[store] = []seal.Kind{seal.Data, seal.View}[i%2]
				}
				db, err := seal.New(raw, keys, all, rand.Reader)
				return conn{db, raw}, err
			},
			Delete: func(ctx context.Context, o storage.Options) error { return mem.Delete(ctx, disk, o) },
		}
	})
}

// conn is a sealed database with what a bare one says of itself.
type conn struct {
	*seal.DB
	raw *storage.Conn
}

func (c conn) Closed() <-chan struct{} { return c.raw.Closed() }
func (c conn) Reason() error           { return c.raw.Reason() }

// S-12: TestNothingInPlain: of a sealed store, no value reaches the disk; of others,
// every value does as it is. The same value never looks the same twice.
func TestNothingInPlain(t *testing.T) {
	disk := mem.NewDisk()
	raw := base(t, disk)
	db := sealed(t, raw, keys)
	value := []byte("a value that can be found")
	seen := map[string]bool{}
	for s := range stores {
		for range 3 {
			put(t, db, s, "k", value)
			stored := get(t, raw, s, "k")
			if bytes.Contains(stored, value[:4]) || !seal.Sealed(stored) || seen[string(stored)] {
				t.Errorf("%s has %q", s, stored)
			}
			seen[string(stored)] = true
			if got := get(t, db, s, "k"); !bytes.Equal(got, value) {
				t.Errorf("%s gives %q", s, got)
			}
		}
	}
	put(t, db, open, "k", value)
	if stored := get(t, raw, open, "k"); !bytes.Equal(stored, value) {
		t.Errorf("%q", stored)
	}
}

// S-12: TestGarbled changes stored values in every way a disk or a hand can; none of
// them opens, and nothing beside them suffers.
func TestGarbled(t *testing.T) {
	disk := mem.NewDisk()
	raw := base(t, disk)
	db := sealed(t, raw, keys)
	for s := range stores {
		put(t, db, s, "k", []byte("value"))
		put(t, db, s, "l", []byte("another"))
		good, another := get(t, raw, s, "k"), get(t, raw, s, "l")
		refuse := func(what string, value []byte) {
			t.Helper()
			put(t, raw, s, "k", value)
			if got := get(t, db, s, "k"); got == nil || len(got) > 0 {
				t.Errorf("%s: %s opens as %q", s, what, got)
			}
			if got := get(t, db, s, "l"); string(got) != "another" {
				t.Errorf("%s: beside %s, the other is %q", s, what, got)
			}
		}
		for i := range good {
			for bit := range 8 {
				changed := bytes.Clone(good)
				changed[i] ^= 1 << bit
				refuse("a changed bit", changed)
			}
			refuse("a part", good[:i])
		}
		refuse("a longer one", append(bytes.Clone(good), 0))
		refuse("the one of another key", another)
		refuse("a plain value", []byte("value"))
		for from := range stores {
			if from != s {
				refuse("the one of store "+string(from), get(t, raw, from, "l"))
			}
		}
		put(t, raw, s, "k", good)
		if got := get(t, db, s, "k"); string(got) != "value" {
			t.Errorf("%s: the right one opens as %q", s, got)
		}
	}
}

// TestReplay says what sealing does not do: the same record's older value is
// good again.
func TestReplay(t *testing.T) {
	raw := base(t, mem.NewDisk())
	db := sealed(t, raw, keys)
	put(t, db, secret, "k", []byte("old"))
	old := get(t, raw, secret, "k")
	put(t, db, secret, "k", []byte("new"))
	put(t, raw, secret, "k", old)
	if got := get(t, db, secret, "k"); string(got) != "old" {
		t.Errorf("%q", got)
	}
}

func TestOtherKey(t *testing.T) {
	raw := base(t, mem.NewDisk())
	db := sealed(t, raw, keys)
	for s := range stores {
		put(t, db, s, "k", []byte("value"))
		for _, k := range []seal.Keys{{Data: keys.View, View: keys.Data}, {}} {
			if got := get(t, sealed(t, raw, k), s, "k"); got == nil || len(got) > 0 {
				t.Errorf("%s opens as %q", s, got)
			}
		}
	}
}

func TestAcceptPlain(t *testing.T) {
	raw := base(t, mem.NewDisk())
	put(t, raw, secret, "k", []byte("plain"))
	db := sealed(t, raw, keys)
	db.AcceptPlain()
	if got := get(t, db, secret, "k"); string(got) != "plain" {
		t.Errorf("%q", got)
	}
	put(t, raw, secret, "k", []byte{byte(seal.Data), 1, 2, 3})
	if got := get(t, db, secret, "k"); got == nil || len(got) > 0 {
		t.Errorf("what looks sealed and does not open comes out as %q", got)
	}
}

// broken has no randomness left.
type broken struct{}

var errBroken = errors.New("broken")

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// TestNoRandomness: rather no commit than a nonce that comes twice.
func TestNoRandomness(t *testing.T) {
	raw := base(t, mem.NewDisk())
	db, err := seal.New(raw, keys, stores, broken{})
	if err != nil {
		t.Fatal(err)
	}
	var b storage.Batch
	b.Put(open, []byte("k"), []byte("v"))
	b.Put(secret, []byte("k"), []byte("v"))
	if _, err := db.Commit(t.Context(), &b, storage.Relaxed); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
	if got := get(t, raw, open, "k"); got != nil {
		t.Errorf("half of the batch is there: %q", got)
	}
}

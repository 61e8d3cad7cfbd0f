package table_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/storage/storagetest"
	"github.com/alcove-chat/alcove/wasm/seal"
	"github.com/alcove-chat/alcove/wasm/table"
)

var (
	testKeys = seal.Keys{Data: [32]byte{1}, View: [32]byte{2}}
	// secret is in every value of a store that is to be sealed.
	secret       = []byte("a secret that can be found")
	sealedStores = []storage.Store{table.Meta, table.Rooms, table.Outbox, table.View}
)

// raw opens a disk as it is.
func raw(t *testing.T, d *mem.Disk) *storage.Conn {
	t.Helper()
	db, err := mem.Open(t.Context(), d, table.Schema(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func opened(t *testing.T, d *mem.Disk) (storage.DB, error) {
	t.Helper()
	return table.Open(t.Context(), raw(t, d), testKeys, rand.Reader)
}

func mustOpen(t *testing.T, d *mem.Disk) storage.DB {
	t.Helper()
	db, err := opened(t, d)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func take(t *testing.T, db storage.DB) storagetest.Dump {
	t.Helper()
	d, err := storagetest.Take(t.Context(), db, table.Schema())
	if err != nil {
		t.Fatal(err)
	}
	// What the format is is nobody's business but Open's.
	d.Records[table.Meta] = without(d.Records[table.Meta], table.FormatKey)
	return d
}

func without(records storage.Result, key []byte) (kept storage.Result) {
	for _, r := range records {
		if !bytes.Equal(r.Key, key) {
			kept = append(kept, r)
		}
	}
	return kept
}

// plain is a database of format 1 with records in every store, more rooms than
// one commit takes.
func plain(t *testing.T) (*mem.Disk, storagetest.Dump) {
	t.Helper()
	disk := mem.NewDisk()
	db := raw(t, disk)
	var b storage.Batch
	for _, s := range table.Schema().Stores {
		for i := range map[storage.Store]uint32{table.Rooms: 1234}[s] + 3 {
			b.Put(s, storage.U32(i), fmt.Appendf(nil, "\x01 record %d of %s: %s", i, s, secret))
		}
	}
	if _, err := db.Commit(t.Context(), &b, storage.Strict); err != nil {
		t.Fatal(err)
	}
	return disk, take(t, db)
}

// wantSealed checks that the sealed stores have nothing in plain.
func wantSealed(t *testing.T, d *mem.Disk) {
	t.Helper()
	dump := take(t, raw(t, d))
	for _, s := range sealedStores {
		for _, r := range dump.Records[s] {
			if !seal.Sealed(r.Value) || bytes.Contains(r.Value, secret) {
				t.Fatalf("store %s has %q in plain", s, r.Value)
			}
		}
	}
}

func wantSame(t *testing.T, got, want storagetest.Dump) {
	t.Helper()
	if !bytes.Equal(got.Encode(), want.Encode()) {
		t.Fatalf("got %d bytes of records, want %d", len(got.Encode()), len(want.Encode()))
	}
}

func TestSealingAFormatOneDatabase(t *testing.T) {
	disk, want := plain(t)
	wantSame(t, take(t, mustOpen(t, disk)), want)
	wantSealed(t, disk)
	disk.OnCommit(1, mem.Fault{Err: errors.New("a second opening writes")})
	wantSame(t, take(t, mustOpen(t, disk)), want)
}

// S-13: TestSealingCutOff kills the core at every commit of the migration, before and
// after it reached the disk. Nothing is lost, and the next start goes on.
func TestSealingCutOff(t *testing.T) {
	for _, applied := range []bool{false, true} {
		for n := 1; ; n++ {
			disk, want := plain(t)
			disk.OnCommit(n, mem.Fault{Kill: true, Applied: applied})
			if _, err := opened(t, disk); err == nil {
				if n < 4 {
					t.Fatalf("the migration has %d commits: this proved little", n-1)
				}
				break
			}
			wantSame(t, take(t, mustOpen(t, disk)), want)
			wantSealed(t, disk)
		}
	}
}

// S-10: on a full disk what is plain stays readable, what is written is
// sealed, and the first start with space does the rest.
func TestSealingOnAFullDisk(t *testing.T) {
	for commits := range 3 {
		disk, want := plain(t)
		disk.OnCommit(commits+1, mem.Fault{Err: storage.ErrQuota})
		db := mustOpen(t, disk)
		wantSame(t, take(t, db), want)
		var b storage.Batch
		b.Put(table.Meta, storage.U32(0), secret)
		if _, err := db.Commit(t.Context(), &b, storage.Strict); err != nil {
			t.Fatal(err)
		}
		want.Records[table.Meta][0].Value = secret
		wantSame(t, take(t, mustOpen(t, disk)), want)
		wantSealed(t, disk)
	}
}

func TestNewDatabase(t *testing.T) {
	disk := mem.NewDisk()
	disk.SetQuota(1) // opening writes nothing
	db := mustOpen(t, disk)
	disk.SetQuota(0)
	put := func(key string, fault ...mem.Fault) error {
		for _, f := range fault {
			disk.OnCommit(1, f)
		}
		var b storage.Batch
		b.Put(table.Meta, []byte(key), secret)
		_, err := db.Commit(t.Context(), &b, storage.Strict)
		return err
	}
	if err := put("a", mem.Fault{Err: storage.ErrQuota}); !errors.Is(err, storage.ErrQuota) {
		t.Fatal(err)
	}
	if err := errors.Join(put("b"), put("c")); err != nil {
		t.Fatal(err)
	}
	want := take(t, db)
	wantSame(t, take(t, mustOpen(t, disk)), want)
	wantSealed(t, disk)
}

// edit changes records as they lie on the disk.
func edit(t *testing.T, d *mem.Disk, change func(b *storage.Batch)) {
	t.Helper()
	var b storage.Batch
	change(&b)
	if _, err := raw(t, d).Commit(context.Background(), &b, storage.Strict); err != nil {
		t.Fatal(err)
	}
}

// TestOpenRefuses: what is not the database that it seems to be.
func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		keys   seal.Keys
		change func(b *storage.Batch)
		err    error
	}{
		{"other keys", seal.Keys{Data: [32]byte{9}}, func(*storage.Batch) {}, seal.ErrKey},
		{"other keys, and the format is gone", seal.Keys{Data: [32]byte{9}}, func(b *storage.Batch) { b.Delete(table.Meta, table.FormatKey) }, seal.ErrKey},
		{"the format is garbled", testKeys, func(b *storage.Batch) { b.Put(table.Meta, table.FormatKey, []byte{0xA1, 1, 2}) }, table.ErrGarbled},
		{"the format is gone", testKeys, func(b *storage.Batch) { b.Delete(table.Meta, table.FormatKey) }, table.ErrGarbled},
		{"plain records in its place", testKeys, func(b *storage.Batch) {
			b.DeleteRange(table.Meta, nil, nil)
			b.Put(table.Meta, storage.U32(0), secret)
		}, table.ErrGarbled},
	} {
		t.Run(c.name, func(t *testing.T) {
			disk, _ := plain(t)
			mustOpen(t, disk)
			edit(t, disk, c.change)
			if _, err := table.Open(t.Context(), raw(t, disk), c.keys, rand.Reader); !errors.Is(err, c.err) {
				t.Errorf("%v, want %v", err, c.err)
			}
		})
	}
}

// S-12: TestPlainRecordIsRefused: once sealed, a plain record costs itself.
func TestPlainRecordIsRefused(t *testing.T) {
	disk, want := plain(t)
	mustOpen(t, disk)
	edit(t, disk, func(b *storage.Batch) { b.Put(table.Rooms, storage.U32(7), secret) })
	want.Records[table.Rooms][7].Value = []byte{}
	wantSame(t, take(t, mustOpen(t, disk)), want)
}

// TestGarbledBeforeSealing: a record of format 1 that looks sealed and is not
// costs itself.
func TestGarbledBeforeSealing(t *testing.T) {
	disk, want := plain(t)
	edit(t, disk, func(b *storage.Batch) { b.Put(table.Outbox, storage.U32(1), []byte{0xA1, 1, 2, 3}) })
	want.Records[table.Outbox][1].Value = []byte{}
	wantSame(t, take(t, mustOpen(t, disk)), want)
}

func TestNewerFormat(t *testing.T) {
	disk, _ := plain(t)
	db := mustOpen(t, disk)
	var b storage.Batch
	b.Put(table.Meta, table.FormatKey, []byte{1, 99})
	if _, err := db.Commit(t.Context(), &b, storage.Strict); err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t, disk); !errors.Is(err, storage.ErrNewer) {
		t.Errorf("%v", err)
	}
}

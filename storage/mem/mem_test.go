package mem_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/storage/storagetest"
)

const store storage.Store = "a"

var schema = storage.Schema{Version: 1, Stores: []storage.Store{store}}

func TestConformance(t *testing.T) {
	storagetest.Run(t, backend)
}

func backend(testing.TB) storagetest.Database {
	disk := mem.NewDisk()
	return storagetest.Database{
		Open: func(ctx context.Context, s storage.Schema, o storage.Options) (storagetest.Conn, error) {
			return mem.Open(ctx, disk, s, o)
		},
		Delete: func(ctx context.Context, o storage.Options) error { return mem.Delete(ctx, disk, o) },
	}
}

func BenchmarkConformance(b *testing.B) {
	storagetest.Bench(b, backend)
}

func open(t *testing.T, d *mem.Disk) *storage.Conn {
	t.Helper()
	db, err := mem.Open(t.Context(), d, schema, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func put(t *testing.T, db storage.DB, key string, d storage.Durability) error {
	t.Helper()
	var b storage.Batch
	b.Put(store, []byte(key), []byte("value of "+key))
	_, err := db.Commit(t.Context(), &b, d)
	return err
}

func keys(t *testing.T, db storage.DB) string {
	t.Helper()
	results, err := db.Read(t.Context(), storage.Scan(store, nil, nil, 0))
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, r := range results[0] {
		all += string(r.Key)
	}
	return all
}

func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

func TestFaultOnNthCommit(t *testing.T) {
	broken := errors.New("broken")
	for _, test := range []struct {
		name  string
		fault mem.Fault
		after string
		err   error
		alive bool
	}{
		{"fails", mem.Fault{Err: broken}, "a", broken, true},
		{"acknowledgement lost", mem.Fault{Applied: true, Err: broken}, "ab", broken, true},
		{"closed before", mem.Fault{}, "a", storage.ErrClosed, false},
		{"killed before", mem.Fault{Kill: true}, "a", storage.ErrClosed, false},
		{"killed after", mem.Fault{Kill: true, Applied: true}, "ab", storage.ErrClosed, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			disk := mem.NewDisk()
			db := open(t, disk)
			disk.OnCommit(2, test.fault)
			want(t, put(t, db, "a", storage.Relaxed), nil)
			want(t, put(t, db, "b", storage.Relaxed), test.err)
			if got := db.Reason() == nil; got != test.alive {
				t.Fatalf("alive %v, reason %v", got, db.Reason())
			}
			if got := keys(t, open(t, disk)); got != test.after {
				t.Fatalf("disk holds %q, want %q", got, test.after)
			}
		})
	}
}

func TestHangIsEndedByWatchdog(t *testing.T) {
	inBubble(func(t *testing.T) {
		disk := mem.NewDisk()
		var slow []storage.Slow
		o := storage.Options{Slow: func(s storage.Slow) { slow = append(slow, s) }}
		db, err := mem.Open(t.Context(), disk, schema, o)
		want(t, err, nil)
		disk.OnCommit(1, mem.Fault{Hang: true, Applied: true})
		want(t, put(t, db, "a", storage.Strict), storage.ErrHung)
		<-db.Closed()
		want(t, db.Reason(), storage.ErrHung)
		want(t, db.Reason(), storage.ErrClosed)
		if len(slow) != 1 || slow[0].What != "commit" || slow[0].Operations != 1 {
			t.Fatalf("slow notices: %+v", slow)
		}
		if got := keys(t, open(t, disk)); got != "a" {
			t.Fatalf("disk holds %q", got)
		}
	})(t)
}

func TestFaultOnRead(t *testing.T) {
	for name, test := range map[string]struct {
		fault mem.Fault
		err   error
	}{
		"fails":  {mem.Fault{Err: context.DeadlineExceeded}, context.DeadlineExceeded},
		"killed": {mem.Fault{Kill: true}, storage.ErrClosed},
		"hangs":  {mem.Fault{Hang: true}, storage.ErrHung},
	} {
		t.Run(name, inBubble(func(t *testing.T) {
			disk := mem.NewDisk()
			db := open(t, disk)
			disk.OnRead(2, test.fault)
			_, err := db.Read(t.Context(), storage.Scan(store, nil, nil, 0))
			want(t, err, nil)
			_, err = db.Read(t.Context(), storage.Scan(store, nil, nil, 0))
			want(t, err, test.err)
		}))
	}
}

func TestKillLosesNothingCommitted(t *testing.T) {
	disk := mem.NewDisk()
	db := open(t, disk)
	want(t, put(t, db, "a", storage.Relaxed), nil)
	disk.Kill()
	want(t, put(t, db, "b", storage.Relaxed), storage.ErrClosed)
	if got := keys(t, open(t, disk)); got != "a" {
		t.Fatalf("disk holds %q", got)
	}
}

func TestPowerLossLosesRelaxedCommits(t *testing.T) {
	disk := mem.NewDisk()
	db := open(t, disk)
	want(t, put(t, db, "a", storage.Relaxed), nil)
	want(t, put(t, db, "b", storage.Strict), nil)
	size := disk.Size()
	want(t, put(t, db, "c", storage.Relaxed), nil)
	var b storage.Batch
	b.DeleteRange(store, []byte("a"), []byte("c"))
	_, err := db.Commit(t.Context(), &b, storage.Relaxed)
	want(t, err, nil)
	disk.PowerLoss()
	if got := keys(t, open(t, disk)); got != "ab" {
		t.Fatalf("disk holds %q, want ab", got)
	}
	if disk.Size() != size {
		t.Fatalf("size %d, want %d", disk.Size(), size)
	}
}

func TestQuotaWritesNothing(t *testing.T) {
	disk := mem.NewDisk()
	db := open(t, disk)
	want(t, put(t, db, "a", storage.Relaxed), nil)
	disk.SetQuota(disk.Size() + 5)
	var b storage.Batch
	b.Put(store, []byte("b"), []byte("b"))
	b.Put(store, []byte("c"), []byte("much too long"))
	_, err := db.Commit(t.Context(), &b, storage.Strict)
	want(t, err, storage.ErrQuota)
	if got := keys(t, db); got != "a" {
		t.Fatalf("disk holds %q", got)
	}
	disk.SetQuota(0)
	want(t, put(t, db, "d", storage.Relaxed), nil)
}

func TestWipe(t *testing.T) {
	disk := mem.NewDisk()
	db := open(t, disk)
	want(t, put(t, db, "a", storage.Strict), nil)
	disk.Wipe()
	<-db.Closed()
	if got := keys(t, open(t, disk)); got != "" || disk.Size() != 0 {
		t.Fatalf("disk holds %q, size %d", got, disk.Size())
	}
}

func TestOpenFault(t *testing.T) {
	disk := mem.NewDisk()
	disk.OnOpen(storage.ErrUnavailable)
	_, err := mem.Open(t.Context(), disk, schema, storage.Options{})
	want(t, err, storage.ErrUnavailable)
	open(t, disk)
}

// A core is killed and reopened between any two of its commits: the disk holds
// a prefix of what it tried, and all of what was acknowledged.
func TestKillAtEveryCommit(t *testing.T) {
	const steps = 8
	for n := 1; n <= steps; n++ {
		for _, applied := range []bool{false, true} {
			disk := mem.NewDisk()
			disk.OnCommit(n, mem.Fault{Kill: true, Applied: applied})
			db, acknowledged := open(t, disk), 0
			for i := range steps {
				if put(t, db, fmt.Sprint(i), storage.Relaxed) != nil {
					break
				}
				acknowledged++
			}
			stored := len(keys(t, open(t, disk)))
			if acknowledged != n-1 || stored < acknowledged || stored > acknowledged+1 || (stored == n) != applied {
				t.Fatalf("killed at %d, applied %v: %d acknowledged, %d stored", n, applied, acknowledged, stored)
			}
		}
	}
}

package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// filled is a disk with three rooms of which the last short id is not used any
// more, two messages to send and some account data.
func filled(t *testing.T) (*mem.Disk, *table.Sentinel) {
	t.Helper()
	disk := mem.NewDisk()
	l := open(t, disk)
	update(t, l, func(turn *ledger.Turn) {
		for n := range 4 {
			room, _ := turn.AddRoom(event.RoomID(fmt.Sprint("!", n)))
			turn.State(room).Set(member(n, "n"))
		}
		for _, txn := range []event.TxnID{"a", "b"} {
			turn.AddOutgoing(&table.Outgoing{RoomID: "!0", TxnID: txn, Type: "t", Content: scan.Value(`{}`)})
		}
		turn.PutAccountData(nil, "m.own", scan.Value(`{}`))
		turn.PutAccountData(turn.Room("!0"), "m.tag", scan.Value(`{}`))
		turn.SetNextBatch("5")
	})
	update(t, l, func(turn *ledger.Turn) { turn.RemoveRoom("!3") })
	disk.Kill()
	return disk, l.Sentinel()
}

// garble changes or, without a value, takes out the nth record of a store.
func garble(disk *mem.Disk, s storage.Store, n int, value []byte) {
	disk.Garble(s, disk.Records(s)[n].Key, value)
}

func put(disk *mem.Disk, key, value []byte) { disk.Garble(table.Meta, key, value) }

// L-1: whatever is missing of what the manifest counts is missed, told, and
// asked for again where the server has it; what is stored is told apart from
// what is not.
func TestWhatIsMissingIsMissed(t *testing.T) {
	now := time.UnixMilli(77)
	bad := []byte{0x81, 1, 2, 3, 4, 5}
	for name, c := range map[string]struct {
		damage func(*mem.Disk)
		loss   table.Loss
		resync bool
	}{
		"nothing":               {func(*mem.Disk) {}, table.Loss{}, false},
		"a room":                {func(d *mem.Disk) { garble(d, table.Rooms, 1, nil) }, table.Loss{Rooms: 1, At: 77}, true},
		"a garbled room":        {func(d *mem.Disk) { garble(d, table.Rooms, 2, bad) }, table.Loss{Rooms: 1, At: 77}, true},
		"a message":             {func(d *mem.Disk) { garble(d, table.Outbox, 0, nil) }, table.Loss{Unsent: 1, At: 77}, false},
		"a garbled message":     {func(d *mem.Disk) { garble(d, table.Outbox, 1, bad) }, table.Loss{Unsent: 1, At: 77}, false},
		"account data":          {func(d *mem.Disk) { garble(d, table.AccountData, 0, nil) }, table.Loss{}, true},
		"garbled account data":  {func(d *mem.Disk) { garble(d, table.AccountData, 0, bad) }, table.Loss{}, true},
		"the token":             {func(d *mem.Disk) { put(d, table.NextBatchKey, nil) }, table.Loss{}, true},
		"a garbled token":       {func(d *mem.Disk) { put(d, table.NextBatchKey, bad) }, table.Loss{}, true},
		"the manifest":          {func(d *mem.Disk) { put(d, table.ManifestKey, nil) }, table.Loss{}, true},
		"a garbled manifest":    {func(d *mem.Disk) { put(d, table.ManifestKey, bad) }, table.Loss{}, true},
		"a room and a message":  {func(d *mem.Disk) { garble(d, table.Rooms, 0, nil); garble(d, table.Outbox, 0, nil) }, table.Loss{Rooms: 1, Unsent: 1, At: 77}, true},
		"the filter":            {func(d *mem.Disk) { put(d, table.FilterKey, bad) }, table.Loss{}, false},
		"a room's account data": {func(d *mem.Disk) { garble(d, table.AccountData, 1, nil) }, table.Loss{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			disk, sentinel := filled(t)
			c.damage(disk)
			k := ledger.Known{Sentinel: sentinel, Now: now}
			for start := range 3 {
				l, err := openKnown(t, disk, k)
				if err != nil {
					t.Fatal(err)
				}
				if got := l.Lost(); got != c.loss {
					t.Errorf("start %d: lost %+v, want %+v", start, got, c.loss)
				}
				if resync := l.NextBatch() == ""; resync != c.resync {
					t.Errorf("start %d: next batch %q", start, l.NextBatch())
				}
				if start == 0 { // killed at the first commit: the next start finds the same
					disk.OnCommit(1, mem.Fault{Err: errFault})
					if err := l.Settle(t.Context()); err != nil && !errors.Is(err, errFault) {
						t.Fatal(err)
					}
					disk.Kill()
					continue
				}
				if err := l.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				disk.Kill()
				if k.Sentinel = l.Sentinel(); k.Sentinel == nil {
					t.Fatal("no sentinel")
				}
			}
		})
	}
}

// TestShortIdsAreNotUsedAgain, also where the room that had the last one is
// lost, and what was stored under it is gone.
func TestShortIdsAreNotUsedAgain(t *testing.T) {
	disk, sentinel := filled(t)
	garble(disk, table.Rooms, 2, nil)
	garble(disk, table.Rooms, 0, []byte("garbled"))
	l, err := openKnown(t, disk, ledger.Known{Sentinel: sentinel})
	if err != nil {
		t.Fatal(err)
	}
	update(t, l, func(turn *ledger.Turn) {
		if room, _ := turn.AddRoom("!new"); room.Short != 5 {
			t.Errorf("the new room has %d", room.Short)
		}
	})
	for _, s := range []storage.Store{table.Rooms, table.State} {
		if n := len(disk.Records(s)); s == table.Rooms && n != 2 || s == table.State && n != 1 {
			t.Errorf("%d records in %s", n, s)
		}
	}
	if n := len(disk.Records(table.AccountData)); n != 1 {
		t.Errorf("%d records of account data: the lost room's is still there", n)
	}
}

// L-3: a session that is gone, or in another database than the page knows of, is
// lost, and nothing is done in its name.
func TestLostSession(t *testing.T) {
	all := func(d *mem.Disk) {
		for _, s := range table.Schema().Stores {
			for _, r := range d.Records(s) {
				d.Garble(s, r.Key, nil)
			}
		}
	}
	for name, c := range map[string]struct {
		damage   func(*mem.Disk)
		sentinel func(*table.Sentinel) *table.Sentinel
		lost     bool
	}{
		"nothing lost":              {func(*mem.Disk) {}, same, false},
		"the page knows nothing":    {func(*mem.Disk) {}, none, false},
		"no session":                {func(d *mem.Disk) { put(d, table.SessionKey, nil) }, same, true},
		"no session, nobody knows":  {func(d *mem.Disk) { put(d, table.SessionKey, nil) }, none, true},
		"garbled session":           {func(d *mem.Disk) { put(d, table.SessionKey, []byte{1}) }, none, true},
		"nothing there":             {all, same, true},
		"nothing there, as it was":  {all, none, false},
		"another database":          {func(*mem.Disk) {}, other, true},
		"another, and no manifest":  {func(d *mem.Disk) { put(d, table.ManifestKey, nil) }, other, false},
		"only orphans, nobody told": {func(d *mem.Disk) { all(d); d.Garble(table.State, []byte{0, 0, 0, 1}, []byte{1}) }, none, false},
	} {
		t.Run(name, func(t *testing.T) {
			disk, sentinel := filled(t)
			c.damage(disk)
			l, err := openKnown(t, disk, ledger.Known{Sentinel: c.sentinel(sentinel)})
			if errors.Is(err, ledger.ErrLost) != c.lost {
				t.Fatalf("%v", err)
			}
			if err == nil && l.Session() == nil {
				update(t, l, func(turn *ledger.Turn) { turn.SetSession(&table.Session{UserID: "@new:x"}) })
				if n := len(disk.Records(table.State)); n > 0 {
					t.Errorf("the new account begins with %d records of state", n)
				}
			}
		})
	}
}

func same(s *table.Sentinel) *table.Sentinel { return s }
func none(*table.Sentinel) *table.Sentinel   { return nil }
func other(s *table.Sentinel) *table.Sentinel {
	o := *s
	o.Database[3]++
	return &o
}

// TestManifestCounts: a manifest is in the commit of what it counts, and in no
// other.
func TestManifestCounts(t *testing.T) {
	disk := mem.NewDisk()
	l := open(t, disk)
	manifest := func() table.Manifest {
		for _, r := range disk.Records(table.Meta) {
			if string(r.Key) == string(table.ManifestKey) {
				m, err := table.DecodeManifest(r.Value)
				if err != nil {
					t.Fatal(err)
				}
				return *m
			}
		}
		return table.Manifest{}
	}
	update(t, l, func(turn *ledger.Turn) { turn.AddRoom("!a") })
	if m := manifest(); m.Rooms != 1 || m.NextShort != 2 || m.ID != l.DatabaseID() {
		t.Errorf("%+v", m)
	}
	before := len(disk.Records(table.Meta)) // and no turn without a change writes one
	disk.Garble(table.Meta, table.ManifestKey, nil)
	update(t, l, func(turn *ledger.Turn) { turn.Room("!a").Name = "renamed" })
	update(t, l, func(*ledger.Turn) {})
	if n := len(disk.Records(table.Meta)); n != before-1 {
		t.Errorf("%d records", n)
	}
	if err := l.Erase(context.Background(), l.Session()); err != nil || len(disk.Records(table.Meta)) > 2 || len(disk.Records(table.Rooms)) > 0 {
		t.Errorf("%v, %d bytes left", err, disk.Size())
	}
	if err := l.Update(t.Context(), func(context.Context, *ledger.Turn) error { return nil }); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("a turn after the end: %v", err)
	}
	if err := l.End(context.Background()); err != nil || disk.Size() != 0 {
		t.Errorf("%v, %d bytes left", err, disk.Size())
	}
}

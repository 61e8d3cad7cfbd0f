package mem

import (
	"sync"

	"github.com/alcove-chat/alcove/storage"
)

// Disk is what outlives a database that dies: all that was committed, and the
// faults that a test asked for.
type Disk struct {
	mu      sync.Mutex
	version int
	epoch   uint64
	tables  map[storage.Store]*table
	size    int
	quota   int
	relaxed []change // undoes what is not flushed, oldest first
	engines map[*engine]struct{}
	commits faults
	reads   faults
	opens   []error
}

// change is a record of a store, as it was.
type change struct {
	store  storage.Store
	record storage.Record
}

// NewDisk returns an empty disk.
func NewDisk() *Disk {
	return &Disk{tables: map[storage.Store]*table{}, engines: map[*engine]struct{}{}}
}

// Size sums the bytes of all keys and values.
func (d *Disk) Size() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.size
}

// upgrade adds the stores that are missing. The caller holds the lock.
func (d *Disk) upgrade(s storage.Schema) {
	for _, name := range s.Stores {
		if d.tables[name] == nil {
			d.tables[name] = &table{}
		}
	}
	d.version = s.Version
}

// apply makes all changes of ops, or none if they do not fit. The caller holds
// the lock.
func (d *Disk) apply(ops []storage.Op, durability storage.Durability) error {
	before := len(d.relaxed)
	for _, op := range ops {
		switch op.Kind {
		case storage.OpPut:
			d.set(op.Store, storage.Record{Key: clone(op.Key), Value: clone(op.Value)})
		case storage.OpDelete:
			d.set(op.Store, storage.Record{Key: clone(op.Key)})
		case storage.OpDeleteRange:
			d.removeRange(op.Store, op.Key, op.High)
		}
	}
	if d.quota > 0 && d.size > d.quota {
		d.undo(before)
		return storage.ErrQuota
	}
	if durability == storage.Strict {
		d.relaxed = nil
	}
	return nil
}

func (d *Disk) removeRange(s storage.Store, low, high []byte) {
	var keys [][]byte
	d.tables[s].scan(low, high, func(r storage.Record) bool {
		keys = append(keys, r.Key)
		return true
	})
	for _, key := range keys {
		d.set(s, storage.Record{Key: key})
	}
}

// set changes one record and remembers how to undo it.
func (d *Disk) set(s storage.Store, r storage.Record) {
	old := d.tables[s].set(r)
	d.relaxed = append(d.relaxed, change{s, old})
	d.size += weigh(r) - weigh(old)
}

// undo takes back the changes after the first keep ones.
func (d *Disk) undo(keep int) {
	for i := len(d.relaxed) - 1; i >= keep; i-- {
		c := d.relaxed[i]
		now := d.tables[c.store].set(c.record)
		d.size += weigh(c.record) - weigh(now)
	}
	d.relaxed = d.relaxed[:keep]
}

func weigh(r storage.Record) int {
	if r.Value == nil {
		return 0
	}
	return len(r.Key) + len(r.Value)
}

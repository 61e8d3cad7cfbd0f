package mem

import (
	"maps"

	"github.com/alcove-chat/alcove/storage"
)

// Clone returns a disk of its own with all that was committed on d.
func (d *Disk) Clone() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := NewDisk()
	c.version, c.epoch, c.size, c.quota = d.version, d.epoch, d.size, d.quota
	c.tables = maps.Clone(d.tables)
	for name, t := range c.tables {
		copied := &table{}
		t.scan(nil, nil, func(r storage.Record) bool {
			copied.set(r)
			return true
		})
		c.tables[name] = copied
	}
	return c
}

// Records returns what is stored.
func (d *Disk) Records(s storage.Store) storage.Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tables[s] == nil {
		return nil
	}
	return d.tables[s].answer(storage.Scan(s, nil, nil, 0))
}

// Garble changes a record behind everybody's back, or takes it out where value
// is nil, as a broken disk does.
func (d *Disk) Garble(s storage.Store, key, value []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := d.tables[s].set(storage.Record{Key: clone(key), Value: value})
	d.size += weigh(storage.Record{Key: key, Value: value}) - weigh(old)
}

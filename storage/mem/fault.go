package mem

import "github.com/alcove-chat/alcove/storage"

// Fault is a misfortune of one transaction.
type Fault struct {
	// Applied says that a commit reaches the disk before the misfortune.
	Applied bool
	// Err is what the transaction ends with, storage.ErrClosed if nil.
	Err error
	// Hang keeps the transaction from ever ending, until the watchdog acts.
	Hang bool
	// Kill ends every open database as Disk.Kill does.
	Kill bool
}

// faults is a countdown to each fault asked for.
type faults []countdown

type countdown struct {
	left  int
	fault Fault
}

// next counts one transaction and returns the fault whose turn has come.
func (f *faults) next() (Fault, bool) {
	var kept faults
	var due Fault
	var found bool
	for _, c := range *f {
		c.left--
		if c.left <= 0 && !found {
			due, found = c.fault, true
			continue
		}
		kept = append(kept, c)
	}
	*f = kept
	return due, found
}

// OnCommit lets the nth write transaction from now meet f, 1 being the next.
// Batches that merge share one transaction.
func (d *Disk) OnCommit(n int, f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.commits = append(d.commits, countdown{n, f})
}

// OnRead lets the nth read transaction from now meet f, 1 being the next.
func (d *Disk) OnRead(n int, f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads = append(d.reads, countdown{n, f})
}

// OnOpen lets the next Open fail with err.
func (d *Disk) OnOpen(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opens = append(d.opens, err)
}

// SetQuota limits the bytes of all keys and values; 0 means no limit. A commit
// that would exceed it ends with storage.ErrQuota.
func (d *Disk) SetQuota(bytes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quota = bytes
}

// Kill ends every open database at once, as the death of a tab or its browser
// does: calls in flight end with storage.ErrClosed, and nothing that was not
// committed reaches the disk any more. What was committed stays.
func (d *Disk) Kill() {
	for _, e := range d.detach(nil) {
		e.conn.Fail(storage.ErrClosed)
	}
}

// PowerLoss is Kill, and loses relaxed commits since the last strict one.
func (d *Disk) PowerLoss() {
	lost := d.detach(func() { d.undo(0) })
	for _, e := range lost {
		e.conn.Fail(storage.ErrClosed)
	}
}

// Wipe is Kill, and loses everything, as when the user clears site data.
func (d *Disk) Wipe() {
	lost := d.detach(d.erase)
	for _, e := range lost {
		e.conn.Fail(storage.ErrClosed)
	}
}

// erase forgets all records. The caller holds the lock.
func (d *Disk) erase() {
	d.version, d.epoch, d.size, d.relaxed = 0, 0, 0, nil
	d.tables = map[storage.Store]*table{}
}

// detach cuts all engines off the disk and then changes it, in one step.
func (d *Disk) detach(change func()) []*engine {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []*engine
	for e := range d.engines {
		e.dead = true
		all = append(all, e)
	}
	clear(d.engines)
	if change != nil {
		change()
	}
	return all
}

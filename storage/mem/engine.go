package mem

import "github.com/alcove-chat/alcove/storage"

// engine runs the transactions of one opening of a Disk.
type engine struct {
	disk    *Disk
	conn    *storage.Conn
	epoch   uint64
	version int
	dead    bool // cut off by Kill or Release; guarded by disk.mu
}

func (e *engine) Write(stop <-chan struct{}, ops []storage.Op, d storage.Durability) error {
	fault, unlucky, err := e.write(ops, d)
	if err != nil || !unlucky {
		return err
	}
	return e.suffer(stop, fault)
}

func (e *engine) write(ops []storage.Op, d storage.Durability) (fault Fault, unlucky bool, err error) {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if err := e.alive(); err != nil {
		return fault, false, err
	}
	if e.disk.epoch != e.epoch {
		return fault, false, storage.ErrFenced
	}
	fault, unlucky = e.disk.commits.next()
	if unlucky && !fault.Applied {
		return fault, true, nil
	}
	return fault, unlucky, e.disk.apply(ops, d)
}

func (e *engine) Read(stop <-chan struct{}, queries []storage.Query) ([]storage.Result, error) {
	results, fault, unlucky, err := e.read(queries)
	if err == nil && unlucky {
		err = e.suffer(stop, fault)
	}
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (e *engine) read(queries []storage.Query) (results []storage.Result, fault Fault, unlucky bool, err error) {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	if err := e.alive(); err != nil {
		return nil, fault, false, err
	}
	fault, unlucky = e.disk.reads.next()
	for _, q := range queries {
		results = append(results, e.disk.tables[q.Store].answer(q))
	}
	return results, fault, unlucky, nil
}

func (e *engine) alive() error {
	if e.dead {
		return storage.ErrClosed
	}
	return nil
}

// suffer lets a transaction meet f.
func (e *engine) suffer(stop <-chan struct{}, f Fault) error {
	if f.Kill {
		e.disk.Kill()
	}
	if f.Hang {
		<-stop
	}
	if f.Err == nil {
		return storage.ErrClosed
	}
	return f.Err
}

// Release implements storage.Engine.
func (e *engine) Release() {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	e.dead = true
	delete(e.disk.engines, e)
}

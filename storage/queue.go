package storage

// write is one Commit that waits.
type write struct {
	ops        []Op
	size       int
	durability Durability
	done       chan committed // holds one, so that nobody waits for a caller who left
}

type committed struct {
	seq uint64
	err error
}

// read is one Read that waits.
type read struct {
	queries []Query
	done    chan answered
}

type answered struct {
	results []Result
	err     error
}

// queue orders what waits. Reads run together, writes alone, and the two never
// overlap: WebKit wedges a database whose worker ends with both in flight. They
// take turns, so that neither starves.
type queue struct {
	writes    []*write
	reads     []*read
	lastWrote bool
}

// takeReads returns all waiting reads if they may start beside what runs.
func (q *queue) takeReads(reading, writing bool) []*read {
	if writing || len(q.reads) == 0 || len(q.writes) > 0 && (reading || !q.lastWrote) {
		return nil
	}
	reads := q.reads
	q.reads, q.lastWrote = nil, false
	return reads
}

// takeWrites returns the waiting batches that fit into one transaction, the
// first in any case.
func (q *queue) takeWrites() []*write {
	records, bytes, n := 0, 0, 0
	for n < len(q.writes) {
		records += len(q.writes[n].ops)
		bytes += q.writes[n].size
		if n > 0 && (records > SliceRecords || bytes > SliceBytes) {
			break
		}
		n++
	}
	writes := q.writes[:n:n]
	q.writes = append([]*write(nil), q.writes[n:]...)
	if n > 0 {
		q.lastWrote = true
	}
	return writes
}

// fail ends all that waits.
func (q *queue) fail(err error) {
	for _, w := range q.writes {
		w.done <- committed{err: err}
	}
	for _, r := range q.reads {
		r.done <- answered{err: err}
	}
	q.writes, q.reads = nil, nil
}

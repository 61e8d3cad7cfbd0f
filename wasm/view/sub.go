package view

import (
	"context"
	"io"
	"slices"

	"github.com/alcove-chat/alcove/wasm/api"
)

// Window narrows what a subscription shows: to the First items or the Last
// ones, where one of them is set.
type Window struct {
	First, Last int
}

func (w Window) cut(n int) (from, to int) {
	switch {
	case w.First > 0:
		return 0, min(n, w.First)
	case w.Last > 0:
		return max(0, n-w.Last), n
	}
	return 0, n
}

// hunk is a stretch that changed: n items at at where old has been.
type hunk[P any] struct {
	at, n int
	old   []P
}

// maxHunks is how many stretches are kept apart for a slow reader.
const maxHunks = 256

// sub is one reader of a list.
type sub[P any] struct {
	list *core[P]
	wake chan struct{}

	// The rest is guarded by list.mu.
	window  Window
	started bool
	total   int
	hunks   []hunk[P] // without a window: what changed, in order
	shown   []P       // with a window: what the reader has
}

func (l *core[P]) subscribe(w Window) *sub[P] {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &sub[P]{list: l, window: w, wake: make(chan struct{}, 1)}
	l.subs[s] = true
	return s
}

func (s *sub[P]) setWindow(w Window) {
	s.list.mu.Lock()
	defer s.list.mu.Unlock()
	if s.window == w {
		return
	}
	if s.started && s.shown == nil {
		s.shown = s.has()
		s.hunks = nil
	}
	s.window = w
	s.notify()
}

// has rebuilds what the reader of a whole list has.
func (s *sub[P]) has() []P {
	out := []P{}
	at := 0
	for _, h := range s.hunks {
		out = append(out, s.list.items[at:h.at]...)
		out = append(out, h.old...)
		at = h.at + h.n
	}
	return append(out, s.list.items[at:]...)
}

// close also ends a wait in next, with io.EOF.
func (s *sub[P]) close() {
	s.list.mu.Lock()
	defer s.list.mu.Unlock()
	delete(s.list.subs, s)
	s.hunks, s.shown = nil, nil
	s.notify()
}

// next waits until there is something new.
func (s *sub[P]) next(ctx context.Context) (ops []op[P], total int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if ops, total, ok, err := s.take(); ok || err != nil {
			return ops, total, err
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
		}
	}
}

// take returns what is new, if anything is.
func (s *sub[P]) take() (ops []op[P], total int, ok bool, err error) {
	l := s.list
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed || !l.subs[s]:
		return nil, 0, false, io.EOF
	case !s.started:
		s.started = true
		ops = s.reset()
	default:
		if ops = s.changes(); len(ops) == 0 && s.total == len(l.items) {
			return nil, 0, false, nil
		}
	}
	s.remember()
	return ops, s.total, true, nil
}

// reset gives all of the window as one operation.
func (s *sub[P]) reset() []op[P] {
	from, to := s.window.cut(len(s.list.items))
	return []op[P]{{kind: api.OpReset, items: slices.Clone(s.list.items[from:to])}}
}

// changes gives the operations since the last answer, or a reset where that is
// smaller.
func (s *sub[P]) changes() []op[P] {
	from, to := s.window.cut(len(s.list.items))
	hunks := s.hunks
	if s.shown != nil {
		hunks = []hunk[P]{{at: 0, n: to - from, old: s.shown}}
	}
	var ops []op[P]
	for _, h := range hunks {
		start := from + h.at
		ops = diff(ops, h.at, h.old, s.list.items[start:start+h.n], s.list.key, s.list.equal)
	}
	if cost(ops) > 1+itemCost*(to-from) {
		return s.reset()
	}
	return ops
}

// itemCost is what an item weighs against an operation without one.
const itemCost = 8

func cost[P any](ops []op[P]) int {
	sum := 0
	for i := range ops {
		sum++
		if ops[i].kind != api.OpRemove {
			sum += itemCost
		}
	}
	return sum
}

// remember notes that the reader is up to date.
func (s *sub[P]) remember() {
	s.total, s.hunks, s.shown = len(s.list.items), nil, nil
	if s.window != (Window{}) {
		from, to := s.window.cut(s.total)
		s.shown = append([]P{}, s.list.items[from:to]...)
	}
}

func (s *sub[P]) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// record notes that n items at i will be replaced by added others. items is
// the list as it still is.
func (s *sub[P]) record(items []P, i, n, added int) {
	if !s.started || s.shown != nil {
		return
	}
	first := 0
	for first < len(s.hunks) && s.hunks[first].at+s.hunks[first].n < i {
		first++
	}
	last := first
	for last < len(s.hunks) && s.hunks[last].at <= i+n {
		last++
	}
	merged := merge(items, s.hunks[first:last], i, n, added)
	s.hunks = slices.Replace(s.hunks, first, last, merged)
	for k := first + 1; k < len(s.hunks); k++ {
		s.hunks[k].at += added - n
	}
}

// compact makes one hunk of many, so that a slow reader of many small changes
// costs no more than the list.
func (s *sub[P]) compact() {
	if len(s.hunks) <= maxHunks {
		return
	}
	last := s.hunks[len(s.hunks)-1]
	s.hunks = []hunk[P]{merge(s.list.items, s.hunks, s.hunks[0].at, last.at+last.n-s.hunks[0].at, last.at+last.n-s.hunks[0].at)}
}

// merge joins the hunks that touch an edit with it.
func merge[P any](items []P, touched []hunk[P], i, n, added int) hunk[P] {
	if len(touched) == 0 {
		return hunk[P]{at: i, n: added, old: slices.Clone(items[i : i+n])}
	}
	head, tail := touched[0], touched[len(touched)-1]
	if len(touched) == 1 && head.at <= i && i+n <= head.at+head.n {
		head.n += added - n
		return head
	}
	from, to := min(i, head.at), max(i+n, tail.at+tail.n)
	var old []P
	at := from
	for _, h := range touched {
		old = append(old, items[at:h.at]...)
		old = append(old, h.old...)
		at = h.at + h.n
	}
	old = append(old, items[at:to]...)
	return hunk[P]{at: from, n: to - from + added - n, old: old}
}

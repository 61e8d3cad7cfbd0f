package space

// circles finds which spaces are in one circle: each leads to each other (Tarjan's
// strongly connected components). Their head is the one with the lowest id; a space in
// no circle is its own. It lists all spaces, the members of a circle together, and all
// that a circle leads to before it.
func (g *Graph) circles() []*room {
	for _, r := range g.spaces {
		r.number, r.head, r.led = 0, nil, false
	}
	t := tarjan{stack: g.stack[:0], done: make([]*room, 0, len(g.spaces))}
	for _, r := range g.spaces {
		if r.number == 0 {
			t.enter(r)
			t.walk()
		}
	}
	g.stack = t.stack
	return t.done
}

// tarjan is a depth-first walk. Pending is what was entered and has no head yet; low is
// the lowest number of such that a space is known to lead to.
type tarjan struct {
	stack         []step
	pending, done []*room
	entered       int
}

//go:noinline
func (t *tarjan) enter(r *room) {
	t.entered++
	r.number, r.low = t.entered, t.entered
	t.stack = append(t.stack, step{room: r})
	t.pending = with(t.pending, r)
}

func (t *tarjan) walk() {
	for len(t.stack) > 0 {
		top := &t.stack[len(t.stack)-1]
		r := top.room
		if top.n == len(r.lines) {
			t.leave(r)
			continue
		}
		next := r.lines[top.n].room
		top.n++
		switch {
		case !next.open():
		case next.number == 0:
			t.enter(next)
		case next.head == nil:
			r.low = min(r.low, next.number)
		}
	}
}

func (t *tarjan) leave(r *room) {
	t.stack = t.stack[:len(t.stack)-1]
	if len(t.stack) > 0 {
		before := t.stack[len(t.stack)-1].room
		before.low = min(before.low, r.low)
	}
	if r.low < r.number {
		return
	}
	first := len(t.pending) - 1
	for t.pending[first] != r {
		first--
	}
	circle := t.pending[first:]
	t.pending = t.pending[:first]
	head := r
	for _, m := range circle {
		if compareRooms(m, head) < 0 {
			head = m
		}
	}
	for _, m := range circle {
		m.head = head
	}
	t.done = append(t.done, circle...)
}

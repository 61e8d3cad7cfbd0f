package space

// circles returns a root for each circle of spaces that the walk before did not reach,
// and that no other such circle leads to.
//
// Of all that is left, what a depth-first walk leaves last belongs to such a circle.
// Nothing leads to it from outside, so that all above one of its spaces are in it.
func (g *Graph) circles() []*room {
	left := g.leave()
	reached := g.walks + 1
	var roots []*room
	for i := len(left) - 1; i >= 0; i-- {
		if left[i].seen >= reached {
			continue
		}
		g.flood(left[i], reached)
		root := left[i]
		for _, r := range g.above(root) {
			if compareRooms(r, root) < 0 {
				root = r
			}
		}
		roots = append(roots, root)
	}
	return roots
}

// leave lists all spaces that the walk before did not reach, in the order in which a
// depth-first walk leaves them.
func (g *Graph) leave() []*room {
	var left []*room
	for _, s := range g.spaces {
		stack := g.enter(g.stack[:0], s)
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.n < len(top.room.lines) {
				top.n++
				stack = g.enter(stack, top.room.lines[top.n-1].room)
				continue
			}
			left = append(left, top.room)
			stack = stack[:len(stack)-1]
		}
		g.stack = stack
	}
	return left
}

func (g *Graph) enter(stack []step, r *room) []step {
	if !r.open() || r.seen == g.walks {
		return stack
	}
	r.seen = g.walks
	return append(stack, step{r, 0})
}

// flood marks what is reached from a space and was not reached since a walk.
func (g *Graph) flood(s *room, since int) {
	g.walks++
	stack := append(g.stack[:0], step{room: s})
	for len(stack) > 0 {
		r := stack[len(stack)-1].room
		stack = stack[:len(stack)-1]
		r.seen = g.walks
		for _, l := range r.lines {
			if t := l.room; t.seen < since {
				t.seen = g.walks
				stack = append(stack, step{room: t})
			}
		}
	}
	g.stack = stack
}

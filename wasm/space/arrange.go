package space

import "slices"

// step is a room on the way, and how deep it is or which of its lines comes next.
type step struct {
	room *room
	n    int
}

// arrange lists all joined spaces: each root, and what is below it depth first.
func (g *Graph) arrange() {
	held := g.spaces[:0]
	for _, r := range g.spaces {
		if r.held = r.open(); r.held {
			held = with(held, r)
		}
	}
	g.spaces = held
	g.upward = g.circles()
	roots := g.roots()
	g.walks++
	g.spaces = make([]*room, 0, len(held))
	for _, root := range roots {
		g.spaces = g.dive(g.spaces, root, true)
	}
	if !g.isOrder() {
		g.moved, g.order = true, make([]Space, len(g.spaces))
		for i, r := range g.spaces {
			g.order[i] = Space{r.id, r.level}
		}
	}
}

// roots returns the heads of the circles that no other space leads to, in their order.
// Most are a space that no other shows.
func (g *Graph) roots() (roots []*room) {
	for _, r := range g.spaces {
		for _, p := range r.parents {
			r.head.led = r.head.led || p.head != r.head
		}
	}
	for _, r := range g.spaces {
		if r.head == r && !r.led {
			roots = with(roots, r)
		}
	}
	slices.SortFunc(roots, compareRoots)
	return roots
}

// dive adds to a list what is reached from a room and was not seen on this walk, the
// room first, depth first, and sets how deep it is. If spaces, it goes to those alone.
func (g *Graph) dive(list []*room, from *room, spaces bool) []*room {
	stack := append(g.stack[:0], step{from, 0})
	for len(stack) > 0 {
		r, level := stack[len(stack)-1].room, stack[len(stack)-1].n
		stack = stack[:len(stack)-1]
		if r.seen == g.walks {
			continue
		}
		r.seen = g.walks
		list = with(list, r)
		if r.place == nil {
			continue
		}
		r.level = level
		for i := len(r.lines) - 1; i >= 0; i-- {
			if t := r.lines[i].room; t.seen != g.walks && (t.open() || !spaces) {
				stack = append(stack, step{t, level + 1})
			}
		}
	}
	g.stack = stack
	return list
}

func (g *Graph) isOrder() bool {
	if len(g.order) != len(g.spaces) {
		return false
	}
	for i, r := range g.spaces {
		if g.order[i] != (Space{r.id, r.level}) {
			return false
		}
	}
	return true
}

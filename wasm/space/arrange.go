package space

import "slices"

// step is a room on the way, and how deep it is or which of its lines comes next.
type step struct {
	room *room
	n    int
}

// arrange lists all joined spaces: each root, and what is below it depth first.
//
// A root is a joined space that no joined space shows. Where none such leads to a
// circle of spaces, the lowest id of the circle is one.
func (g *Graph) arrange() {
	g.spaces = slices.DeleteFunc(g.spaces, func(r *room) bool {
		r.held = r.open()
		return !r.held
	})
	var roots []*room
	for _, r := range g.spaces {
		if len(r.parents) == 0 {
			roots = append(roots, r)
		}
	}
	spaces := g.arrangeBelow(roots)
	if len(spaces) < len(g.spaces) {
		spaces = g.arrangeBelow(append(roots, g.circles()...))
	}
	g.spaces = spaces
	if !g.isOrder(spaces) {
		g.moved, g.order = true, make([]Space, len(spaces))
		for i, r := range spaces {
			g.order[i] = Space{r.id, r.level}
		}
	}
}

// arrangeBelow sorts the roots and lists what is reached from them. It marks that with
// the number of its walk.
func (g *Graph) arrangeBelow(roots []*room) []*room {
	slices.SortFunc(roots, compareRoots)
	g.walks++
	spaces := make([]*room, 0, len(g.spaces))
	for _, root := range roots {
		stack := append(g.stack[:0], step{root, 0})
		for len(stack) > 0 {
			r, level := stack[len(stack)-1].room, stack[len(stack)-1].n
			stack = stack[:len(stack)-1]
			if r.seen == g.walks {
				continue
			}
			r.seen, r.place, r.level = g.walks, len(spaces), level
			spaces = append(spaces, r)
			for i := len(r.lines) - 1; i >= 0; i-- {
				if t := r.lines[i].room; t.open() && t.seen != g.walks {
					stack = append(stack, step{t, level + 1})
				}
			}
		}
		g.stack = stack
	}
	return spaces
}

func (g *Graph) isOrder(spaces []*room) bool {
	if len(g.order) != len(spaces) {
		return false
	}
	for i, r := range spaces {
		if g.order[i] != (Space{r.id, r.level}) {
			return false
		}
	}
	return true
}

package space

import "slices"

// step is a room on the way, and how deep it is or which of its lines comes next.
type step struct {
	room *room
	n    int
}

// arrange lists all joined spaces: each root, and what is below it depth first. A root
// is the head of a circle that no other space leads to, which most often is a space
// that no other shows.
func (g *Graph) arrange() {
	g.spaces = slices.DeleteFunc(g.spaces, func(r *room) bool {
		r.held = r.open()
		return !r.held
	})
	g.upward = g.circles()
	var roots []*room
	for _, r := range g.spaces {
		for _, p := range r.parents {
			r.head.led = r.head.led || p.head != r.head
		}
	}
	for _, r := range g.spaces {
		if r.head == r && !r.led {
			roots = append(roots, r)
		}
	}
	g.spaces = g.arrangeBelow(roots)
	if !g.isOrder() {
		g.moved, g.order = true, make([]Space, len(g.spaces))
		for i, r := range g.spaces {
			g.order[i] = Space{r.id, r.level}
		}
	}
}

// arrangeBelow sorts the roots and lists what is reached from them.
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
			r.seen, r.level = g.walks, level
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

package space

import "slices"

// maxUpgrades is how many upgrades of a room are followed.
const maxUpgrades = 64

// disturb says that all lists of which a room is a reason must be made anew: its own,
// those of the parents it claims, and if it is part of an upgrade those that show one
// room in another's place for it.
func (g *Graph) disturb(r *room) {
	g.spoil(r)
	if r.successor == nil && len(r.predecessors) == 0 {
		g.spoilParents(r)
		return
	}
	g.walks++
	r.seen = g.walks
	succeeded := []*room{r}
	for i := 0; i < len(succeeded); i++ {
		q := succeeded[i]
		g.spoilParents(q)
		for _, p := range q.listers {
			g.spoil(p)
		}
		for _, p := range q.predecessors {
			if p.seen != g.walks {
				p.seen = g.walks
				succeeded = with(succeeded, p)
			}
		}
	}
}

//go:noinline
func (g *Graph) spoilParents(r *room) {
	for i := range r.claims {
		g.spoil(r.claims[i].parent)
	}
}

//go:noinline
func (g *Graph) spoil(r *room) {
	if !r.stale {
		r.stale = true
		g.stale = with(g.stale, r)
	}
}

// relist makes a space's list anew, and reports whether it is another one.
func (g *Graph) relist(p *room) bool {
	lines := g.linesOf(p)
	if sameLines(p.shows(), lines) {
		return false
	}
	for _, l := range p.shows() {
		l.room.parents = without(l.room.parents, p)
	}
	for _, l := range lines {
		l.room.parents = with(l.room.parents, p)
	}
	p.lines = lines
	return true
}

// linesOf finds what a space shows: the children it names, then by their ids the rooms
// that only claim to be some. Each room is shown once, and the space never.
func (g *Graph) linesOf(p *room) []line {
	if !p.open() {
		return nil
	}
	g.walks++
	p.seen = g.walks
	lines := make([]line, 0, len(p.links))
	for _, l := range p.links {
		lines = g.addLine(lines, p, l)
	}
	slices.SortFunc(p.claimants, compareRooms)
	for _, c := range p.claimants {
		if c.seen != g.walks && c.belongs(p) {
			lines = g.addLine(lines, p, &link{Child: Child{ID: c.id}, to: c, claimed: true})
		}
	}
	return lines
}

func (g *Graph) addLine(lines []line, p *room, l *link) []line {
	shown := l.to.latest()
	if l.to == p || shown.seen == g.walks {
		return lines
	}
	shown.seen = g.walks
	return append(lines, line{l, shown})
}

// latest returns the last of a room's successors that is joined, or the room itself.
// Upgrades that lead in a circle are none.
func (r *room) latest() *room {
	last, next := r, r.successor
	for range maxUpgrades {
		if next == nil {
			return last
		}
		if next.joined {
			last = next
		}
		next = next.successor
	}
	return r
}

func (r *room) belongs(p *room) bool {
	for i := range r.claims {
		if r.claims[i].parent == p && r.holds(&r.claims[i]) {
			return true
		}
	}
	return false
}

// holds reports whether a claim of the room is valid (spec: m.space.parent
// relationships). Of the sender the power alone counts: whoever leaves a space keeps
// theirs in its m.room.power_levels.
func (r *room) holds(c *claim) bool {
	p := c.parent
	return r.joined && p != r && p.open() &&
		(slices.Contains(r.listers, p) || p.anyone || slices.Contains(p.keepers, c.sender))
}

func sameLines(a, b []line) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].room != b[i].room || *a[i].link != *b[i].link {
			return false
		}
	}
	return true
}

package space

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
)

// Count is how much of a room or of a space is unread, and how many rooms that is: a
// room's own is 1.
type Count struct{ Rooms, Unread, Highlights int }

func (c *Count) add(d Count) {
	c.Rooms, c.Unread, c.Highlights = c.Rooms+d.Rooms, c.Unread+d.Unread, c.Highlights+d.Highlights
}

// Count says how much of a room is unread. It has no effect on rooms that are not
// known. It costs as much as there are spaces above the room. What is not settled yet
// does no harm: whatever has another part in the room then is counted anew.
func (g *Graph) Count(id event.RoomID, count Count) {
	if r := g.rooms[id]; r != nil && r.known {
		g.recount(r, count)
	}
}

func (g *Graph) recount(r *room, count Count) {
	if r.count == count {
		return
	}
	more := Count{count.Rooms - r.count.Rooms, count.Unread - r.count.Unread, count.Highlights - r.count.Highlights}
	r.count = count
	if !r.joined || r.space {
		return
	}
	for _, p := range g.above(r) {
		p.sum.add(more)
		g.note(p)
	}
}

// addUp counts altered spaces anew. All spaces of a circle have the same below them.
func (g *Graph) addUp(altered []*room) {
	g.through = nil
	for i := 0; i < len(g.upward); {
		head, first := g.upward[i].head, i
		for i < len(g.upward) && g.upward[i].head == head {
			i++
		}
		circle := g.upward[first:i]
		if head.split(circle); head.altered {
			sum := g.addTo(head)
			for _, r := range circle {
				r.sum = sum
			}
		}
	}
	for _, r := range altered {
		if !r.open() {
			r.sum = Count{}
		}
	}
}

// split puts apart what a circle shows. Own is what is unread of rooms that one space
// of it alone shows, and below such spaces if that is a tree. Rest is all else that can
// have something unread: rooms, and heads of circles. What it leads to must have been
// split before.
func (r *room) split(circle []*room) {
	r.own, r.rest = Count{}, r.rest[:0]
	for _, m := range circle {
		for _, l := range m.lines {
			t := l.room
			alone := len(t.parents) == 1
			switch {
			case !t.joined || t.space && t.head == r:
			case !t.space && (alone || t.count == Count{}):
				r.own.add(t.count)
			case !t.space:
				r.rest = with(r.rest, t)
			case alone && len(t.rest) == 0:
				r.own.add(t.own)
			default:
				r.rest = with(r.rest, t.head)
			}
		}
	}
}

// addTo counts every joined room below a circle once; what spaces themselves have
// unread does not count. Own is nowhere but here, so that what comes to a single other
// thing is a sum, and what was looked through last is not looked through again: no
// chain, however long, is walked for each of its spaces.
func (g *Graph) addTo(head *room) Count {
	sum := head.own
	switch {
	case len(head.rest) == 0:
	case g.through != nil && slices.Contains(head.rest, g.through):
		sum.add(g.through.sum)
		g.through.seen = g.walks
		g.lookThrough(head, &sum)
	case len(head.rest) > 1:
		g.walks++
		g.lookThrough(head, &sum)
	case head.rest[0].space:
		sum.add(head.rest[0].sum)
	default:
		sum.add(head.rest[0].count)
	}
	return sum
}

// lookThrough adds what this walk has not seen yet. It sees all below a circle then,
// which is what a space that leads to it need not see again.
func (g *Graph) lookThrough(head *room, sum *Count) {
	g.through = head
	stack := append(g.stack[:0], step{room: head})
	for len(stack) > 0 {
		r := stack[len(stack)-1].room
		stack = stack[:len(stack)-1]
		for _, t := range r.rest {
			if t.seen == g.walks {
				continue
			}
			if t.seen = g.walks; t.space {
				sum.add(t.own)
				stack = append(stack, step{room: t})
			} else {
				sum.add(t.count)
			}
		}
	}
	g.stack = stack
}

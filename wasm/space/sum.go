package space

import "github.com/alcove-chat/alcove/wasm/event"

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
	r := g.rooms[id]
	if r == nil || !r.known || r.count == count {
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

// addUp counts altered spaces anew. It puts together what is in one place only, so that
// of each space little is left to be looked through.
func (g *Graph) addUp(altered []*room) {
	for i := len(g.spaces) - 1; i >= 0; i-- {
		r := g.spaces[i]
		if r.split(); r.altered {
			r.sum = r.own
		}
	}
	for _, r := range altered {
		if !r.open() {
			r.sum = Count{}
		} else if len(r.rest) > 0 {
			r.sum = g.lookThrough(r)
		}
	}
}

// split puts what a space shows apart: own is what is unread of rooms that it alone
// shows, and below spaces that it alone shows if that is a tree; rest is all else that
// can have something unread. The spaces after it in the list must have been split. One
// that it shows and that is before it closes a circle.
func (r *room) split() {
	r.own, r.rest = Count{}, r.rest[:0]
	for _, l := range r.lines {
		t := l.room
		alone := len(t.parents) == 1
		switch {
		case !t.joined:
		case !t.space && (alone || t.count == Count{}):
			r.own.add(t.count)
		case t.space && alone && len(t.rest) == 0 && t.place > r.place:
			r.own.add(t.own)
		default:
			r.rest = append(r.rest, t)
		}
	}
}

// lookThrough counts every joined room below a space once; what spaces themselves have
// unread does not count.
func (g *Graph) lookThrough(s *room) Count {
	g.walks++
	s.seen = g.walks
	sum, stack := s.own, append(g.stack[:0], step{room: s})
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
	return sum
}

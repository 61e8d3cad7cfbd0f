package space

import "github.com/alcove-chat/alcove/wasm/event"

// Placing is an order to write into an m.space.child.
type Placing struct {
	ID    event.RoomID
	Order string
}

// Move returns what to write, and in which order, so that a child comes right before
// another one, or last where before is "". children are all of the space, in their
// order. It writes no more than it must: one child where its neighbours leave room
// between them. Cut off after any of the writes and called again it leads to the same
// list. It returns nothing where that is the list already or lacks one of the two.
func Move(children []Child, id, before event.RoomID) []Placing {
	list, at, moves := arranged(children, id, before)
	if at < 0 || !moves {
		return nil
	}
	for size := 1; ; size++ {
		for from := max(0, at-size+1); from <= at && from+size <= len(list); from++ {
			low, high := "", ""
			if from > 0 {
				low = list[from-1].Order
			}
			if from+size < len(list) {
				high = list[from+size].Order
			}
			if from > 0 && low == "" {
				continue // who has no order comes behind all who have
			}
			if orders := between(low, high, size); orders != nil {
				return writes(list[from:from+size], orders, id)
			}
		}
	}
}

// arranged returns the list that is wanted, where in it the child is, -1 for nowhere,
// and whether it is another list than now.
func arranged(children []Child, id, before event.RoomID) (list []Child, at int, moves bool) {
	var moved *Child
	at = -1
	for i := range children {
		switch c := &children[i]; {
		case c.ID == id:
			moved = c
		default:
			if c.ID == before {
				at = len(list)
			}
			list = append(list, *c)
		}
	}
	if before == "" {
		at = len(list)
	}
	if moved == nil || at < 0 {
		return nil, -1, false
	}
	list = append(list, Child{})
	copy(list[at+1:], list[at:])
	list[at] = *moved
	return list, at, children[at].ID != id
}

// writes puts the writes into an order in which none of them lets a child overtake
// another: whoever goes up goes from the top, whoever goes down from the bottom, and
// the child that is moved last of all.
func writes(window []Child, orders []string, id event.RoomID) []Placing {
	var up, down, last []Placing
	for i, c := range window {
		p := Placing{c.ID, orders[i]}
		switch {
		case c.ID == id:
			last = append(last, p)
		case c.Order == "" || orders[i] < c.Order:
			up = append(up, p)
		default:
			down = append([]Placing{p}, down...)
		}
	}
	return append(append(up, down...), last...)
}

// Digits of an order, which is read as a fraction.
const (
	zero = ' '
	base = '~' - zero + 1
)

// between returns n orders in ascending order between two, evenly apart and as short
// as can be; "" stands for no bound. nil: there is not that much room.
func between(low, high string, n int) []string {
	room := 0
	for length := 1; length <= maxOrder; length++ {
		room = room*base + digit(high, length-1) - digit(low, length-1)
		if high == "" && length == 1 {
			room += base // the bound is one
		}
		gap := room
		if hasMore(high, length) {
			gap++
		}
		if gap > n {
			return spread(low, length, gap, n)
		}
	}
	return nil
}

func digit(order string, i int) int {
	if i < len(order) {
		return int(order[i]) - zero
	}
	return 0
}

func hasMore(order string, from int) bool {
	for i := from; i < len(order); i++ {
		if order[i] != zero {
			return true
		}
	}
	return false
}

// spread returns n orders of a length that come after low, in a gap.
func spread(low string, length, gap, n int) []string {
	orders := make([]string, n)
	for i := range orders {
		digits := make([]byte, length)
		carry := gap * (i + 1) / (n + 1)
		for j := length - 1; j >= 0; j-- {
			sum := digit(low, j) + carry
			digits[j], carry = byte(zero+sum%base), sum/base
		}
		for length := len(digits); digits[length-1] == zero; length-- {
			digits = digits[:length-1] // a fraction needs no zeros at its end
		}
		orders[i] = string(digits)
	}
	return orders
}

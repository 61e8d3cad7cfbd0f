package megolm

import "github.com/alcove-chat/alcove/wasm/aessha2"

// cursor remembers ratchets, so that neither the next message nor the one before
// it has to start from the first that is known.
type cursor struct {
	newest ratchet // the furthest so far, if there was any
	moved  bool
	page   page
}

// near is how many steps from the newest ratchet on are no reason for a page: so
// many messages may be missing of those that come in order.
const near = 16

// at returns the ratchet of an index, where first is not behind it.
func (c *cursor) at(first *ratchet, index uint32) ratchet {
	if !c.moved {
		c.newest, c.moved = *first, true
	}
	var r ratchet
	switch {
	case c.page.has(index):
		r = c.page.at(index)
	case index >= c.newest.index && index-c.newest.index <= near:
		r = c.newest.at(index)
	default:
		c.page.turn(c.before(first, index), index)
		r = c.page.at(index)
	}
	if r.index > c.newest.index {
		c.newest = r
	}
	return r
}

// before returns a ratchet from which the page of index can be made.
func (c *cursor) before(first *ratchet, index uint32) ratchet {
	if start := pageStart(index); c.newest.index <= start {
		return c.newest
	}
	return *first
}

// pageSize is how many indices differ in the last part of their ratchets alone.
const pageSize = 1 << 8

func pageStart(index uint32) uint32 { return index &^ (pageSize - 1) }

// page has the ratchets of up to 256 indices that follow each other, in 8 kB. Of
// all but the last part they have one copy; the last parts are a chain that can
// only be made forwards, so backwards it must be kept.
type page struct {
	start ratchet
	chain [][partSize]byte // of start.index on, empty if there is no page
}

// has does not ask where the page begins: what is known does not begin before.
func (p *page) has(index uint32) bool {
	return len(p.chain) > 0 && pageStart(index) == pageStart(p.start.index)
}

// turn makes it the page of index, beginning where it does or, if from is within
// it, there.
func (p *page) turn(from ratchet, index uint32) {
	from.advanceTo(max(from.index, pageStart(index)))
	p.start = from
	p.chain = append(p.chain[:0], from.parts[parts-1])
}

// at returns the ratchet of an index that the page has.
func (p *page) at(index uint32) ratchet {
	for i := uint32(len(p.chain)); i <= index-p.start.index; i++ {
		p.chain = append(p.chain, aessha2.HMAC(p.chain[i-1][:], seeds[parts-1][:]))
	}
	r := p.start
	r.index = index
	r.parts[parts-1] = p.chain[index-p.start.index]
	return r
}

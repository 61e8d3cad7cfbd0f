package megolm

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// TestCursor (M-2): wherever it was before, an index has the ratchet that the
// first one leads to; and what it remembers is bounded.
func TestCursor(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	for range 50 {
		first := startRatchet()
		first.index = rnd.Uint32() >> rnd.IntN(32)
		var c cursor
		at := first.index
		for range 60 {
			at = step(rnd, first.index, at)
			want := first.at(at)
			if got := c.at(&first, at); !got.equal(&want) {
				t.Fatalf("from %d, ratchet %d is another", first.index, at)
			}
			if len(c.page.chain) > pageSize || cap(c.page.chain) > pageSize {
				t.Fatalf("%d ratchets are kept", cap(c.page.chain))
			}
		}
	}
}

// step goes on, back, over the end of a page, or anywhere.
func step(rnd *rand.Rand, first, at uint32) uint32 {
	span := uint32(1) << rnd.IntN(10)
	switch rnd.IntN(5) {
	case 0, 1:
		return at + min(rnd.Uint32N(span+1), math.MaxUint32-at)
	case 2, 3:
		return at - min(rnd.Uint32N(span+1), at-first)
	}
	return first + (math.MaxUint32-first)>>rnd.IntN(32)
}

// TestBackwards: once a page is there, going back in it makes no ratchet again,
// and neither does going on from the newest.
func TestBackwards(t *testing.T) {
	first := startRatchet()
	var c cursor
	c.at(&first, 511)
	made := &c.page.chain[0]
	for index := uint32(511); index >= 256; index-- {
		c.at(&first, index)
		if &c.page.chain[0] != made || len(c.page.chain) != pageSize {
			t.Fatalf("%d: made anew", index)
		}
		ahead := 512 + (511 - index)
		if c.at(&first, ahead); c.newest.index != ahead {
			t.Fatalf("the newest is %d", c.newest.index)
		}
	}
}

// TestSize: what doc says of a session's size.
func TestSize(t *testing.T) {
	if size := unsafe.Sizeof(Inbound{}); size > 512 {
		t.Errorf("%d bytes", size)
	}
	if size := unsafe.Sizeof(Outbound{}); size > 192 {
		t.Errorf("%d bytes to copy", size)
	}
}

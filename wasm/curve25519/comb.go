package curve25519

// A comb multiplies one point by many scalars with few or no doublings.
//
// The digits of the scalar are all 1 or −1 (see digits), and lie in a grid:
// a row a tooth, a column for each of the comb's columns. Every column of
// digits then stands for a sum of the points 2^(row start)·P, each with a sign.
// The table holds these sums, half of them, since the other half are their
// negatives. Columns are dealt to blocks: block b has those from b·height on,
// with a table of its own, so that a doubling serves one column of each block.
type comb struct {
	teeth, blocks int
	// height is the number of columns of a block, and of doublings plus one.
	height int
	// table has 2^(teeth−1) sums a block: in sum i of block b, tooth t < teeth−1
	// has the sign of bit t of i, and the last tooth is positive.
	table []affineAddend
}

// combBits is how long scalars of a comb are: below 2^254.
const combBits = 254

// newComb needs about 254 doublings and as many additions as it has sums.
func newComb(p *point, teeth, blocks int) *comb {
	height := (combBits + teeth*blocks - 1) / (teeth * blocks)
	c := &comb{teeth: teeth, blocks: blocks, height: height}
	starts := c.starts(p)
	var sums []point
	for b := range blocks {
		row := make([]point, teeth)
		for t := range teeth {
			row[t] = starts[t*blocks+b]
		}
		sums = appendSignedSums(sums, row)
	}
	c.table = affineAddends(sums)
	return c
}

// starts returns 2^(height·i)·p for every i: where block i mod blocks begins in
// the row of tooth i / blocks.
func (c *comb) starts(p *point) []point {
	starts := make([]point, c.teeth*c.blocks)
	q := *p
	for i := range starts {
		if i > 0 {
			q.doubleTimes(c.height)
		}
		starts[i] = q
	}
	return starts
}

// appendSignedSums appends ±row[0] ± … + row[last] for all signs but the last,
// as bits count.
func appendSignedSums(sums []point, row []point) []point {
	first, last := len(sums), len(row)-1
	all := row[last] // all signs negative
	var r completed
	var a addend
	for t := range last {
		a.setPoint(&row[t])
		r.add(&all, &a, true)
		all.setCompleted(&r)
	}
	sums = append(sums, all)
	for t := range last { // turn the sign of tooth t in all that are there
		twice := row[t]
		twice.doubleTimes(1)
		a.setPoint(&twice)
		for i := range 1 << t {
			sums = append(sums, sums[first+i].plus(&a))
		}
	}
	return sums
}

// digits are the signs of an odd scalar k < 2^n written with n digits ±1: bit i
// is set if digit i is 1. Since their sum 2·bits − (2^n − 1) is k, bits are
// (k − 1)/2 + 2^(n−1).
type digits [5]uint64

// digits of odd k < 2^254 for this comb.
func (c *comb) digits(k *[4]uint64) (bits digits) {
	for i := range 3 {
		bits[i] = k[i]>>1 | k[i+1]<<63
	}
	bits[3] = k[3] >> 1
	top := c.teeth*c.blocks*c.height - 1
	bits[top>>6] |= 1 << (top & 63)
	return bits
}

// column returns which sum of the column's block stands for its digits, and
// all ones if it is to be subtracted, else 0.
func (c *comb) column(bits *digits, column int) (sum int, minus int) {
	for t := range c.teeth {
		i := column + t*c.blocks*c.height
		sum |= int(bits[i>>6]>>(i&63)&1) << t
	}
	last := c.teeth - 1
	minus = sum>>last - 1
	return (sum ^ minus) & (1<<last - 1), minus
}

// addColumns adds to p what the digits of one column of each block stand for.
// Public data only: it looks sums up by the digits.
func (c *comb) addColumns(p *point, bits *digits, column int) {
	var r completed
	for b := range c.blocks {
		sum, minus := c.column(bits, b*c.height+column)
		r.addAffine(p, &c.table[b<<(c.teeth-1)|sum], minus != 0)
		p.setCompleted(&r)
	}
}

// addColumnsMasked does the same for a secret scalar: it reads the whole table
// of each block, and neither branches nor looks up by the digits.
func (c *comb) addColumnsMasked(p *point, bits *digits, column int) {
	var r completed
	size := 1 << (c.teeth - 1)
	for b := range c.blocks {
		sum, minus := c.column(bits, b*c.height+column)
		a := selectMasked(c.table[b*size:(b+1)*size], int32(sum), int32(minus))
		r.addAffine(p, &a, false)
		p.setCompleted(&r)
	}
}

// selectMasked returns table[index], or its negative if minus is −1 and not 0.
func selectMasked(table []affineAddend, index, minus int32) (a affineAddend) {
	for i := range table {
		differs := int32(i) ^ index
		mask := (differs - 1) >> 31 // −1 if they are equal
		a.yPlusX.merge(&table[i].yPlusX, mask)
		a.yMinusX.merge(&table[i].yMinusX, mask)
		a.xy2d.merge(&table[i].xy2d, mask)
	}
	swap(&a.yPlusX, &a.yMinusX, -minus)
	for j := range a.xy2d {
		a.xy2d[j] = (a.xy2d[j] ^ minus) - minus
	}
	return a
}

package curve25519

import "sync"

// publicBase multiplies the base point in verifications: 123 kB of sums, and
// the less to add up. Made when first needed.
var publicBase = sync.OnceValue(func() *comb { return newComb(&basePoint, 11, 1) })

// secretBase multiplies the base point by private keys. As its sums are all
// read each time, they are few: 8 for each of 8 blocks.
var secretBase = sync.OnceValue(func() *comb { return newComb(&basePoint, 4, 8) })

// multiplyBase returns k·B for a secret k < L.
func multiplyBase(k []byte) point {
	c := secretBase()
	w := words(k)
	makeOdd(&w)
	bits := c.digits(&w)
	p := identity
	for column := c.height - 1; column >= 0; column-- {
		p.doubleTimes(1)
		c.addColumnsMasked(&p, &bits, column)
	}
	return p
}

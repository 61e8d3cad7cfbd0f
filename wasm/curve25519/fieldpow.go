package curve25519

// squareTimes sets z to x^(2^n), n > 0.
func (z *element) squareTimes(x *element, n int) {
	z.square(x)
	for range n - 1 {
		z.square(z)
	}
}

// power250 returns x^(2^250 − 1) and x^11, from which both exponents that are
// needed, p − 2 and (p − 5)/8, are a step away. e5, e10, … are x^(2^5 − 1), ….
func power250(x *element) (e250, x11 element) {
	var x2, x9, e5, e10, e20, e40, e50, e100, e200 element
	x2.square(x)
	x9.squareTimes(&x2, 2)
	x9.multiply(x, &x9)
	x11.multiply(&x2, &x9)
	e5.square(&x11)
	e5.multiply(&e5, &x9)
	e10.squareTimes(&e5, 5)
	e10.multiply(&e10, &e5)
	e20.squareTimes(&e10, 10)
	e20.multiply(&e20, &e10)
	e40.squareTimes(&e20, 20)
	e40.multiply(&e40, &e20)
	e50.squareTimes(&e40, 10)
	e50.multiply(&e50, &e10)
	e100.squareTimes(&e50, 50)
	e100.multiply(&e100, &e50)
	e200.squareTimes(&e100, 100)
	e200.multiply(&e200, &e100)
	e250.squareTimes(&e200, 50)
	e250.multiply(&e250, &e50)
	return e250, x11
}

// invert sets z to 1/x = x^(p − 2), p − 2 = (2^250 − 1)·2^5 + 11; 0 if x is 0.
func (z *element) invert(x *element) {
	e250, x11 := power250(x)
	e250.squareTimes(&e250, 5)
	z.multiply(&e250, &x11)
}

// rootPower sets z to x^((p − 5)/8), (p − 5)/8 = (2^250 − 1)·2^2 + 1.
func (z *element) rootPower(x *element) {
	e250, _ := power250(x)
	e250.squareTimes(&e250, 2)
	z.multiply(&e250, x)
}

// invertAll replaces each of zs by its inverse, at the price of one inversion
// and three multiplications each. None may be 0.
func invertAll(zs []element) {
	before := make([]element, len(zs)) // the product of all that come before
	all := one
	for i := range zs {
		before[i] = all
		all.multiply(&all, &zs[i])
	}
	all.invert(&all)
	for i := len(zs) - 1; i >= 0; i-- {
		inverse := before[i]
		inverse.multiply(&inverse, &all)
		all.multiply(&all, &zs[i])
		zs[i] = inverse
	}
}

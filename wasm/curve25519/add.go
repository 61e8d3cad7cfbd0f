package curve25519

// The formulas are those of RFC 8032, section 5.1.4, with the last four
// multiplications left to whoever uses the result. They hold for any two
// points of the curve, equal, opposite or of small order alike, and never make
// z or t of a completed point 0. Beside each line: how many times tight.

// add sets r to p + q, or to p − q if minus.
func (r *completed) add(p *point, q *addend, minus bool) {
	var z element
	z.multiply(&p.z, &q.z)
	r.addScaled(p, &z, &q.affineAddend, minus)
}

// addAffine sets r to p + q, or to p − q if minus.
func (r *completed) addAffine(p *point, q *affineAddend, minus bool) {
	r.addScaled(p, &p.z, q, minus)
}

// addScaled is an addition where z is the product of the two points' z. It
// branches on minus, so minus must not be secret.
func (r *completed) addScaled(p *point, z *element, q *affineAddend, minus bool) {
	plus, minusX, sum, difference := &q.yPlusX, &q.yMinusX, &r.z, &r.t
	if minus { // −q has −x and −t
		plus, minusX, sum, difference = minusX, plus, difference, sum
	}
	sumAndDifference(&r.y, &r.x, &p.y, &p.x) // 2
	r.y.multiply(&r.y, plus)
	r.x.multiply(&r.x, minusX)
	sumAndDifference(&r.y, &r.x, &r.y, &r.x) // 2
	r.t.multiply(&p.t, &q.xy2d)
	r.z.add(z, z)                                 // 2
	sumAndDifference(sum, difference, &r.z, &r.t) // 3
}

// double sets r to 2·p.
func (r *completed) double(p *projective) {
	r.x.square(&p.x)
	r.y.square(&p.y)
	sumAndDifference(&r.y, &r.z, &r.y, &r.x) // 2
	r.x.add(&p.x, &p.y)                      // 2
	r.x.square(&r.x)
	r.x.subtract(&r.x, &r.y) // 3
	r.t.square(&p.z)
	r.t.add(&r.t, &r.t)      // 2
	r.t.subtract(&r.t, &r.z) // 4
}

// doubleTimes sets p to 2^n·p.
func (p *point) doubleTimes(n int) {
	var q projective
	var r completed
	q.setPoint(p)
	for i := range n {
		r.double(&q)
		if i < n-1 {
			q.setCompleted(&r)
		} else {
			p.setCompleted(&r)
		}
	}
}

// plus returns p + q.
func (p *point) plus(q *addend) (sum point) {
	var r completed
	r.add(p, q, false)
	sum.setCompleted(&r)
	return sum
}

// affineAddends converts points at the price of one inversion.
func affineAddends(points []point) []affineAddend {
	zs := make([]element, len(points))
	for i := range points {
		zs[i] = points[i].z
	}
	invertAll(zs)
	addends := make([]affineAddend, len(points))
	for i := range points {
		var x, y, xy element
		x.multiply(&points[i].x, &zs[i])
		y.multiply(&points[i].y, &zs[i])
		xy.multiply(&x, &y)
		addends[i].set(&x, &y, &xy)
	}
	return addends
}

package curve25519

// Points of the Edwards curve −x² + y² = 1 + d·x²·y² (RFC 8032, section 5.1).
// Coordinates are tight, those of affineAddend at most twice and those of
// completed at most four times tight.

// point is (x/z, y/z), with t = x·y/z. z is never 0.
type point struct{ x, y, z, t element }

// projective is (x/z, y/z): a point that will only be doubled or encoded.
type projective struct{ x, y, z element }

// completed is (x/z, y/t): what a doubling or addition gives before the
// multiplications that the next step may not need all of.
type completed struct{ x, y, z, t element }

// affineAddend is the point (x, y) as additions need it.
type affineAddend struct{ yPlusX, yMinusX, xy2d element }

// addend is the point (x/z, y/z) as additions need it; affineAddend holds its
// x, y and t in place of x, y and x·y.
type addend struct {
	affineAddend
	z element
}

var (
	// d is −121665/121666.
	d = element{56195235, 13857412, 51736253, 6949390, 114729, 24766616, 60832955, 30306712, 48412415, 21499315}
	// d2 is 2·d.
	d2 = element{45281625, 27714825, 36363642, 13898781, 229458, 15978800, 54557047, 27058993, 29715967, 9444199}
	// rootOfMinusOne is 2^((p−1)/4), whose square is −1.
	rootOfMinusOne = element{34513072, 25610706, 9377949, 3500415, 12389472, 33281959, 41962654, 31548777, 326685, 11406482}

	identity = point{y: one, z: one}
	// basePoint is B of RFC 8032, section 5.1, which has the order L.
	basePoint = point{
		x: element{52811034, 25909283, 16144682, 17082669, 27570973, 30858332, 40966398, 8378388, 20764389, 8758491},
		y: element{40265304, 26843545, 13421772, 20132659, 26843545, 6710886, 53687091, 13421772, 40265318, 26843545},
		z: one,
		t: element{28827043, 27438313, 39759291, 244362, 8635006, 11264893, 19351346, 13413597, 16611511, 27139452},
	}
)

func (p *projective) setPoint(q *point) { p.x, p.y, p.z = q.x, q.y, q.z }

func (p *projective) setCompleted(q *completed) {
	p.x.multiply(&q.x, &q.t)
	p.y.multiply(&q.y, &q.z)
	p.z.multiply(&q.z, &q.t)
}

func (p *point) setCompleted(q *completed) {
	p.x.multiply(&q.x, &q.t)
	p.y.multiply(&q.y, &q.z)
	p.z.multiply(&q.z, &q.t)
	p.t.multiply(&q.x, &q.y)
}

func (a *affineAddend) set(x, y, t *element) {
	a.yPlusX.add(y, x)
	a.yMinusX.subtract(y, x)
	a.xy2d.multiply(t, &d2)
}

func (a *addend) setPoint(p *point) {
	a.set(&p.x, &p.y, &p.t)
	a.z = p.z
}

func (p *point) negate() {
	p.x.negate(&p.x)
	p.t.negate(&p.t)
}

package curve25519

// decode sets p to the point that 32 bytes stand for (RFC 8032, section 5.1.3)
// and reports whether there is one.
//
// It takes what crypto/ed25519 takes, which is more than the RFC: y from p to
// 2^255 − 1, and the sign bit where x is 0. Public data only: it branches.
func (p *point) decode(b []byte) bool {
	var yy, u, v, v3, uv7, x, check element
	p.y.setBytes(b)
	p.z = one
	yy.square(&p.y)
	u.subtract(&yy, &one) // x² = u/v
	v.multiply(&yy, &d)
	v.add(&v, &one)

	// The candidate is u·v³·(u·v⁷)^((p−5)/8).
	v3.square(&v)
	v3.multiply(&v3, &v)
	uv7.square(&v3)
	uv7.multiply(&uv7, &v)
	uv7.multiply(&uv7, &u)
	x.rootPower(&uv7)
	x.multiply(&x, &v3)
	x.multiply(&x, &u)

	check.square(&x)
	check.multiply(&check, &v) // u, −u, or there is no root
	var minus, plus element
	minus.subtract(&check, &u)
	plus.add(&check, &u)
	if !minus.isZero() {
		if !plus.isZero() {
			return false
		}
		x.multiply(&x, &rootOfMinusOne)
	}
	if x.sign() != b[31]>>7 {
		x.negate(&x)
	}
	p.x = x
	p.t.multiply(&x, &p.y)
	return true
}

// encode returns the one encoding of p, of which inverse is 1/z.
func (p *projective) encode(inverse *element) [32]byte {
	var x, y element
	x.multiply(&p.x, inverse)
	y.multiply(&p.y, inverse)
	b := y.bytes()
	b[31] |= x.sign() << 7
	return b
}

func (p *point) bytes() [32]byte {
	var inverse element
	inverse.invert(&p.z)
	q := projective{p.x, p.y, p.z}
	return q.encode(&inverse)
}

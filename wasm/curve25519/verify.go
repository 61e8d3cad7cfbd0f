package curve25519

// Verify reports whether signature is key's for message (RFC 8032, section
// 5.1.7, without the cofactor). It answers as crypto/ed25519 does, and no for
// a key or signature of the wrong length. For several signatures of one key
// use a Verifier.
func Verify(key, message, signature []byte) bool {
	v, err := NewVerifier(key)
	return err == nil && v.Verify(message, signature)
}

// Both of the following return s·B + k·a for s < L. k is taken as it is, not
// modulo L, since a may have another order.

// multiplyOnce needs nothing but a.
func multiplyOnce(s, k *[4]uint64, a *point) (sum projective) {
	base := publicBase()
	odd := *s
	makeOdd(&odd)
	bits := base.digits(&odd)
	multiples := oddMultiples(a)
	p := identity
	var r completed
	sum.setPoint(&p)
	digits := naf(k)
	for i := nafDigits - 1; i >= 0; i-- {
		r.double(&sum)
		if d := digits[i]; d > 0 {
			p.setCompleted(&r)
			r.add(&p, &multiples[d/2], false)
		} else if d < 0 {
			p.setCompleted(&r)
			r.add(&p, &multiples[-d/2], true)
		}
		if i >= base.height {
			sum.setCompleted(&r)
			continue
		}
		p.setCompleted(&r)
		base.addColumns(&p, &bits, i)
		sum.setPoint(&p)
	}
	return sum
}

// oddMultiples returns a, 3·a, … 15·a.
func oddMultiples(a *point) (multiples [8]addend) {
	multiples[0].setPoint(a)
	twice := *a
	twice.doubleTimes(1)
	for i := range multiples[1:] {
		next := twice.plus(&multiples[i])
		multiples[i+1].setPoint(&next)
	}
	return multiples
}

// multiplyCombed needs a comb of a, and a itself.
func multiplyCombed(s, k *[4]uint64, combA *comb, a *affineAddend) (sum projective) {
	base := publicBase()
	oddS, oddK := *s, *k
	makeOdd(&oddS)
	oddK[0] |= 1
	bitsS, bitsK := base.digits(&oddS), combA.digits(&oddK)
	p := identity
	for column := max(base.height, combA.height) - 1; column >= 0; column-- {
		p.doubleTimes(1)
		if column < combA.height {
			combA.addColumns(&p, &bitsK, column)
		}
		if column < base.height {
			base.addColumns(&p, &bitsS, column)
		}
	}
	if oddK != *k {
		var r completed
		r.addAffine(&p, a, true)
		p.setCompleted(&r)
	}
	sum.setPoint(&p)
	return sum
}

package curve25519

import "filippo.io/edwards25519"

// X25519Public returns the public key of a private one, or ErrKey.
func X25519Public(private []byte) ([]byte, error) {
	if len(private) != KeySize {
		return nil, ErrKey
	}
	// Modulo L, since B has the order L; never 0, as no clamped scalar is.
	k, err := edwards25519.NewScalar().SetBytesWithClamping(private)
	if err != nil {
		return nil, ErrKey
	}
	p := multiplyBase(k.Bytes())
	// u = (1 + y)/(1 − y) (RFC 7748, section 4.1).
	var above, below, u element
	above.add(&p.z, &p.y)
	below.subtract(&p.z, &p.y)
	below.invert(&below)
	u.multiply(&above, &below)
	b := u.bytes()
	return b[:], nil
}

// X25519 returns the secret that a private key shares with a public one (RFC
// 7748, section 5); ErrZeroSecret if it is zero (section 6.1), or ErrKey.
func X25519(private, public []byte) ([]byte, error) {
	if len(private) != KeySize || len(public) != KeySize {
		return nil, ErrKey
	}
	k := [KeySize]byte(private)
	clamp(k[:])
	var u element
	u.setBytes(public)
	b := ladder(&k, &u)
	if b == [KeySize]byte{} {
		return nil, ErrZeroSecret
	}
	return b[:], nil
}

// ladder returns k·u (RFC 7748, section 5): p is m·u and q is (m+1)·u, each as
// x/z, where m are the bits of k that it has been through. The names are those
// of the RFC, which adds to AA what here, with 1 more in the factor, is added to
// BB. Beside each line: how many times tight.
func ladder(k *[KeySize]byte, u *element) [KeySize]byte {
	var a, b, c, d, aa, bb, e element
	px, pz, qx, qz := one, element{}, *u, one
	swapped := int32(0)
	for i := 254; i >= 0; i-- {
		bit := int32(k[i/8]>>(i%8)) & 1
		swap(&px, &qx, swapped^bit)
		swap(&pz, &qz, swapped^bit)
		swapped = bit

		sumAndDifference(&a, &b, &px, &pz) // 2
		sumAndDifference(&c, &d, &qx, &qz) // 2
		d.multiply(&d, &a)
		c.multiply(&c, &b)
		sumAndDifference(&qx, &qz, &d, &c) // 2
		qx.square(&qx)
		qz.square(&qz)
		qz.multiply(&qz, u)

		aa.square(&a)
		bb.square(&b)
		px.multiply(&aa, &bb)
		e.subtract(&aa, &bb) // 2
		pz.multiplySmall(&e, 121666)
		pz.add(&pz, &bb) // 2
		pz.multiply(&pz, &e)
	}
	swap(&px, &qx, swapped)
	swap(&pz, &qz, swapped)
	pz.invert(&pz)
	px.multiply(&px, &pz)
	return px.bytes()
}

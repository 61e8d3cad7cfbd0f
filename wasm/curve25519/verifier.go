package curve25519

// Verifier verifies signatures of one key. The more it has verified, the larger
// the table that it keeps of the key: none for one signature, 4 kB for a few,
// 8 kB for many.
type Verifier struct {
	key [KeySize]byte
	// a is −A, where A is the key.
	a point
	// seen is how many signatures there were to verify so far.
	seen int
	// comb is of a, nil at first.
	comb  *comb
	combA affineAddend
}

// NewVerifier returns a verifier for key, or ErrKey.
func NewVerifier(key []byte) (*Verifier, error) {
	v := &Verifier{}
	if len(key) != KeySize || !v.a.decode(key) {
		return nil, ErrKey
	}
	copy(v.key[:], key)
	v.a.negate()
	v.combA.set(&v.a.x, &v.a.y, &v.a.t)
	return v, nil
}

// Strict reports whether the key has no other encoding and is not of small
// order. Verify does not ask for that; libraries of Olm do, so whoever takes a
// key from somebody else should ask once.
func (v *Verifier) Strict() bool {
	a := v.a
	a.negate()
	if a.bytes() != v.key {
		return false
	}
	a.doubleTimes(3)
	return !a.x.isZero() // x is 0 only where the order is 1 or 2, and 8·A is never of order 2
}

// Verify is Verify for this key.
func (v *Verifier) Verify(message, signature []byte) bool {
	return v.VerifyAll([][]byte{message}, [][]byte{signature})[0]
}

// VerifyAll answers for each of messages what Verify would, faster the more
// there are. There must be as many signatures as messages.
func (v *Verifier) VerifyAll(messages, signatures [][]byte) []bool {
	v.grow(len(messages))
	results := make([]bool, len(messages))
	points := make([]projective, len(messages))
	zs := make([]element, len(messages))
	for i := range messages {
		points[i], results[i] = v.commitment(messages[i], signatures[i])
		zs[i] = points[i].z
	}
	invertAll(zs)
	for i := range messages {
		results[i] = results[i] && points[i].encode(&zs[i]) == [32]byte(signatures[i][:32])
	}
	return results
}

// commitment returns S·B − k·A, whose encoding a genuine signature starts with,
// or some point and false if the signature has not even the form of one.
func (v *Verifier) commitment(message, signature []byte) (projective, bool) {
	if len(signature) != SignatureSize {
		return projective{z: one}, false
	}
	s := words(signature[32:])
	if !belowOrder(&s) {
		return projective{z: one}, false
	}
	k := words(hash(signature[:32], v.key[:], message).Bytes())
	if v.comb == nil {
		return multiplyOnce(&s, &k, &v.a), true
	}
	return multiplyCombed(&s, &k, v.comb, &v.combA), true
}

// Combs have two blocks, and more teeth the more there is to verify. The
// numbers are signatures from which a comb pays: the first the making of one,
// the second a tooth more in it, the third another making for that tooth.
const (
	combBlocks = 2
	fewTeeth   = 5
	manyTeeth  = 6

	worthComb    = 2
	worthTooth   = 10
	worthAnother = 50
)

// grow makes the table for n more signatures.
func (v *Verifier) grow(n int) {
	v.seen += n
	switch {
	case v.comb == nil && v.seen >= worthTooth, v.seen >= worthAnother && v.comb.teeth < manyTeeth:
		v.comb = newComb(&v.a, manyTeeth, combBlocks)
	case v.comb == nil && v.seen >= worthComb:
		v.comb = newComb(&v.a, fewTeeth, combBlocks)
	}
}

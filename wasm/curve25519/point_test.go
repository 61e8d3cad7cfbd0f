package curve25519

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"filippo.io/edwards25519"
)

// TestConstants holds the constants to their definitions (RFC 8032, 5.1).
func TestConstants(t *testing.T) {
	number := func(n int64) *element {
		var x element
		x.setBytes(littleEndian(new(big.Int).Mod(big.NewInt(n), p25519)))
		return &x
	}
	var x element
	x.multiply(&d, number(121666))
	x.add(&x, number(121665))
	if !x.isZero() {
		t.Error("d is not −121665/121666")
	}
	x.add(&d, &d)
	if x.bytes() != d2.bytes() {
		t.Error("d2 is not 2·d")
	}
	x.square(&rootOfMinusOne)
	x.add(&x, &one)
	if !x.isZero() {
		t.Error("the square of rootOfMinusOne is not −1")
	}
	x.multiply(&basePoint.y, number(5))
	x.subtract(&x, number(4))
	if !x.isZero() || basePoint.x.sign() != 0 || !onCurve(&basePoint) {
		t.Error("the base point is another")
	}
	for _, c := range []*element{&d, &d2, &rootOfMinusOne, &basePoint.x, &basePoint.y, &basePoint.t} {
		if !isTight(c) {
			t.Error(*c, "is not tight")
		}
	}
	l, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	if words(littleEndian(l)) != order {
		t.Error("L is another number")
	}
}

// onCurve checks −x² + y² = z² + d·t² and x·y = z·t.
func onCurve(p *point) bool {
	var xx, yy, zz, tt, xy, zt element
	xx.square(&p.x)
	yy.square(&p.y)
	zz.square(&p.z)
	tt.square(&p.t)
	tt.multiply(&tt, &d)
	xy.multiply(&p.x, &p.y)
	zt.multiply(&p.z, &p.t)
	yy.subtract(&yy, &xx)
	zz.add(&zz, &tt)
	return yy.bytes() == zz.bytes() && xy.bytes() == zt.bytes() && !p.z.isZero()
}

// samplePoints are the points of small order, random ones, and sums of both,
// in pairs: ours and that of another implementation.
func samplePoints(t *testing.T, random *rand.Rand) (ours []point, theirs []*edwards25519.Point) {
	t.Helper()
	add := func(q *edwards25519.Point) {
		var p point
		if !p.decode(q.Bytes()) || !onCurve(&p) {
			t.Fatalf("%x is not decoded", q.Bytes())
		}
		ours, theirs = append(ours, p), append(theirs, q)
	}
	for _, b := range smallOrder() {
		q, err := new(edwards25519.Point).SetBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		add(q)
	}
	for range 8 {
		q := new(edwards25519.Point).ScalarBaseMult(randomScalar(random))
		add(q)
		add(new(edwards25519.Point).Add(q, theirs[random.IntN(8)]))
	}
	return ours, theirs
}

func randomScalar(random *rand.Rand) *edwards25519.Scalar {
	var b [64]byte
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	s, err := edwards25519.NewScalar().SetUniformBytes(b[:])
	if err != nil {
		panic(err)
	}
	return s
}

// TestAdditions adds and subtracts all pairs, with z other than 1 too.
func TestAdditions(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	ours, theirs := samplePoints(t, random)
	for i := range ours {
		for j := range ours {
			sum := new(edwards25519.Point).Add(theirs[i], theirs[j])
			difference := new(edwards25519.Point).Subtract(theirs[i], theirs[j])
			p, q := rescaled(&ours[i], random), rescaled(&ours[j], random)
			affine := affineAddends([]point{q})[0]
			var a addend
			a.setPoint(&q)
			for _, minus := range []bool{false, true} {
				want := sum
				if minus {
					want = difference
				}
				var r completed
				var got point
				r.add(&p, &a, minus)
				got.setCompleted(&r)
				checkPoint(t, "sum", &got, want)
				r.addAffine(&p, &affine, minus)
				got.setCompleted(&r)
				checkPoint(t, "sum with an affine point", &got, want)
			}
		}
	}
}

func TestDoubleAndNegate(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	ours, theirs := samplePoints(t, random)
	for i := range ours {
		p := rescaled(&ours[i], random)
		p.negate()
		checkPoint(t, "negative", &p, new(edwards25519.Point).Negate(theirs[i]))
		for n := range 5 {
			p, want := rescaled(&ours[i], random), theirs[i]
			for range n {
				want = new(edwards25519.Point).Add(want, want)
			}
			p.doubleTimes(n)
			checkPoint(t, "double", &p, want)
		}
	}
}

// rescaled returns p with another z.
func rescaled(p *point, random *rand.Rand) (q point) {
	f := loose(random)
	for f.isZero() {
		f = loose(random)
	}
	q.x.multiply(&p.x, &f)
	q.y.multiply(&p.y, &f)
	q.z.multiply(&p.z, &f)
	q.t.multiply(&p.t, &f)
	return q
}

func checkPoint(t *testing.T, what string, got *point, want *edwards25519.Point) {
	t.Helper()
	if b := got.bytes(); string(b[:]) != string(want.Bytes()) || !onCurve(got) {
		t.Fatalf("%s: %x, want %x", what, b, want.Bytes())
	}
}

// TestDecode: what is a point for the other implementation is one here, the
// same one, and nothing else is.
func TestDecode(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	inputs := append(smallOrder(), nonCanonical()...)
	for range 2000 {
		inputs = append(inputs, littleEndian(randomBelow(random, new(big.Int).Lsh(big.NewInt(1), 256))))
	}
	points := 0
	for _, b := range inputs {
		var p point
		want, err := new(edwards25519.Point).SetBytes(b)
		if ok := p.decode(b); ok != (err == nil) {
			t.Fatalf("%x: %v, the other says %v", b, ok, err)
		} else if ok {
			checkPoint(t, "decoded", &p, want)
			points++
		}
	}
	if points < 800 || points > 1300 { // half of all y have a point
		t.Errorf("%d points in %d", points, len(inputs))
	}
}

// smallOrder are the encodings of the eight points of order 1, 2, 4 and 8, as
// multiples of one of order 8.
func smallOrder() [][]byte {
	const eight = "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a"
	p, err := new(edwards25519.Point).SetBytes([]byte(eight))
	if err != nil {
		panic(err)
	}
	q := edwards25519.NewIdentityPoint()
	var all [][]byte
	for range 8 {
		all = append(all, q.Bytes())
		q.Add(q, p)
	}
	return all
}

// nonCanonical are all 32 bytes that a number from p to 2^255 − 1 makes with
// both signs, and the two of canonical y that have a sign but no x. Some are
// points, which then have another encoding as well, some of them of small order.
func nonCanonical() [][]byte {
	var all [][]byte
	add := func(y *big.Int, sign byte) {
		b := littleEndian(y)
		b[31] |= sign
		all = append(all, b)
	}
	for i := range int64(19) {
		y := new(big.Int).Add(p25519, big.NewInt(i))
		add(y, 0)
		add(y, 0x80)
	}
	add(big.NewInt(1), 0x80)
	add(new(big.Int).Sub(p25519, big.NewInt(1)), 0x80)
	return all
}

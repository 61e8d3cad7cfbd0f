package curve25519

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

var p25519 = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))

// value is what x stands for, which may be negative or above p.
func value(x *element) *big.Int {
	sum := new(big.Int)
	for i := range x {
		sum.Add(sum, new(big.Int).Lsh(big.NewInt(int64(x[i])), weight(i)))
	}
	return sum
}

// weight of limb i as a power of 2: ⌈25.5·i⌉.
func weight(i int) uint { return uint(51*i+1) / 2 }

func littleEndian(n *big.Int) []byte {
	b := n.FillBytes(make([]byte, 32))
	slices.Reverse(b)
	return b
}

// tightBounds are the ends of limb i's range, by the comment of element.
func tightBounds(i int) (low, high int64) {
	if i%2 == 0 {
		return 0, 1<<26 - 1
	}
	return -1<<13 + 1, 1<<25 + 1<<13 - 1
}

func isTight(x *element) bool {
	for i := range x {
		if low, high := tightBounds(i); int64(x[i]) < low || int64(x[i]) > high {
			return false
		}
	}
	return true
}

// loose returns an element four times tight, its limbs at the ends of their
// range, at 0, or anywhere.
func loose(random *rand.Rand) (x element) {
	style := random.IntN(6)
	for i := range x {
		_, high := tightBounds(i)
		high *= 4
		switch style {
		case 0:
			x[i] = int32(high)
		case 1:
			x[i] = int32(-high)
		case 2:
			x[i] = int32([]int64{-high, 0, high}[random.IntN(3)])
		case 3:
			x[i] = int32([]int64{-1, 0, 1}[random.IntN(3)])
		default:
			x[i] = int32(random.Int64N(2*high+1) - high)
		}
	}
	return x
}

// TestField holds the operations against math/big, results and bounds.
func TestField(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	check := func(name string, got *element, want *big.Int, operands ...element) {
		t.Helper()
		want = new(big.Int).Mod(want, p25519)
		if b := got.bytes(); string(b[:]) != string(littleEndian(want)) {
			t.Fatalf("%s of %v: value is %v, want %v", name, operands, value(got), want)
		}
		if !isTight(got) {
			t.Fatalf("%s of %v: %v is not tight", name, operands, *got)
		}
	}
	for range 20000 {
		x, y := loose(random), loose(random)
		a, b := value(&x), value(&y)
		var z element
		z.multiply(&x, &y)
		check("multiply", &z, new(big.Int).Mul(a, b), x, y)
		z = x
		z.multiply(&z, &y)
		check("multiply into x", &z, new(big.Int).Mul(a, b), x, y)
		z = y
		z.multiply(&x, &z)
		check("multiply into y", &z, new(big.Int).Mul(a, b), x, y)
		z.square(&x)
		check("square", &z, new(big.Int).Mul(a, a), x)
		z = x
		z.square(&z)
		check("square into x", &z, new(big.Int).Mul(a, a), x)
		k := random.Int64N(1 << 17)
		z.multiplySmall(&x, k)
		check("multiplySmall", &z, new(big.Int).Mul(a, big.NewInt(k)), x)
		z = x
		z.carry()
		check("carry", &z, a, x)
		z.negate(&x)
		check("negate", &z, new(big.Int).Neg(a), x)
	}
}

// TestSums: sums and differences of tight elements, which need no carry.
func TestSums(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		x, y := loose(random), loose(random)
		x.carry()
		y.carry()
		var sum, difference, plus, minus element
		sum.add(&x, &y)
		difference.subtract(&x, &y)
		if value(&sum).Cmp(new(big.Int).Add(value(&x), value(&y))) != 0 ||
			value(&difference).Cmp(new(big.Int).Sub(value(&x), value(&y))) != 0 {
			t.Fatal(x, y)
		}
		sumAndDifference(&plus, &minus, &x, &y)
		if plus != sum || minus != difference {
			t.Fatal(x, y)
		}
		plus, minus = x, y
		sumAndDifference(&minus, &plus, &plus, &minus)
		if minus != sum || plus != difference {
			t.Fatal("into its operands", x, y)
		}
	}
}

// TestMultiplyBounds adds up the greatest products that each sum of multiply
// can have, and follows the carries: no sum leaves 63 bits, and what remains
// is as tight as element says.
func TestMultiplyBounds(t *testing.T) {
	sums := make([]*big.Int, 10)
	for i := range sums {
		sums[i] = new(big.Int)
	}
	for i := range 10 {
		for j := range 10 {
			_, a := tightBounds(i)
			_, b := tightBounds(j)
			product := new(big.Int).Mul(big.NewInt(4*a), big.NewInt(4*b))
			factor := int64(1) << (weight(i) + weight(j) - weight((i+j)%10))
			if i+j >= 10 {
				factor = 19 << (weight(i) + weight(j) - weight(i+j-10) - 255)
			}
			sum := sums[(i+j)%10]
			sum.Add(sum, product.Mul(product, big.NewInt(factor)))
		}
	}
	limit := new(big.Int).Lsh(big.NewInt(1), 63)
	carryInto := func(to, from int, times int64) *big.Int {
		c := new(big.Int).Rsh(sums[from], limbBits(from))
		c.Add(c, big.NewInt(1)) // a negative sum rounds away from 0
		c.Mul(c, big.NewInt(times))
		sums[to].Add(sums[to], c)
		if sums[to].Cmp(limit) >= 0 {
			t.Errorf("sum %d may be %v", to, sums[to])
		}
		sums[from] = new(big.Int).Lsh(big.NewInt(1), limbBits(from))
		return c
	}
	for i, sum := range sums {
		if sum.Cmp(limit) >= 0 {
			t.Errorf("sum %d may be %v", i, sum)
		}
	}
	var rest []*big.Int // the last carries into limbs 5 and 1
	for _, step := range []struct{ from, to int }{
		{0, 1}, {4, 5}, {1, 2}, {5, 6}, {2, 3}, {6, 7}, {3, 4}, {7, 8}, {4, 5}, {8, 9}, {9, 0}, {0, 1},
	} {
		times := int64(1)
		if step.from == 9 {
			times = 19
		}
		rest = append(rest, carryInto(step.to, step.from, times))
	}
	for _, last := range []*big.Int{rest[8], rest[11]} {
		if last.Cmp(big.NewInt(1<<13)) >= 0 {
			t.Errorf("a last carry may be %v", last)
		}
	}
}

// TestEncoding: all numbers near 0, p and 2^255, and what lies between.
func TestEncoding(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	top := new(big.Int).Lsh(big.NewInt(1), 255)
	check := func(n *big.Int) {
		t.Helper()
		if n.Sign() < 0 || n.Cmp(top) >= 0 {
			return
		}
		var x element
		for _, bit := range []byte{0, 0x80} { // the top bit says nothing
			b := littleEndian(n)
			b[31] |= bit
			x.setBytes(b)
			if value(&x).Cmp(n) != 0 || !isTight(&x) {
				t.Fatalf("%v is read as %v", n, value(&x))
			}
		}
		rest := new(big.Int).Mod(n, p25519)
		if b := x.bytes(); string(b[:]) != string(littleEndian(rest)) {
			t.Fatalf("%v is written as %x", n, b)
		}
		if x.isZero() != (rest.Sign() == 0) || uint(x.sign()) != rest.Bit(0) {
			t.Fatalf("%v: zero %v, sign %d", n, x.isZero(), x.sign())
		}
	}
	for i := int64(-50); i <= 50; i++ {
		for _, near := range []*big.Int{new(big.Int), p25519, top} {
			check(new(big.Int).Add(near, big.NewInt(i)))
		}
	}
	for range 2000 {
		check(randomBelow(random, top))
	}
}

func TestPowers(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	inverse := new(big.Int).Sub(p25519, big.NewInt(2))
	root := new(big.Int).Rsh(new(big.Int).Sub(p25519, big.NewInt(5)), 3)
	var all []element
	for i := range 100 {
		x := loose(random)
		if i == 0 {
			x = element{}
		}
		for _, power := range []struct {
			set      func(z, x *element)
			exponent *big.Int
		}{{(*element).invert, inverse}, {(*element).rootPower, root}} {
			z := x
			power.set(&z, &z)
			want := new(big.Int).Exp(new(big.Int).Mod(value(&x), p25519), power.exponent, p25519)
			if b := z.bytes(); string(b[:]) != string(littleEndian(want)) {
				t.Fatalf("%v to the %v", value(&x), power.exponent)
			}
		}
		if !x.isZero() {
			all = append(all, x)
		}
		inverses := slices.Clone(all)
		invertAll(inverses)
		for j := range all {
			var want element
			want.invert(&all[j])
			if inverses[j].bytes() != want.bytes() {
				t.Fatalf("inverse %d of %d", j, len(all))
			}
		}
	}
}

func TestMasks(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 100 {
		x, y := loose(random), loose(random)
		a, b := x, y
		swap(&a, &b, 0)
		if a != x || b != y {
			t.Fatal("swapped by 0")
		}
		swap(&a, &b, 1)
		if a != y || b != x {
			t.Fatal("not swapped by 1")
		}
		var z element
		z.merge(&x, 0)
		if z != (element{}) {
			t.Fatal("merged by 0")
		}
		z.merge(&x, -1)
		if z != x {
			t.Fatal("not merged by −1")
		}
	}
}

// randomBelow returns a number below n that a seed brings back.
func randomBelow(random *rand.Rand, n *big.Int) *big.Int {
	var b [64]byte
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return new(big.Int).Mod(new(big.Int).SetBytes(b[:]), n)
}

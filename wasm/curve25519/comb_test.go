package curve25519

import (
	"encoding/binary"
	"math/big"
	"math/rand/v2"
	"testing"

	"filippo.io/edwards25519"
)

// scalars are those at the ends, of few and of many bits, and any below n.
func scalars(random *rand.Rand, n *big.Int) [][4]uint64 {
	var all [][4]uint64
	add := func(k *big.Int) {
		if k.Sign() >= 0 && k.Cmp(n) < 0 {
			all = append(all, words(littleEndian(k)))
		}
	}
	for i := int64(-3); i <= 20; i++ {
		add(big.NewInt(i))
		add(new(big.Int).Add(n, big.NewInt(i-10)))
	}
	for i := range uint(254) {
		bit := new(big.Int).Lsh(big.NewInt(1), i)
		add(bit)
		add(new(big.Int).Sub(bit, big.NewInt(1)))
		add(new(big.Int).Sub(n, bit))
	}
	for range 200 {
		add(randomBelow(random, n))
	}
	return all
}

func bigOf(k *[4]uint64) *big.Int {
	var b [32]byte
	for i, w := range k {
		binary.BigEndian.PutUint64(b[24-8*i:], w)
	}
	return new(big.Int).SetBytes(b[:])
}

func bigOrder() *big.Int { return bigOf(&order) }

// TestDigits: the digits of a comb, all 1 or −1, add up to the scalar, and a
// column names the sum that they stand for.
func TestDigits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, c := range combs() {
		for _, k := range scalars(random, new(big.Int).Lsh(big.NewInt(1), combBits)) {
			k[0] |= 1
			bits := c.digits(&k)
			total := new(big.Int)
			for column := range c.blocks * c.height {
				sum, minus := c.column(&bits, column)
				if sum < 0 || sum >= 1<<(c.teeth-1) || minus != 0 && minus != -1 {
					t.Fatal(sum, minus)
				}
				for tooth := range c.teeth {
					positive := tooth == c.teeth-1 || sum>>tooth&1 == 1
					digit := big.NewInt(1)
					if positive == (minus == -1) {
						digit.Neg(digit)
					}
					total.Add(total, digit.Lsh(digit, uint(column+tooth*c.blocks*c.height)))
				}
			}
			if total.Cmp(bigOf(&k)) != 0 {
				t.Fatalf("%d×%d: digits of %v add up to %v", c.teeth, c.blocks, bigOf(&k), total)
			}
		}
	}
}

// combs are the shapes in use, and the smallest, without tables.
func combs() []*comb {
	var all []*comb
	for _, shape := range [][2]int{{1, 1}, {4, 8}, {fewTeeth, combBlocks}, {manyTeeth, combBlocks}, {11, 1}} {
		c := newComb(&identity, shape[0], shape[1])
		all = append(all, c)
	}
	return all
}

func TestNAF(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for _, k := range scalars(random, new(big.Int).Lsh(big.NewInt(1), 253)) {
		digits := naf(&k)
		total, last := new(big.Int), -5
		for i, digit := range digits {
			if digit == 0 {
				continue
			}
			if digit%2 == 0 || digit < -15 || digit > 15 || i-last < 5 {
				t.Fatalf("%v: digit %d is %d, the one before was %d", bigOf(&k), i, digit, last)
			}
			last = i
			total.Add(total, new(big.Int).Lsh(big.NewInt(int64(digit)), uint(i)))
		}
		if total.Cmp(bigOf(&k)) != 0 {
			t.Fatalf("digits of %v add up to %v", bigOf(&k), total)
		}
	}
}

func TestOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	l := bigOrder()
	for _, k := range scalars(random, new(big.Int).Lsh(big.NewInt(1), 256)) {
		if belowOrder(&k) != (bigOf(&k).Cmp(l) < 0) {
			t.Fatal(bigOf(&k))
		}
	}
	for _, k := range scalars(random, l) {
		odd := k
		makeOdd(&odd)
		rest := new(big.Int).Sub(bigOf(&odd), bigOf(&k))
		if odd[0]&1 == 0 || rest.Sign() != 0 && rest.Cmp(l) != 0 {
			t.Fatalf("%v became %v", bigOf(&k), bigOf(&odd))
		}
	}
}

// TestMultiply holds s·B + k·a against another implementation, both ways, for
// points a of all orders. k is not taken modulo L.
func TestMultiply(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	ours, theirs := samplePoints(t, random)
	all := scalars(random, bigOrder())
	for i := range ours {
		a := &ours[i]
		few, many := newComb(a, fewTeeth, combBlocks), newComb(a, manyTeeth, combBlocks)
		var affine affineAddend
		affine.set(&a.x, &a.y, &a.t)
		for range 30 {
			s, k := all[random.IntN(len(all))], all[random.IntN(len(all))]
			want := new(edwards25519.Point).ScalarBaseMult(scalarOf(&s))
			want.Add(want, new(edwards25519.Point).ScalarMult(scalarOf(&k), theirs[i]))
			for name, got := range map[string]projective{
				"once": multiplyOnce(&s, &k, a),
				"few":  multiplyCombed(&s, &k, few, &affine),
				"many": multiplyCombed(&s, &k, many, &affine),
			} {
				var inverse element
				inverse.invert(&got.z)
				if b := got.encode(&inverse); string(b[:]) != string(want.Bytes()) {
					t.Fatalf("%s: %v·B + %v·%x is %x, want %x", name, bigOf(&s), bigOf(&k), theirs[i].Bytes(), b, want.Bytes())
				}
			}
		}
	}
}

func TestMultiplyBase(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	for _, k := range scalars(random, bigOrder()) {
		s := scalarOf(&k)
		p := multiplyBase(s.Bytes())
		checkPoint(t, "multiple", &p, new(edwards25519.Point).ScalarBaseMult(s))
	}
}

func scalarOf(k *[4]uint64) *edwards25519.Scalar {
	s, err := edwards25519.NewScalar().SetCanonicalBytes(littleEndian(bigOf(k)))
	if err != nil {
		panic(err)
	}
	return s
}

// TestSelectMasked is V-2: it selects every sum of every block, with both signs: a scan
// of the whole table must give what a look-up would.
func TestSelectMasked(t *testing.T) {
	c := secretBase()
	size := 1 << (c.teeth - 1)
	for b := range c.blocks {
		table := c.table[b*size : (b+1)*size]
		for i := range table {
			plus, minus := selectMasked(table, int32(i), 0), selectMasked(table, int32(i), -1)
			if plus != table[i] {
				t.Fatalf("block %d: sum %d is another", b, i)
			}
			if minus.yPlusX != table[i].yMinusX || minus.yMinusX != table[i].yPlusX {
				t.Fatalf("block %d: negative of sum %d has another x or y", b, i)
			}
			minus.xy2d.add(&minus.xy2d, &table[i].xy2d)
			if !minus.xy2d.isZero() {
				t.Fatalf("block %d: negative of sum %d has another product", b, i)
			}
		}
	}
}

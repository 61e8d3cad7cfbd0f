package curve25519

import (
	"crypto/sha512"
	"math/bits"

	"filippo.io/edwards25519"
)

// order is L, the order of the base point: 2^252 + 27742….
var order = [4]uint64{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000}

// belowOrder reports whether k < L. Public data only.
func belowOrder(k *[4]uint64) bool {
	for i := 3; i >= 0; i-- {
		if k[i] != order[i] {
			return k[i] < order[i]
		}
	}
	return false
}

// makeOdd adds L to k < L if k is even, which changes nothing for a point of
// order L.
func makeOdd(k *[4]uint64) {
	mask := k[0]&1 - 1 // all ones if k is even
	var carry uint64
	for i := range k {
		k[i], carry = bits.Add64(k[i], order[i]&mask, carry)
	}
}

// hash returns SHA-512 of the parts, one after the other, modulo L.
func hash(parts ...[]byte) *edwards25519.Scalar {
	h := sha512.New()
	for _, part := range parts {
		h.Write(part)
	}
	var sum [sha512.Size]byte
	k, err := edwards25519.NewScalar().SetUniformBytes(h.Sum(sum[:0]))
	if err != nil {
		panic(err) // SHA-512 has 64 bytes
	}
	return k
}

// nafDigits is how many digits naf has: one more than bits in a scalar below L.
const nafDigits = 254

// naf writes k < 2^253 with digits that are 0 or odd from −15 to 15, no two
// within five places: digit i has the weight 2^i.
func naf(k *[4]uint64) (digits [nafDigits]int8) {
	carry := uint64(0)
	for i := 0; i < nafDigits; {
		window := k[i>>6] >> (i & 63)
		if i&63 > 59 && i < 192 {
			window |= k[i>>6+1] << (64 - i&63)
		}
		window = window&31 + carry
		if window&1 == 0 {
			i++
			continue
		}
		carry = window >> 4
		digits[i] = int8(window) - int8(carry<<5)
		i += 5
	}
	return digits
}

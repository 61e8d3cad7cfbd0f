package curve25519

// element is an element of the field of p = 2^255 − 19, in ten limbs of 26 and
// 25 bits by turns: its value is the sum of limb i times 2^⌈25.5·i⌉. Wasm
// multiplies 64 bits by 64 into 64, so limbs are 32 bits wide and products of
// two need no more than one instruction.
//
// Limbs may be negative, and two elements of the same value may differ. Bounds:
//
//   - tight: even limbs in [0, 2^26), odd limbs in (−2^13, 2^25 + 2^13). What
//     multiply, square, multiplySmall and setBytes give is tight.
//   - n times tight: the sum or difference of n tight elements. What multiply,
//     square, multiplySmall, carry and bytes take is at most four times tight.
//
// Everything here takes the same time whatever the values.
type element [10]int32

const (
	mask26 = 1<<26 - 1
	mask25 = 1<<25 - 1
)

// limbBits is the width of limb i.
func limbBits(i int) uint { return uint(26 - i&1) }

var one = element{1}

// add sets z to x + y, and the bounds add up.
func (z *element) add(x, y *element) {
	z[0], z[1], z[2], z[3], z[4] = x[0]+y[0], x[1]+y[1], x[2]+y[2], x[3]+y[3], x[4]+y[4]
	z[5], z[6], z[7], z[8], z[9] = x[5]+y[5], x[6]+y[6], x[7]+y[7], x[8]+y[8], x[9]+y[9]
}

// subtract sets z to x − y, and the bounds add up.
func (z *element) subtract(x, y *element) {
	z[0], z[1], z[2], z[3], z[4] = x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3], x[4]-y[4]
	z[5], z[6], z[7], z[8], z[9] = x[5]-y[5], x[6]-y[6], x[7]-y[7], x[8]-y[8], x[9]-y[9]
}

// sumAndDifference sets sum to x + y and difference to x − y, as add and
// subtract would; either may be x or y.
func sumAndDifference(sum, difference, x, y *element) {
	sum[0], difference[0] = x[0]+y[0], x[0]-y[0]
	sum[1], difference[1] = x[1]+y[1], x[1]-y[1]
	sum[2], difference[2] = x[2]+y[2], x[2]-y[2]
	sum[3], difference[3] = x[3]+y[3], x[3]-y[3]
	sum[4], difference[4] = x[4]+y[4], x[4]-y[4]
	sum[5], difference[5] = x[5]+y[5], x[5]-y[5]
	sum[6], difference[6] = x[6]+y[6], x[6]-y[6]
	sum[7], difference[7] = x[7]+y[7], x[7]-y[7]
	sum[8], difference[8] = x[8]+y[8], x[8]-y[8]
	sum[9], difference[9] = x[9]+y[9], x[9]-y[9]
}

// negate sets z to −x, tight.
func (z *element) negate(x *element) {
	var zero element
	z.subtract(&zero, x)
	z.carry()
}

// carry makes z, at most four times tight, tight: every limb in [0, 2^26) or
// [0, 2^25).
//
// The first round leaves limb 0 off its range by less than 19·6; the second
// carries that on, and around the end only if all limbs between are at their
// ends, and then limb 0 has room for the 19 that return.
func (z *element) carry() {
	for range 2 {
		for i := range 9 {
			c := z[i] >> limbBits(i)
			z[i] -= c << limbBits(i)
			z[i+1] += c
		}
		c := z[9] >> 25
		z[9] -= c << 25
		z[0] += 19 * c
	}
}

// swap exchanges x and y if bit is 1, and does not if it is 0.
func swap(x, y *element, bit int32) {
	mask := -bit
	for i := range x {
		diff := mask & (x[i] ^ y[i])
		x[i] ^= diff
		y[i] ^= diff
	}
}

// merge sets z, which is 0, to x if mask is −1, and leaves it if mask is 0.
func (z *element) merge(x *element, mask int32) {
	z[0], z[1], z[2], z[3], z[4] = z[0]|x[0]&mask, z[1]|x[1]&mask, z[2]|x[2]&mask, z[3]|x[3]&mask, z[4]|x[4]&mask
	z[5], z[6], z[7], z[8], z[9] = z[5]|x[5]&mask, z[6]|x[6]&mask, z[7]|x[7]&mask, z[8]|x[8]&mask, z[9]|x[9]&mask
}

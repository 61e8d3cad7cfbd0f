package curve25519

// The products of limbs i and j have the weight of limb i+j, twice that if both
// are odd, since an odd limb begins half a bit above 25.5·i; what reaches 2^255
// comes back times 19. So a sum of products is at most, for elements four times
// tight, (4·2^26)² · (1 + 4·19) + (4·(2^25 + 2^13))² · 5·38 < 2^63
// (TestMultiplyBounds has the exact sums), and no sum overflows.
//
// The carries at the end run in two chains, from limbs 0 and 4. The limb after
// each chain's end, 5 and 1, keeps the last carry and may be out of its 25 bits
// by that carry, which is below 2^13.

// multiply sets z to x·y, tight. It goes through the limbs of x, since the
// compiler keeps ten sums and a factor in registers, but not both factors'
// twenty limbs and their multiples. A limb of y is times 19 from where it wraps.
func (z *element) multiply(x, y *element) {
	y0, y1, y2, y3, y4 := int64(y[0]), int64(y[1]), int64(y[2]), int64(y[3]), int64(y[4])
	y5, y6, y7, y8, y9 := int64(y[5]), int64(y[6]), int64(y[7]), int64(y[8]), int64(y[9])

	f := int64(x[0])
	z0, z1, z2, z3, z4 := f*y0, f*y1, f*y2, f*y3, f*y4
	z5, z6, z7, z8, z9 := f*y5, f*y6, f*y7, f*y8, f*y9
	f, y9 = int64(x[1]), 19*y9
	d := 2 * f
	z0, z1, z2, z3, z4 = z0+d*y9, z1+f*y0, z2+d*y1, z3+f*y2, z4+d*y3
	z5, z6, z7, z8, z9 = z5+f*y4, z6+d*y5, z7+f*y6, z8+d*y7, z9+f*y8
	f, y8 = int64(x[2]), 19*y8
	z0, z1, z2, z3, z4 = z0+f*y8, z1+f*y9, z2+f*y0, z3+f*y1, z4+f*y2
	z5, z6, z7, z8, z9 = z5+f*y3, z6+f*y4, z7+f*y5, z8+f*y6, z9+f*y7
	f, y7 = int64(x[3]), 19*y7
	d = 2 * f
	z0, z1, z2, z3, z4 = z0+d*y7, z1+f*y8, z2+d*y9, z3+f*y0, z4+d*y1
	z5, z6, z7, z8, z9 = z5+f*y2, z6+d*y3, z7+f*y4, z8+d*y5, z9+f*y6
	f, y6 = int64(x[4]), 19*y6
	z0, z1, z2, z3, z4 = z0+f*y6, z1+f*y7, z2+f*y8, z3+f*y9, z4+f*y0
	z5, z6, z7, z8, z9 = z5+f*y1, z6+f*y2, z7+f*y3, z8+f*y4, z9+f*y5
	f, y5 = int64(x[5]), 19*y5
	d = 2 * f
	z0, z1, z2, z3, z4 = z0+d*y5, z1+f*y6, z2+d*y7, z3+f*y8, z4+d*y9
	z5, z6, z7, z8, z9 = z5+f*y0, z6+d*y1, z7+f*y2, z8+d*y3, z9+f*y4
	f, y4 = int64(x[6]), 19*y4
	z0, z1, z2, z3, z4 = z0+f*y4, z1+f*y5, z2+f*y6, z3+f*y7, z4+f*y8
	z5, z6, z7, z8, z9 = z5+f*y9, z6+f*y0, z7+f*y1, z8+f*y2, z9+f*y3
	f, y3 = int64(x[7]), 19*y3
	d = 2 * f
	z0, z1, z2, z3, z4 = z0+d*y3, z1+f*y4, z2+d*y5, z3+f*y6, z4+d*y7
	z5, z6, z7, z8, z9 = z5+f*y8, z6+d*y9, z7+f*y0, z8+d*y1, z9+f*y2
	f, y2 = int64(x[8]), 19*y2
	z0, z1, z2, z3, z4 = z0+f*y2, z1+f*y3, z2+f*y4, z3+f*y5, z4+f*y6
	z5, z6, z7, z8, z9 = z5+f*y7, z6+f*y8, z7+f*y9, z8+f*y0, z9+f*y1
	f, y1 = int64(x[9]), 19*y1
	d = 2 * f
	z0, z1, z2, z3, z4 = z0+d*y1, z1+f*y2, z2+d*y3, z3+f*y4, z4+d*y5
	z5, z6, z7, z8, z9 = z5+f*y6, z6+d*y7, z7+f*y8, z8+d*y9, z9+f*y0

	z1, z0 = z1+z0>>26, z0&mask26
	z5, z4 = z5+z4>>26, z4&mask26
	z2, z1 = z2+z1>>25, z1&mask25
	z6, z5 = z6+z5>>25, z5&mask25
	z3, z2 = z3+z2>>26, z2&mask26
	z7, z6 = z7+z6>>26, z6&mask26
	z4, z3 = z4+z3>>25, z3&mask25
	z8, z7 = z8+z7>>25, z7&mask25
	z5, z4 = z5+z4>>26, z4&mask26
	z9, z8 = z9+z8>>26, z8&mask26
	z0, z9 = z0+19*(z9>>25), z9&mask25
	z1, z0 = z1+z0>>26, z0&mask26
	z[0], z[1], z[2], z[3], z[4] = int32(z0), int32(z1), int32(z2), int32(z3), int32(z4)
	z[5], z[6], z[7], z[8], z[9] = int32(z5), int32(z6), int32(z7), int32(z8), int32(z9)
}

// square sets z to x·x, tight. The sums are those of multiply, with equal
// products taken together.
func (z *element) square(x *element) {
	x0, x1, x2, x3, x4 := int64(x[0]), int64(x[1]), int64(x[2]), int64(x[3]), int64(x[4])
	x5, x6, x7, x8, x9 := int64(x[5]), int64(x[6]), int64(x[7]), int64(x[8]), int64(x[9])
	d0, d1, d2, d3, d4, d5, d6, d7 := 2*x0, 2*x1, 2*x2, 2*x3, 2*x4, 2*x5, 2*x6, 2*x7
	r5, r6, r7, r8, r9 := 38*x5, 19*x6, 38*x7, 19*x8, 38*x9

	z0 := x0*x0 + d1*r9 + d2*r8 + d3*r7 + d4*r6 + x5*r5
	z1 := d0*x1 + x2*r9 + d3*r8 + x4*r7 + d5*r6
	z2 := d0*x2 + d1*x1 + d3*r9 + d4*r8 + d5*r7 + x6*r6
	z3 := d0*x3 + d1*x2 + x4*r9 + d5*r8 + x6*r7
	z4 := d0*x4 + d1*d3 + x2*x2 + d5*r9 + d6*r8 + x7*r7
	z5 := d0*x5 + d1*x4 + d2*x3 + x6*r9 + d7*r8
	z6 := d0*x6 + d1*d5 + d2*x4 + d3*x3 + d7*r9 + x8*r8
	z7 := d0*x7 + d1*x6 + d2*x5 + d3*x4 + x8*r9
	z8 := d0*x8 + d1*d7 + d2*x6 + d3*d5 + x4*x4 + x9*r9
	z9 := d0*x9 + d1*x8 + d2*x7 + d3*x6 + d4*x5

	z1, z0 = z1+z0>>26, z0&mask26
	z5, z4 = z5+z4>>26, z4&mask26
	z2, z1 = z2+z1>>25, z1&mask25
	z6, z5 = z6+z5>>25, z5&mask25
	z3, z2 = z3+z2>>26, z2&mask26
	z7, z6 = z7+z6>>26, z6&mask26
	z4, z3 = z4+z3>>25, z3&mask25
	z8, z7 = z8+z7>>25, z7&mask25
	z5, z4 = z5+z4>>26, z4&mask26
	z9, z8 = z9+z8>>26, z8&mask26
	z0, z9 = z0+19*(z9>>25), z9&mask25
	z1, z0 = z1+z0>>26, z0&mask26
	z[0], z[1], z[2], z[3], z[4] = int32(z0), int32(z1), int32(z2), int32(z3), int32(z4)
	z[5], z[6], z[7], z[8], z[9] = int32(z5), int32(z6), int32(z7), int32(z8), int32(z9)
}

// multiplySmall sets z to x·k for 0 ≤ k < 2^17, tight.
func (z *element) multiplySmall(x *element, k int64) {
	z0, z1, z2, z3, z4 := int64(x[0])*k, int64(x[1])*k, int64(x[2])*k, int64(x[3])*k, int64(x[4])*k
	z5, z6, z7, z8, z9 := int64(x[5])*k, int64(x[6])*k, int64(x[7])*k, int64(x[8])*k, int64(x[9])*k

	z1, z0 = z1+z0>>26, z0&mask26
	z5, z4 = z5+z4>>26, z4&mask26
	z2, z1 = z2+z1>>25, z1&mask25
	z6, z5 = z6+z5>>25, z5&mask25
	z3, z2 = z3+z2>>26, z2&mask26
	z7, z6 = z7+z6>>26, z6&mask26
	z4, z3 = z4+z3>>25, z3&mask25
	z8, z7 = z8+z7>>25, z7&mask25
	z5, z4 = z5+z4>>26, z4&mask26
	z9, z8 = z9+z8>>26, z8&mask26
	z0, z9 = z0+19*(z9>>25), z9&mask25
	z1, z0 = z1+z0>>26, z0&mask26
	z[0], z[1], z[2], z[3], z[4] = int32(z0), int32(z1), int32(z2), int32(z3), int32(z4)
	z[5], z[6], z[7], z[8], z[9] = int32(z5), int32(z6), int32(z7), int32(z8), int32(z9)
}

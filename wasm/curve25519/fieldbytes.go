package curve25519

import "encoding/binary"

// words reads 32 bytes as a little-endian number.
func words(b []byte) (w [4]uint64) {
	for i := range w {
		w[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return w
}

// setBytes sets z to 32 bytes, little-endian, without the top bit (RFC 7748,
// section 5). Values from p to 2^255 − 1 stand for what they are mod p. Tight.
func (z *element) setBytes(b []byte) {
	w := words(b)
	z[0] = int32(w[0] & mask26)
	z[1] = int32(w[0] >> 26 & mask25)
	z[2] = int32((w[0]>>51 | w[1]<<13) & mask26)
	z[3] = int32(w[1] >> 13 & mask25)
	z[4] = int32(w[1] >> 38)
	z[5] = int32(w[2] & mask25)
	z[6] = int32(w[2] >> 25 & mask26)
	z[7] = int32((w[2]>>51 | w[3]<<13) & mask25)
	z[8] = int32(w[3] >> 12 & mask26)
	z[9] = int32(w[3] >> 38 & mask25)
}

// bytes returns the one encoding of x below p.
func (x *element) bytes() (b [32]byte) {
	t := *x
	t.carry()
	// t is below 2^255 now, so it holds p once or not at all: once if adding 19
	// carries out of the top.
	c := (t[0] + 19) >> 26
	for i := 1; i < 10; i++ {
		c = (t[i] + c) >> limbBits(i)
	}
	t[0] += 19 * c
	for i := range 9 {
		c := t[i] >> limbBits(i)
		t[i] -= c << limbBits(i)
		t[i+1] += c
	}
	t[9] &= mask25

	var u [10]uint64
	for i := range u {
		u[i] = uint64(t[i])
	}
	binary.LittleEndian.PutUint64(b[0:], u[0]|u[1]<<26|u[2]<<51)
	binary.LittleEndian.PutUint64(b[8:], u[2]>>13|u[3]<<13|u[4]<<38)
	binary.LittleEndian.PutUint64(b[16:], u[5]|u[6]<<25|u[7]<<51)
	binary.LittleEndian.PutUint64(b[24:], u[7]>>13|u[8]<<12|u[9]<<38)
	return b
}

func (x *element) isZero() bool { return x.bytes() == [32]byte{} }

// sign is the lowest bit of x (RFC 8032, section 5.1.2).
func (x *element) sign() byte {
	b := x.bytes()
	return b[0] & 1
}

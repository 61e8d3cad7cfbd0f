package megolm

import (
	"crypto/subtle"
	"encoding/binary"

	"github.com/alcove-chat/alcove/wasm/aessha2"
)

const (
	parts       = 4
	partSize    = 32
	ratchetSize = 4 + parts*partSize
)

// ratchet is the secret of one index ("Megolm ratchet algorithm"). Its four
// parts are like the digits of the index to the base 256, R0 the highest: a part
// is hashed when its digit counts up, and the lower ones are made of it anew.
type ratchet struct {
	index uint32
	parts [parts][partSize]byte
}

// seeds are what part j is hashed with, to become part k with seeds[k].
var seeds = [parts][1]byte{{0}, {1}, {2}, {3}}

// advanceTo turns the ratchet to target, which must not lie behind, with at most
// 4 · 255 hashes and 6 more.
func (r *ratchet) advanceTo(target uint32) {
	for j := range parts {
		shift := 8 * (parts - 1 - j)
		steps := target>>shift - r.index>>shift
		if steps == 0 {
			continue
		}
		for range steps - 1 { // the lower parts of these do not matter
			r.hash(j, j)
		}
		for k := parts - 1; k >= j; k-- {
			r.hash(j, k)
		}
		r.index = target >> shift << shift
	}
}

// hash makes part k of part j.
func (r *ratchet) hash(j, k int) { r.parts[k] = aessha2.HMAC(r.parts[j][:], seeds[k][:]) }

// at returns the ratchet at target, which must not lie behind.
func (r ratchet) at(target uint32) ratchet {
	r.advanceTo(target)
	return r
}

const info = "MEGOLM_KEYS"

// keys are what the message of an index is encrypted with ("Message encryption").
func (r *ratchet) keys() aessha2.Keys {
	var secret [parts * partSize]byte
	for j := range r.parts {
		copy(secret[j*partSize:], r.parts[j][:])
	}
	return aessha2.Derive(secret[:], info)
}

func (r *ratchet) equal(other *ratchet) bool {
	same := 1
	for j := range r.parts {
		same &= subtle.ConstantTimeCompare(r.parts[j][:], other.parts[j][:])
	}
	return same == 1 && r.index == other.index
}

// append appends the ratchet as all formats have it: index ‖ R0 ‖ R1 ‖ R2 ‖ R3.
func (r *ratchet) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, r.index)
	for j := range r.parts {
		b = append(b, r.parts[j][:]...)
	}
	return b
}

// readRatchet reads what append wrote.
func readRatchet(b *[ratchetSize]byte) (r ratchet) {
	r.index = binary.BigEndian.Uint32(b[:])
	for j := range r.parts {
		copy(r.parts[j][:], b[4+j*partSize:])
	}
	return r
}

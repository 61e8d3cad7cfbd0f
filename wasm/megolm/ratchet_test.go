package megolm

import (
	"bytes"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/wasm/aessha2"
)

// startRatchet is what libolm's tests start with.
func startRatchet() (r ratchet) {
	for j := range r.parts {
		copy(r.parts[j][:], "0123456789ABCDEF0123456789ABCDEF")
	}
	return r
}

// TestLibolmVectors has the ratchets of libolm's own tests.
func TestLibolmVectors(t *testing.T) {
	r := startRatchet()
	checkParts(t, r.at(1), "3031323334353637383941424344454630313233343536373839414243444546"+
		"3031323334353637383941424344454630313233343536373839414243444546"+
		"3031323334353637383941424344454630313233343536373839414243444546"+
		"ba9cd955741d1c162323ec825e7c5ce889bbb423a18f23828fb2090d6e2af86a")
	r.advanceTo(0x1000000)
	checkParts(t, r, "54022d7dc0298e1637e21c97153092f933c056ff74fe1b922d971f2482c2859c"+
		"7004c01ee49bd6efe0073525af9b1632c5be726d12349cc5bd472bdc2df6540f"+
		"3112591194fda617e568c683101eaecd7eddd6de1fbc0767ae34da1a09a54eab"+
		"ba9cd955741d1c162323ec825e7c5ce889bbb423a18f23828fb2090d6e2af86a")
	r.advanceTo(0x1041506)
	checkParts(t, r, "54022d7dc0298e1637e21c97153092f933c056ff74fe1b922d971f2482c2859c"+
		"55588df5b7a48878428927868164589f3663447b51edc3595b036ca604c46dcd"+
		"5c54850bfa98a1fd79a9df1cbe8fc5681937d30c85c8c31f7bb828816cf9ff3b"+
		"956cbf807e65126a49558d45c84a2e4cd56f03e24416b98e1cfd97c206aa907a")
}

func checkParts(t *testing.T, r ratchet, want string) {
	t.Helper()
	if got := hex.EncodeToString(r.append(nil)[4:]); got != want {
		t.Errorf("ratchet %d is\n%s, want\n%s", r.index, got, want)
	}
}

// TestAdvance: in any steps, the same ratchet comes out.
func TestAdvance(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		r := startRatchet()
		r.index = rnd.Uint32() >> rnd.IntN(32)
		target := r.index + (math.MaxUint32-r.index)>>rnd.IntN(32)
		want := r.at(target)
		if want.index != target {
			t.Fatalf("%d is not %d", want.index, target)
		}
		for r.index < target {
			step := max(1, (target-r.index)>>rnd.IntN(8))
			r.advanceTo(r.index + step)
		}
		if !r.equal(&want) {
			t.Fatalf("steps to %d lead elsewhere", target)
		}
	}
}

// TestAdvanceByOne follows "Advancing the ratchet" to the letter.
func TestAdvanceByOne(t *testing.T) {
	for _, start := range []uint32{0, 254, 255, 256, 0xfffe, 0xffff, 0xfffffe, 0xffffff, 0x1ffffff} {
		old := startRatchet()
		old.index = start
		next := old.at(start + 1)
		turned := 0 // the highest part whose digit counts up
		for turned < 3 && (start+1)%(1<<(8*(3-turned))) != 0 {
			turned++
		}
		for j := range parts {
			want := old.parts[j]
			if j >= turned {
				want = aessha2.HMAC(old.parts[turned][:], []byte{byte(j)})
			}
			if !bytes.Equal(next.parts[j][:], want[:]) {
				t.Errorf("%d to %d: part %d", start, start+1, j)
			}
		}
	}
}

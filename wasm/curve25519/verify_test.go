package curve25519

import (
	"bytes"
	"crypto/ed25519"
	"math/rand/v2"
	"testing"

	"filippo.io/edwards25519"
)

type signed struct{ key, message, signature []byte }

// checkAll asks for every one of all in each way there is, in batches of one
// key, and compares with crypto/ed25519. It returns how many it accepted.
func checkAll(t *testing.T, all []signed) (accepted int) {
	t.Helper()
	for start := 0; start < len(all); {
		end := start
		var messages, signatures [][]byte
		for ; end < len(all) && bytes.Equal(all[end].key, all[start].key); end++ {
			messages = append(messages, all[end].message)
			signatures = append(signatures, all[end].signature)
		}
		key := all[start].key
		var batch, one []bool
		if v, err := NewVerifier(key); err == nil {
			batch = v.VerifyAll(messages, signatures)
			for i := range messages {
				one = append(one, v.Verify(messages[i], signatures[i]))
			}
		} else {
			batch, one = make([]bool, len(messages)), make([]bool, len(messages))
		}
		for i := range messages {
			want := ed25519.Verify(key, messages[i], signatures[i])
			if once := Verify(key, messages[i], signatures[i]); once != want || batch[i] != want || one[i] != want {
				t.Fatalf("key %x, message %x, signature %x: once %v, again %v, in a batch %v, crypto/ed25519 says %v",
					key, messages[i], signatures[i], once, one[i], batch[i], want)
			}
			if want {
				accepted++
			}
		}
		start = end
	}
	return accepted
}

// TestVerifyLikeStd is V-1: signatures that are genuine, changed, and made up.
func TestVerifyLikeStd(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	const perKey = 20 // of them 14 before the first with another key
	var all []signed
	for range 10000 / perKey {
		private := ed25519.NewKeyFromSeed(randomBytes(random, ed25519.SeedSize))
		for i := range perKey {
			message := randomBytes(random, random.IntN(300))
			s := signed{private.Public().(ed25519.PublicKey), message, ed25519.Sign(private, message)}
			mutate(&s, i/2, random)
			all = append(all, s)
		}
	}
	if accepted := checkAll(t, all); accepted != 10000/perKey*8 {
		t.Errorf("%d accepted", accepted)
	}
}

// mutate leaves four of ten kinds as they are.
func mutate(s *signed, kind int, random *rand.Rand) {
	flip := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[random.IntN(len(b))] ^= 1 << random.IntN(8)
		return b
	}
	switch kind {
	case 4:
		copy(s.signature[:32], flip(s.signature[:32]))
	case 5:
		copy(s.signature[32:], flip(s.signature[32:]))
	case 6:
		s.message = append(flip(append(s.message, 0)), 1)
	case 7:
		s.key = flip(s.key)
	case 8: // S + L
		sum := words(s.signature[32:])
		n := bigOf(&sum)
		copy(s.signature[32:], littleEndian(n.Add(n, bigOrder())))
	case 9:
		s.signature = randomBytes(random, 64)
		s.signature[63] &= byte(random.IntN(2)*0xf0 | 0x0f) // half of them below L
	}
}

func randomBytes(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// TestSmallOrder is V-1: all keys and all R of small order, in all encodings, and
// all other encodings of small numbers, with S of 0 and others. Whether one is
// accepted depends on the message alone.
func TestSmallOrder(t *testing.T) {
	points := append(smallOrder(), nonCanonical()...)
	var all []signed
	for _, key := range points {
		for _, r := range points {
			for i := range byte(4) {
				signature := append(bytes.Clone(r), make([]byte, 32)...)
				if i == 3 {
					signature[32] = 1
				}
				all = append(all, signed{key, []byte{i, 1, 2}, signature})
			}
		}
	}
	if accepted := checkAll(t, all); accepted < 30 || accepted > len(all)/4 {
		t.Errorf("%d of %d accepted", accepted, len(all))
	}
}

// TestMixedOrder is V-1: keys and R that are sums of a usual point and one of small
// order, signed so that it depends on the message whether they cancel: with
// the cofactor all of them were genuine.
func TestMixedOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	small := smallOrder()
	var all []signed
	for range 400 {
		a, r := randomScalar(random), randomScalar(random)
		key, commitment := plusSmall(a, small[random.IntN(8)]), plusSmall(r, small[random.IntN(8)])
		message := randomBytes(random, 16)
		k := hash(commitment, key, message)
		s := edwards25519.NewScalar().MultiplyAdd(k, a, r)
		all = append(all, signed{key, message, append(commitment, s.Bytes()...)})
	}
	if accepted := checkAll(t, all); accepted < 30 || accepted > 360 {
		t.Errorf("%d of %d accepted", accepted, len(all))
	}
}

// plusSmall returns k·B plus the point that small encodes.
func plusSmall(k *edwards25519.Scalar, small []byte) []byte {
	p, err := new(edwards25519.Point).SetBytes(small)
	if err != nil {
		panic(err)
	}
	return p.Add(p, new(edwards25519.Point).ScalarBaseMult(k)).Bytes()
}

// TestLengths: what crypto/ed25519 panics at is rejected.
func TestLengths(t *testing.T) {
	key, err := NewSigningKey(make([]byte, SeedSize))
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("message")
	signature := key.Sign(message)
	for n := range 70 {
		if got := Verify(append(key.Public(), make([]byte, 70)...)[:n], message, signature); got != (n == KeySize) {
			t.Errorf("%v for a key of %d bytes", got, n)
		}
		if got := Verify(key.Public(), message, append(bytes.Clone(signature), make([]byte, 70)...)[:n]); got != (n == SignatureSize) {
			t.Errorf("%v for a signature of %d bytes", got, n)
		}
	}
}

// TestStrict compares with what goolm asks of a key.
func TestStrict(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	keys := append(smallOrder(), nonCanonical()...)
	for range 100 {
		k := randomScalar(random)
		keys = append(keys, plusSmall(k, smallOrder()[random.IntN(8)]))
	}
	strict := 0
	for _, key := range keys {
		v, err := NewVerifier(key)
		if err != nil {
			continue
		}
		p, err := new(edwards25519.Point).SetBytes(key)
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.Equal(p.Bytes(), key) && new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 0
		if v.Strict() != want {
			t.Errorf("%x: %v", key, v.Strict())
		}
		if want {
			strict++
		}
	}
	if strict != 100 {
		t.Errorf("%d strict keys", strict)
	}
}

// TestBatch is V-1: wrong signatures at any places of a batch, of any form, fail
// there and nowhere else.
func TestBatch(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	private := ed25519.NewKeyFromSeed(randomBytes(random, ed25519.SeedSize))
	for range 30 {
		var messages, signatures [][]byte
		var want []bool
		for range random.IntN(40) {
			message := randomBytes(random, 20)
			signature := ed25519.Sign(private, message)
			ok := false
			switch random.IntN(8) {
			case 0:
				signature[random.IntN(64)] ^= 8
			case 1:
				signature = signature[:random.IntN(64)]
			case 2:
				signature = nil
			case 3:
				signature = append(signature, 0)
			case 4:
				copy(signature[32:], littleEndian(bigOrder()))
			default:
				ok = true
			}
			messages, signatures, want = append(messages, message), append(signatures, signature), append(want, ok)
		}
		v, err := NewVerifier(private.Public().(ed25519.PublicKey))
		if err != nil {
			t.Fatal(err)
		}
		got := v.VerifyAll(messages, signatures)
		if len(got) != len(want) {
			t.Fatal(len(got))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%d of %d: %v", i, len(want), got[i])
			}
		}
	}
}

// TestGrow: a verifier answers the same with each of its tables.
func TestGrow(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	private := ed25519.NewKeyFromSeed(randomBytes(random, ed25519.SeedSize))
	v, err := NewVerifier(private.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	var teeth []int
	for i := range worthAnother {
		message := []byte{byte(i)}
		signature := ed25519.Sign(private, message)
		if !v.Verify(message, signature) {
			t.Fatalf("signature %d rejected", i)
		}
		if v.comb == nil {
			teeth = append(teeth, 0)
		} else {
			teeth = append(teeth, v.comb.teeth)
		}
	}
	if teeth[0] != 0 || teeth[worthComb-1] != fewTeeth || teeth[worthAnother-2] != fewTeeth || teeth[worthAnother-1] != manyTeeth {
		t.Error(teeth)
	}
	v, err = NewVerifier(private.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	v.VerifyAll(make([][]byte, worthTooth), make([][]byte, worthTooth))
	if v.comb.teeth != manyTeeth {
		t.Error("a large batch has no large table")
	}
}

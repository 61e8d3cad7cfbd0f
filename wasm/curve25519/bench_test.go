package curve25519_test

import (
	"crypto/ed25519"
	"fmt"
	"math"
	"testing"
	"time"

	xcurve25519 "golang.org/x/crypto/curve25519"

	"github.com/alcove-chat/alcove/wasm/curve25519"
)

// compare times two functions by turns, so that a busy machine is busy for
// both; what they do, own does n times and std 20 times, long enough for the
// clocks of browsers. It reports the least µs that one took, and how many times
// as fast own is.
func compare(b *testing.B, n int, own, std func()) {
	least := [2]float64{math.Inf(1), math.Inf(1)}
	for b.Loop() {
		for i, f := range []func(){own, std} {
			start := time.Now()
			f()
			least[i] = min(least[i], float64(time.Since(start).Nanoseconds())/1000/float64([]int{n, 20}[i]))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(least[0], "own-µs")
	b.ReportMetric(least[1], "std-µs")
	b.ReportMetric(least[1]/least[0], "times-as-fast")
}

func times(n int, f func(i int)) func() {
	return func() {
		for i := range n {
			f(i)
		}
	}
}

// BenchmarkVerify has signatures of 300 bytes, about what a Megolm message
// signs. A session is a key's first signatures, with the making of its table.
func BenchmarkVerify(b *testing.B) {
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	key := private.Public().(ed25519.PublicKey)
	var messages, signatures [][]byte
	for i := range 100 {
		message := make([]byte, 300)
		message[0] = byte(i)
		messages, signatures = append(messages, message), append(signatures, ed25519.Sign(private, message))
	}
	check := func(ok bool) {
		if !ok {
			b.Fatal("rejected")
		}
	}
	std := times(20, func(i int) { check(ed25519.Verify(key, messages[i], signatures[i])) })
	own := times(20, func(i int) { check(curve25519.Verify(key, messages[i], signatures[i])) })
	own() // makes the base point's table
	b.Run("once", func(b *testing.B) { compare(b, 20, own, std) })

	session := func(v *curve25519.Verifier, n int) {
		for _, ok := range v.VerifyAll(messages[:n], signatures[:n]) {
			check(ok)
		}
	}
	known, err := curve25519.NewVerifier(key)
	if err != nil {
		b.Fatal(err)
	}
	session(known, 100)
	b.Run("again", func(b *testing.B) {
		compare(b, 20, times(20, func(i int) { check(known.Verify(messages[i], signatures[i])) }), std)
	})
	b.Run("batch=20", func(b *testing.B) { compare(b, 20, func() { session(known, 20) }, std) })
	for _, n := range []int{2, 5, 20, 100} {
		b.Run(fmt.Sprintf("session=%d", n), func(b *testing.B) {
			rounds := max(1, 20/n)
			compare(b, rounds*n, times(rounds, func(int) {
				v, err := curve25519.NewVerifier(key)
				if err != nil {
					b.Fatal(err)
				}
				session(v, n)
			}), std)
		})
	}
}

func BenchmarkSign(b *testing.B) {
	seed, message := make([]byte, 32), make([]byte, 300)
	std := ed25519.NewKeyFromSeed(seed)
	key, err := curve25519.NewSigningKey(seed)
	if err != nil {
		b.Fatal(err)
	}
	compare(b, 20, times(20, func(int) { key.Sign(message) }), times(20, func(int) { ed25519.Sign(std, message) }))
}

func BenchmarkX25519(b *testing.B) {
	private := []byte("12345678901234567890123456789012")
	public, err := curve25519.X25519Public(private)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("base", func(b *testing.B) {
		compare(b, 20, times(20, func(int) { curve25519.X25519Public(private) }),
			times(20, func(int) { xcurve25519.X25519(private, xcurve25519.Basepoint) }))
	})
	b.Run("any", func(b *testing.B) {
		compare(b, 20, times(20, func(int) { curve25519.X25519(private, public) }),
			times(20, func(int) { xcurve25519.X25519(private, public) }))
	})
}

package seal

import (
	"crypto/rand"
	"fmt"
	"testing"
)

// BenchmarkValue seals and opens one value, of a room's size and of a
// snapshot's.
func BenchmarkValue(b *testing.B) {
	s, err := newSealer(Keys{}, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	key := []byte("1234")
	for _, kind := range []Kind{Data, View} {
		for _, size := range []int{450, 30_000} {
			plain := make([]byte, size)
			value, err := s.seal(kind, "rooms", key, plain)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("Seal%X-%d", kind, size), func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					if _, err := s.seal(kind, "rooms", key, plain); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("Open%X-%d", kind, size), func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					if _, err := s.open(kind, "rooms", key, append([]byte(nil), value...)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkRandom(b *testing.B) {
	nonce := make([]byte, 24)
	for b.Loop() {
		rand.Read(nonce)
	}
}

package megolm_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"maunium.net/go/mautrix/crypto/goolm/session"

	"github.com/alcove-chat/alcove/wasm/megolm"
)

// compare times two functions by turns, so that a busy machine is busy for both,
// and reports the least µs of each for one of n, and their ratio. What setup
// returns is timed, setup is not.
func compare(b *testing.B, n int, setups ...func() func()) {
	least := [2]float64{math.Inf(1), math.Inf(1)}
	for b.Loop() {
		for i, setup := range setups {
			run := setup()
			start := time.Now()
			run()
			least[i] = min(least[i], float64(time.Since(start).Nanoseconds())/1000/float64(n))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(least[0], "own-µs")
	b.ReportMetric(least[1], "goolm-µs")
	b.ReportMetric(least[1]/least[0], "times-as-fast")
}

// benchSession is a session of 100 messages of 300 bytes, as rooms have them.
func benchSession(b *testing.B) (key, exported string, messages []string) {
	s := newBoth(b, rand.NewChaCha8([32]byte{22}), 0).own
	exported, err := s.Inbound().Export(0)
	if err != nil {
		b.Fatal(err)
	}
	key = s.SessionKey()
	for range 100 {
		message, next, err := s.Encrypt(make([]byte, 300))
		if err != nil {
			b.Fatal(err)
		}
		s, messages = next, append(messages, message)
	}
	return key, exported, messages
}

// BenchmarkDecrypt starts each time with a session that was just imported.
func BenchmarkDecrypt(b *testing.B) {
	_, exported, messages := benchSession(b)
	backwards := slices.Clone(messages)
	slices.Reverse(backwards)
	for _, run := range []struct {
		name     string
		messages []string
		batch    int
	}{
		{"one", messages, 1},
		{"batch=20", messages, 20},
		{"batch=100", messages, 100},
		{"back/one", backwards, 1},
		{"back/batch=20", backwards, 20},
	} {
		b.Run(run.name, func(b *testing.B) {
			compare(b, len(messages), func() func() {
				in, err := megolm.ImportInbound(exported)
				if err != nil {
					b.Fatal(err)
				}
				return func() {
					for batch := range slices.Chunk(run.messages, run.batch) {
						for _, p := range in.DecryptAll(batch) {
							if p.Err != nil {
								b.Fatal(p.Err)
							}
						}
					}
				}
			}, func() func() { return peerDecrypts(b, exported, run.messages) })
		})
	}
}

func peerDecrypts(b *testing.B, exported string, messages []string) func() {
	in, err := session.NewMegolmInboundSessionFromExport([]byte(exported))
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		for _, message := range messages {
			if _, _, err := in.Decrypt([]byte(message)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkEncrypt(b *testing.B) {
	const n = 20
	plaintext := make([]byte, 300)
	s := newBoth(b, rand.NewChaCha8([32]byte{23}), 0)
	compare(b, n, func() func() {
		return func() {
			for range n {
				_, s.own, _ = s.own.Encrypt(plaintext)
			}
		}
	}, func() func() {
		return func() {
			for range n {
				s.peer.Encrypt(plaintext)
			}
		}
	})
}

func BenchmarkKeys(b *testing.B) {
	const n = 20
	key, exported, _ := benchSession(b)
	repeat := func(f func() error) func() func() {
		return func() func() {
			return func() {
				for range n {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	}
	b.Run("exported", func(b *testing.B) {
		compare(b, n, repeat(func() error { _, err := megolm.ImportInbound(exported); return err }),
			repeat(func() error { _, err := session.NewMegolmInboundSessionFromExport([]byte(exported)); return err }))
	})
	b.Run("shared", func(b *testing.B) {
		compare(b, n, repeat(func() error { _, err := megolm.NewInbound(key); return err }),
			repeat(func() error { _, err := session.NewMegolmInboundSession([]byte(key)); return err }))
	})
}

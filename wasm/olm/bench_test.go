package olm_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"maunium.net/go/mautrix/crypto/goolm/crypto"
	"maunium.net/go/mautrix/crypto/goolm/session"
	"maunium.net/go/mautrix/id"

	"github.com/alcove-chat/alcove/wasm/olm"
)

// times is how often what is timed is done at once.
const times = 20

// compare times two functions by turns, so that a busy machine is busy for both,
// and reports the least µs of each for one time, and their ratio. What they
// return is timed, they are not.
func compare(b *testing.B, setups ...func() func(i int) error) {
	least := [2]float64{math.Inf(1), math.Inf(1)}
	for b.Loop() {
		for i, setup := range setups {
			run := setup()
			start := time.Now()
			for n := range times {
				if err := run(n); err != nil {
					b.Fatal(err)
				}
			}
			least[i] = min(least[i], float64(time.Since(start).Nanoseconds())/1000/times)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(least[0], "own-µs")
	b.ReportMetric(least[1], "goolm-µs")
	b.ReportMetric(least[1]/least[0], "times-as-fast")
}

// roomKey is as long as an m.room_key event.
var roomKey = make([]byte, 800)

// BenchmarkShare is what sharing a room key costs for each device without a
// session: begin one, and encrypt.
func BenchmarkShare(b *testing.B) {
	random := rand.NewChaCha8([32]byte{50})
	identity, theirs, oneTime := newPair(b, random), newPair(b, random), newPair(b, random)
	compare(b, func() func(int) error {
		return func(int) error {
			s, err := olm.NewOutbound(identity.own, theirs.own.Public(), oneTime.own.Public(), random)
			if err != nil {
				return err
			}
			_, _, _, err = s.Encrypt(roomKey, random)
			return err
		}
	}, func() func(int) error {
		return func(int) error {
			s, err := session.NewOutboundOlmSession(identity.peer, theirs.peer.PublicKey, oneTime.peer.PublicKey)
			if err != nil {
				return err
			}
			_, _, err = s.Encrypt(roomKey)
			return err
		}
	})
}

// BenchmarkAccept is what the first message costs the other device.
func BenchmarkAccept(b *testing.B) {
	o := open(b, 51)
	find := func(crypto.Curve25519PublicKey) *crypto.OneTimeKey {
		return &crypto.OneTimeKey{Key: o.oneTime.peer}
	}
	compare(b, func() func(int) error {
		return func(int) error {
			p, err := olm.ParsePreKey(o.body)
			if err != nil {
				return err
			}
			_, _, err = olm.NewInbound(o.bob.own, o.oneTime.own, p)
			return err
		}
	}, func() func(int) error {
		return func(int) error {
			s, err := session.NewInboundOlmSession(nil, []byte(o.body), find, o.bob.peer)
			if err != nil {
				return err
			}
			_, err = s.Decrypt(o.body, id.OlmMsgTypePreKey)
			return err
		}
	})
}

// BenchmarkAnswers are messages of which each answers the one before, so that the
// ratchet turns with each, on both sides.
func BenchmarkAnswers(b *testing.B) {
	m := meet(b, 52)
	random := rand.NewChaCha8([32]byte{53})
	own := [2]olm.Session{m.alice.own, m.bob.own}
	peer := [2]*session.OlmSession{m.alice.peer, m.bob.peer}
	compare(b, func() func(int) error {
		return func(i int) error {
			kind, body, next, err := own[i%2].Encrypt(roomKey, random)
			if err != nil {
				return err
			}
			own[i%2] = next
			_, own[1-i%2], err = own[1-i%2].Decrypt(kind, body)
			return err
		}
	}, func() func(int) error {
		return func(i int) error {
			kind, body, err := peer[i%2].Encrypt(roomKey)
			if err != nil {
				return err
			}
			_, err = peer[1-i%2].Decrypt(string(body), kind)
			return err
		}
	})
}

// BenchmarkEncrypt and BenchmarkDecrypt are messages of one chain.
func BenchmarkEncrypt(b *testing.B) {
	m := meet(b, 54)
	m.pass(b, &m.alice, &m.bob)
	compare(b, func() func(int) error {
		s := m.alice.own
		return func(int) (err error) {
			_, _, s, err = s.Encrypt(roomKey, nil)
			return err
		}
	}, func() func(int) error {
		s := asPeer(b, m.alice.own)
		return func(int) error {
			_, _, err := s.Encrypt(roomKey)
			return err
		}
	})
}

func BenchmarkDecrypt(b *testing.B) {
	m := meet(b, 55)
	m.pass(b, &m.alice, &m.bob)
	var bodies []string
	for i := range uint64(times) {
		bodies = append(bodies, m.alice.encrypt(b, i, roomKey).body)
	}
	compare(b, func() func(int) error {
		s := m.bob.own
		return func(i int) (err error) {
			_, s, err = s.Decrypt(olm.KindMessage, bodies[i])
			return err
		}
	}, func() func(int) error {
		s := asPeer(b, m.bob.own)
		return func(i int) error {
			_, err := s.Decrypt(bodies[i], id.OlmMsgTypeMsg)
			return err
		}
	})
}

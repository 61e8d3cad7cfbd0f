package e2ee_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/curve25519"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/olm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/signature"
	"github.com/alcove-chat/alcove/wasm/table"
	"github.com/alcove-chat/alcove/wasm/unpadded"
)

// BenchmarkDecryptRoom decrypts sessions of 100 messages of 300 bytes, JSON in to
// JSON out, each batch with its reads and its commit.
func BenchmarkDecryptRoom(b *testing.B) {
	for _, c := range []struct {
		name  string
		batch int
		back  bool
	}{{"one", 1, false}, {"batch=20", 20, false}, {"batch=100", 100, false}, {"back/one", 1, true}, {"back/batch=20", 20, true}} {
		b.Run(c.name, func(b *testing.B) {
			w := newWorld(b, 60)
			alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
			w.settle()
			r := w.room("!r", alice, bob)
			leastOf(b, 100, "event", func() func() {
				events := bob.hundred(alice.forger(r))
				if c.back {
					slices.Reverse(events)
				}
				return func() { bob.readAll(r, slices.Collect(slices.Chunk(events, c.batch))) }
			})
		})
	}
}

func (d *device) readAll(r *room, batches [][]event.Event) {
	for _, batch := range batches {
		for _, p := range d.read(r, batch...) {
			if p.Failure != "" {
				d.Fatal(p.Failure)
			}
		}
	}
}

// leastOf runs a piece of work of n things again and again, and reports the least
// µs for one: a busy machine makes it more, nothing makes it less. What setup
// returns is timed, setup is not.
func leastOf(b *testing.B, n int, what string, setup func() func()) {
	least := math.Inf(1)
	for b.Loop() {
		run := setup()
		start := time.Now()
		run()
		least = min(least, float64(time.Since(start).Nanoseconds())/1000/float64(n))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(least, "µs/"+what)
}

// hundred gives the device a session, and returns its events.
func (d *device) hundred(f *forger) (events []event.Event) {
	for i := range 100 {
		e := f.seal(f.text(strings.Repeat("x", 230)))
		events = append(events, sealedEvent(f.TB, fmt.Sprint("$", f.out.ID(), i), f.user, e.Content()))
	}
	d.imports(f.at(f.TB, 0))
	return events
}

func BenchmarkEncryptRoom(b *testing.B) {
	w := newWorld(b, 61)
	alice := w.device("@alice:a", "A")
	w.settle()
	r := w.room("!r", alice)
	r.settings.Messages = 10_000
	alice.share(r)
	content := fmt.Sprintf(`{"body":%q}`, strings.Repeat("x", 230))
	leastOf(b, 10, "event", func() func() {
		alice.share(r)
		return func() {
			for range 10 {
				alice.encrypt(r, event.RoomMessage, content)
			}
		}
	})
}

// BenchmarkShare shares a session with 200 devices of 100 users, from the request
// for keys to the letters in the store.
func BenchmarkShare(b *testing.B) {
	w := newWorld(b, 62)
	alice := w.device("@alice:a", "A")
	w.settle()
	r := w.room("!r", alice)
	for i := range 100 {
		r.users = append(r.users, w.crowd(fmt.Sprintf("@user%d:a", i), 2))
	}
	once := func() {
		alice.work(func(ctx context.Context, w *e2ee.Work) error { _, err := w.Share(ctx, r.keys()); return err })
	}
	alice.share(r)
	b.Run("rotated", func(b *testing.B) {
		leastOf(b, 200, "device", func() func() {
			alice.rotate(r)
			for alice.ask() {
			}
			return once
		})
	})
	b.Run("unchanged", func(b *testing.B) {
		alice.share(r)
		leastOf(b, 1, "room", func() func() { return once })
	})
	b.Run("first", func(b *testing.B) {
		leastOf(b, 200, "device", func() func() {
			other := newWorld(b, 63)
			other.server.devices, other.server.fallback = w.server.devices, w.server.fallback
			fresh := other.device("@fresh:a", "F")
			return func() { fresh.share(&room{world: other, id: "!r", users: r.users}) }
		})
	})
}

// crowd is a user with devices on the server, which nobody runs.
func (w *world) crowd(user string, devices int) event.UserID {
	w.Helper()
	if w.server.devices[user] == nil {
		w.server.devices[user] = keys{}
	}
	for i := range devices {
		name := fmt.Sprint("D", i)
		seed := make([]byte, 32)
		_, _ = w.random.Read(seed)
		signing, err := curve25519.NewSigningKey(seed)
		if err != nil {
			w.Fatal(err)
		}
		identity, _ := olm.NewKeyPair(w.random)
		oneTime, _ := olm.NewKeyPair(w.random)
		sign := func(v any) json.RawMessage {
			signed, err := signature.Sign(written(v), user, "ed25519:"+name, signing)
			if err != nil {
				w.Fatal(err)
			}
			return json.RawMessage(signed)
		}
		w.server.devices[user][name] = sign(map[string]any{
			"user_id": user, "device_id": name, "algorithms": []string{"m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"},
			"keys": map[string]string{"curve25519:" + name: identity.Public().String(), "ed25519:" + name: unpadded.Encode(signing.Public())},
		})
		w.server.fallback[address{user, name}] = keys{"signed_curve25519:x": sign(map[string]any{"key": oneTime.Public().String(), "fallback": true})}
	}
	return event.UserID(user)
}

// BenchmarkImport imports exported sessions of 100 rooms, as many in a commit as
// there may be.
func BenchmarkImport(b *testing.B) {
	const n = 1000
	w := newWorld(b, 64)
	alice := w.device("@alice:a", "A")
	var exported []scan.Value
	for i := range n {
		f := alice.forger(w.room(fmt.Sprint("!r", i%100), alice))
		a := f.at(b, 0)
		alice.imports(a)
		_, one := alice.inbound(f.name())
		exported = append(exported, one)
	}
	leastOf(b, n, "key", func() func() {
		bob := newWorld(b, 65).device("@bob:b", "B")
		return func() {
			for part := range slices.Chunk(exported, storage.SliceRecords) {
				bob.work(func(ctx context.Context, w *e2ee.Work) error {
					better, err := w.ImportExported(ctx, part, table.KeyFromFile)
					expect(b, "better", better, len(part))
					return err
				})
			}
		}
	})
}

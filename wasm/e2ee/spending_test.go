package e2ee_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/storage/mem"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestIndicesAreSpentOnce: sessions are stored some messages ahead, and however a
// device ends, no index of theirs encrypts twice what left (G-4).
func TestIndicesAreSpentOnce(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 3))
		w := newWorld(t, 300+seed)
		alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
		w.settle()
		rooms := []*room{w.room("!one", alice, bob), w.room("!two", alice, bob)}
		indices := map[string]bool{}
		for range 40 {
			r := rooms[random.IntN(2)]
			switch random.IntN(10) {
			case 0:
				alice.disk.PowerLoss()
				alice.start()
			case 1:
				alice.disk.Kill()
				alice.start()
			case 2:
				alice.disk.OnCommit(1+random.IntN(3), mem.Fault{Kill: true, Applied: random.IntN(2) == 0})
			case 3: // what is dropped has not left
				_, _ = alice.machine.Begin().Encrypt(t.Context(), r.id, event.RoomMessage, scan.Value(`{}`))
			}
			said := alice.say(r, "x")
			w.settle()
			p := bob.read(r, said)[0]
			name := fmt.Sprint(r.id, p.Session, p.Index)
			if p.Failure != "" || indices[name] {
				t.Fatalf("seed %d: %s was spent before, or cannot be read: %q", seed, name, p.Failure)
			}
			indices[name] = true
		}
	}
}

// TestEncryptingStoresSeldom: a flush takes longer than a message.
func TestEncryptingStoresSeldom(t *testing.T) {
	const messages = 500
	w := newWorld(t, 370)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, bob)
	r.settings.Messages = 2 * messages
	alice.share(r)
	stored := 0
	for range messages {
		work := alice.machine.Begin()
		if _, err := work.Encrypt(t.Context(), r.id, event.RoomMessage, scan.Value(`{}`)); err != nil {
			t.Fatal(err)
		}
		wrote, err := store(t.Context(), t, alice.db, work)
		if err != nil {
			t.Fatal(err)
		}
		if work.Committed(); wrote {
			stored++
		}
	}
	if stored == 0 || stored > messages/20 {
		t.Errorf("%d messages were stored %d times", messages, stored)
	}
	alice.start()
	alice.work(func(ctx context.Context, work *e2ee.Work) error { _, err := work.Share(ctx, r.keys()); return err })
	last := bob.indexOf(r, alice.say(r, "after that"))
	if last < messages || last > messages+40 {
		t.Errorf("after %d messages comes index %d", messages, last)
	}
}

// indexOf is what an event was encrypted with.
func (d *device) indexOf(r *room, e event.Event) uint32 {
	d.Helper()
	d.world.settle()
	p := d.read(r, e)[0]
	expect(d, "failure", p.Failure, "")
	return p.Index
}

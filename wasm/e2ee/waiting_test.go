package e2ee_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// TestLateKey: an event is looked at again when its key comes, also after a
// restart, until it was (FEATURES D-19, G-3).
func TestLateKey(t *testing.T) {
	w := newWorld(t, 20)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, bob)
	f := alice.forger(r)
	var events []event.Event
	for i := range 4 {
		events = append(events, f.seal(f.text(fmt.Sprint(i))))
	}
	expect(t, "no key", fmt.Sprint(allTold(bob.read(r, events[0], events[1]))), "[key.missing key.missing]")
	expect(t, "peeked", told(bob.peek(r, events[2])[0]), "key.missing")
	bob.start()
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[]")
	alice.send(bob, "m.room_key", f.roomKey()) // from index 4 on
	w.settle()
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[$f1 $f2]")
	bob.start()
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[$f1 $f2]")
	expect(t, "a later key", fmt.Sprint(allTold(bob.read(r, events[0], events[1]))), "[key.later key.later]")
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[]")
	bob.imports(f.at(t, 1))
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[$f1 $f2]")
	expect(t, "an earlier key", fmt.Sprint(allTold(bob.read(r, events[0], events[1]))), "[key.later 1]")
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[]")
	bob.imports(f.at(t, 0))
	expect(t, "the whole", fmt.Sprint(allTold(bob.read(r, events[0]))), "[0]")
	expect(t, "waiting", len(bob.records(table.Waiting)), 0)
}

// TestPeekWaitsForNothing: a Work that is dropped never happened, in memory either.
func TestPeekWaitsForNothing(t *testing.T) {
	w := newWorld(t, 25)
	bob := w.device("@bob:b", "B")
	r := w.room("!r", bob)
	f, other := bob.forger(r), bob.forger(r)
	bob.read(r, f.seal("a"))
	bob.peek(r, f.seal("b"), other.seal("c"))
	bob.imports(f.at(t, 2), other.at(t, 1))
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[$f1]")
}

// TestKeysInOneWork: what came with a sync response is there for its events.
func TestKeysInOneWork(t *testing.T) {
	w := newWorld(t, 21)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, bob)
	e := alice.say(r, "x")
	part := w.server.sync(bob.address, false)
	bob.work(func(ctx context.Context, work *e2ee.Work) error {
		if err := work.Receive(ctx, part); err != nil {
			return err
		}
		plains, err := work.Decrypt(ctx, sealedIn(r.id, []event.Event{e}))
		expect(t, "told", told(plains[0]), "x")
		return err
	})
}

// TestWaitingIsBounded: per session and in all, on disk and in memory.
func TestWaitingIsBounded(t *testing.T) {
	w := newWorld(t, 22)
	bob := w.device("@bob:b", "B")
	r := w.room("!r", bob)
	f := bob.forger(r)
	var events []event.Event
	for range e2ee.MaxWaitingEvents + 5 {
		events = append(events, f.seal("x"))
	}
	bob.read(r, events...)
	bob.imports(f.at(t, uint32(f.n)))
	expect(t, "events", len(bob.woken(r)), e2ee.MaxWaitingEvents)
	events = nil
	for i := range e2ee.MaxWaitingSessions + 5 {
		one := bob.forger(r)
		e := one.seal("x")
		events = append(events, sealedEvent(t, fmt.Sprint("$s", i), "@x:y", e.Content()))
	}
	w.now = w.now.Add(time.Second)
	bob.read(r, events...)
	if n := len(bob.records(table.Waiting)); n > e2ee.MaxWaitingSessions || n < e2ee.MaxWaitingSessions*9/10 {
		t.Errorf("%d sessions wait", n)
	}
	expect(t, "woken of the oldest", len(bob.woken(r)), 0)
}

// TestForget: what is gone waits no more.
func TestForget(t *testing.T) {
	w := newWorld(t, 23)
	bob := w.device("@bob:b", "B")
	r, other := w.room("!r", bob), w.room("!other", bob)
	f, g := bob.forger(r), bob.forger(other)
	bob.read(r, f.seal("a"), f.seal("b"), f.seal("c"))
	bob.read(other, g.seal("a"))
	bob.imports(f.at(t, 3))
	bob.work(func(_ context.Context, work *e2ee.Work) error { work.Forget("!r", "$f2"); return nil })
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[$f1 $f3]")
	bob.work(func(_ context.Context, work *e2ee.Work) error { work.Forget("!r"); return nil })
	expect(t, "woken", len(bob.woken(r)), 0)
	expect(t, "waiting", len(bob.records(table.Waiting)), 1)
}

// TestWithheld: why a key does not come is told of its events, and what was
// decrypted before stays.
func TestWithheld(t *testing.T) {
	w := newWorld(t, 24)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, bob)
	f := alice.forger(r)
	e := f.seal(f.text("x"))
	bob.read(r, e)
	refuse := func(code, session string) {
		bob.receive(e2ee.SyncPart{ToDevice: []scan.Value{written(map[string]any{
			"type": "m.room_key.withheld", "sender": "@alice:a", "content": map[string]any{
				"algorithm": "m.megolm.v1.aes-sha2", "code": code, "room_id": "!r", "session_id": session, "reason": "because",
			},
		})}})
	}
	refuse("whatever they say", f.out.ID())
	refuse("m.unverified", "no session")
	expect(t, "nothing noted", len(bob.records(table.Inbound)), 0)
	refuse("m.unverified", f.out.ID())
	expect(t, "woken", fmt.Sprint(bob.woken(r)), "[$f1]")
	got := bob.read(r, e)[0]
	expect(t, "failure", got.Failure, e2ee.KeyWithheld)
	expect(t, "code", got.Withheld, "m.unverified")
	other := sealedEvent(t, "$other", "@mallory:m", e.Content())
	expect(t, "not said by its sender", told(bob.peek(r, other)[0]), "key.missing")
	bob.imports(f.at(t, 1))
	got = bob.read(r, e)[0]
	expect(t, "a later key", got.Failure, e2ee.KeyLater)
	expect(t, "a later key's code", got.Withheld, "m.unverified")
	bob.imports(f.at(t, 0))
	refuse("m.blacklisted", f.out.ID())
	expect(t, "with a key", told(bob.read(r, e)[0]), "x")
	bob.start()
	expect(t, "with a key", told(bob.read(r, e)[0]), "x")
}

// TestKeysAtEveryPosition: keys and events come in any order, doubled, in any
// portions, with restarts between; in the end everything is read.
func TestKeysAtEveryPosition(t *testing.T) {
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 3))
		w := newWorld(t, 100+seed)
		alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
		r := w.room("!r", alice, bob)
		var steps []func()
		want := map[event.EventID]string{}
		byID := map[event.EventID]event.Event{}
		for s := range 3 {
			f := alice.forger(r)
			f.n = s * 100
			for i := range 5 {
				text := fmt.Sprint(s, ".", i)
				e := f.seal(f.text(text))
				want[e.ID], byID[e.ID] = text, e
				steps = append(steps, func() { bob.read(r, e) })
			}
			for i := range 5 {
				steps = append(steps, func() { bob.imports(f.at(t, uint32(i))) })
			}
		}
		steps = append(steps, bob.start, bob.start)
		steps = append(steps, steps[:random.IntN(len(steps))]...)
		random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		got := map[event.EventID]string{}
		for _, step := range steps {
			step()
			for _, id := range bob.woken(r) {
				if p := bob.read(r, byID[id])[0]; p.Failure == "" {
					got[id] = told(p)
				}
			}
		}
		for id, text := range want {
			if p := bob.read(r, byID[id])[0]; told(p) != text {
				t.Fatalf("seed %d: %s is %s, want %s", seed, id, told(p), text)
			}
		}
		expect(t, "woken", len(bob.woken(r)), 0)
		expect(t, "waiting", len(bob.records(table.Waiting)), 0)
	}
}

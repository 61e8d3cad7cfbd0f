package e2ee_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// heist is a room where mallory got alice's session, and bob did not yet.
type heist struct {
	*forger
	mallory, bob *device
	// key is alice's m.room_key, as she sent it to all.
	key scan.Value
}

func newHeist(t *testing.T, seed uint64) *heist {
	w := newWorld(t, seed)
	alice, mallory, bob := w.device("@alice:a", "A"), w.device("@mallory:m", "M"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, mallory, bob)
	bob.say(r, "hello") // knows whose devices are there
	f := alice.forger(r)
	return &heist{f, mallory, bob, f.roomKey()}
}

// gives sends bob the key, by its owner or another who got it.
func (h *heist) gives(by *device) {
	by.send(h.bob, "m.room_key", h.key)
	h.settle()
}

// copied is an event of mallory's with the message of another.
func (h *heist) copied(e event.Event) event.Event {
	return sealedEvent(h.TB, string(e.ID)+"copy", h.mallory.user, e.Content())
}

// TestThiefFirst: whoever sends on a key as their own, and first, neither keeps
// the owner's messages from being read nor makes them somebody else's (G-9).
func TestThiefFirst(t *testing.T) {
	h := newHeist(t, 21)
	e := h.seal(h.text("mine"))
	h.gives(h.mallory)
	expect(t, "on the thief's word", told(h.bob.read(h.room, e)[0]), string(e2ee.EventSender))
	h.gives(h.device)
	expect(t, "woken", fmt.Sprint(h.bob.woken(h.room)), "[$f1]")
	for range 2 {
		got := h.bob.read(h.room, e)[0]
		expect(t, "told", told(got), "mine")
		expect(t, "device", got.Device, "A")
		expect(t, "warning", got.Warning, e2ee.DeviceUnsigned)
		h.bob.start()
	}
	h.bob.said("@alice:a", "A", table.Trusted)
	expect(t, "trusted", h.bob.peek(h.room, e)[0].Warning, "")
}

// TestThiefLast: the same of one who comes when all is settled.
func TestThiefLast(t *testing.T) {
	h := newHeist(t, 22)
	h.gives(h.device)
	h.bob.said("@alice:a", "A", table.Trusted)
	first, second := h.seal(h.text("one")), h.seal(h.text("two"))
	expect(t, "before", told(h.bob.read(h.room, first)[0]), "one")
	h.gives(h.mallory)
	for _, e := range []event.Event{first, second} {
		got := h.bob.read(h.room, e)[0]
		expect(t, "failure", got.Failure, "")
		expect(t, "device", got.Device, "A")
		expect(t, "warning", got.Warning, "")
	}
	again := sealedEvent(t, "$again", h.user, first.Content())
	expect(t, "a replay", told(h.bob.read(h.room, again)[0]), string(e2ee.EventReplayed))
	stranger := sealedEvent(t, "$stranger", "@carol:c", second.Content())
	expect(t, "nobody's claim", told(h.bob.read(h.room, stranger)[0]), string(e2ee.EventSender))
}

// TestThiefOfSaved: a thief does not shut out the owner whose key is in the backup
// alone (G-9).
func TestThiefOfSaved(t *testing.T) {
	for _, thiefFirst := range []bool{true, false} {
		h := newHeist(t, 23)
		e := h.seal(h.text("old"))
		if thiefFirst {
			h.gives(h.mallory)
			h.bob.imports(h.at(t, 0))
		} else {
			h.bob.imports(h.at(t, 0))
			h.gives(h.mallory)
		}
		got := h.bob.read(h.room, e)[0]
		expect(t, "told", told(got), "old")
		expect(t, "warning", got.Warning, e2ee.KeyUnproven)
	}
}

// TestCopyHidesNothing: a copy of a message that is read before it, with a key of
// the backup, which is nobody's, does not shut it out.
func TestCopyHidesNothing(t *testing.T) {
	h := newHeist(t, 24)
	e := h.seal(h.text("old"))
	h.bob.imports(h.at(t, 0))
	h.bob.read(h.room, h.copied(e))
	expect(t, "in the backup", told(h.bob.read(h.room, e)[0]), "old")
	h.gives(h.device)
	expect(t, "with its owner's key", told(h.bob.read(h.room, e)[0]), "old")
	again := sealedEvent(t, "$again", h.user, e.Content())
	expect(t, "a replay", told(h.bob.read(h.room, again)[0]), string(e2ee.EventReplayed))
}

// TestReplayOverProof: what was read before it was proven whose it is, is not read
// as another event after that.
func TestReplayOverProof(t *testing.T) {
	h := newHeist(t, 26)
	e := h.seal(h.text("old"))
	h.bob.imports(h.at(t, 0))
	h.bob.read(h.room, e)
	h.gives(h.device)
	again := sealedEvent(t, "$again", h.user, e.Content())
	expect(t, "a replay", told(h.bob.read(h.room, again)[0]), string(e2ee.EventReplayed))
	expect(t, "the message", told(h.bob.read(h.room, e)[0]), "old")
}

// TestFakeDevice: a device that a server gave to the owner, and that sends the key
// on as its own, does not make the owner's messages doubtful (G-9).
func TestFakeDevice(t *testing.T) {
	h := newHeist(t, 27)
	fake := h.world.device("@alice:a", "FAKE")
	h.settle()
	h.bob.say(h.room, "hello again")
	h.bob.said("@alice:a", "A", table.Trusted)
	e := h.seal(h.text("mine"))
	h.gives(fake)
	expect(t, "of the fake", h.bob.read(h.room, e)[0].Warning, e2ee.DeviceUnsigned)
	h.gives(h.device)
	got := h.bob.peek(h.room, e)[0]
	expect(t, "warning", got.Warning, "")
	expect(t, "device", got.Device, "A")
}

// TestOwnSessionIsNobodyElses: what this device made, others claim in vain.
func TestOwnSessionIsNobodyElses(t *testing.T) {
	h := newHeist(t, 25)
	e := h.bob.say(h.room, "mine")
	name := e2ee.SessionName{Room: h.room.id, Session: e.Content().Get("session_id").Text()}
	_, exported := h.bob.inbound(name)
	key, err := megolm.ImportInbound(exported.Get("session_key").Text())
	if err != nil {
		t.Fatal(err)
	}
	h.bob.imports(e2ee.Arrival{Name: name, Key: key, About: table.InboundSession{Sender: "@mallory:m", Curve: table.Key32{3}}})
	stolen := sealedEvent(t, "$stolen", "@mallory:m", e.Content())
	expect(t, "stolen", told(h.bob.read(h.room, stolen)[0]), string(e2ee.EventSender))
	expect(t, "own", told(h.bob.read(h.room, e)[0]), "mine")
}

// TestThievesInAnyOrder: whatever comes when, over restarts, in the end the
// owner's messages are read as the owner's, and what is a copy, or has one, says
// so (G-9).
func TestThievesInAnyOrder(t *testing.T) {
	for run := range uint64(25) {
		h := newHeist(t, 100+run)
		h.bob.said("@alice:a", "A", table.Trusted)
		random := rand.New(rand.NewPCG(run, 1))
		var mine, copies []event.Event
		for i := range 3 {
			mine = append(mine, h.seal(h.text(fmt.Sprint(i))))
		}
		copies = append(copies, h.copied(mine[1]))
		steps := []func(){
			func() { h.gives(h.device) }, func() { h.gives(h.mallory) }, func() { h.bob.imports(h.at(t, 0)) },
			func() { h.bob.read(h.room, mine...) }, func() { h.bob.read(h.room, copies...) }, h.bob.start,
			func() { h.bob.peek(h.room, append(copies, mine...)...) },
		}
		for _, i := range random.Perm(len(steps)) {
			steps[i]()
		}
		h.bob.read(h.room, append(copies, mine...)...)
		what := fmt.Sprint("run ", run)
		for i, got := range h.bob.peek(h.room, mine...) {
			expect(t, what, told(got), fmt.Sprint(i))
			expect(t, what, got.Device, "A")
			want := e2ee.Warning("")
			if i == 1 {
				want = e2ee.MessageCopied
			}
			expect(t, fmt.Sprint(what, ", message ", i), got.Warning, want)
		}
		if got := h.bob.peek(h.room, copies...)[0]; got.Failure == "" && got.Warning == "" {
			t.Errorf("%s: a copy passes for a message", what)
		}
	}
}

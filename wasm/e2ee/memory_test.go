package e2ee_test

import (
	"context"
	"testing"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// store commits a Work as it asks, if there is anything. After a power cut only
// notes about messages may be gone, as the messages are, and things to do may be
// there that were done.
func store(ctx context.Context, t testing.TB, db storage.DB, w *e2ee.Work) (stored bool, err error) {
	t.Helper()
	var b storage.Batch
	d := w.Finish(&b)
	for _, op := range b.Ops() {
		done := op.Kind == storage.OpDelete && (op.Store == table.ToDevices || op.Store == table.Unsaved)
		if op.Store != table.Indices && op.Store != table.Waiting && !done && d != storage.Strict {
			t.Errorf("a record of %s does not survive a power cut", op.Store)
		}
	}
	if b.Len() == 0 {
		return false, nil
	}
	_, err = db.Commit(ctx, &b, d)
	return true, err
}

// remembers: after each commit, what the machine remembers is what is stored.
func remembers(ctx context.Context, t testing.TB, m *e2ee.Machine, db storage.DB) {
	t.Helper()
	if _, benches := t.(*testing.B); benches {
		return
	}
	if wrong, err := m.Misremembered(ctx, db); err != nil || len(wrong) > 0 {
		t.Errorf("what is remembered is not what is stored, in %v, %v", wrong, err)
	}
}

// watched tells when a machine has read.
type watched struct {
	e2ee.Reader
	onRead func()
}

func (w *watched) Read(ctx context.Context, q ...storage.Query) ([]storage.Result, error) {
	results, err := w.Reader.Read(ctx, q...)
	w.onRead()
	return results, err
}

func (d *device) onRead(fn func()) {
	d.machine.Through(func(r e2ee.Reader) e2ee.Reader { return &watched{r, fn} })
}

// TestNoReadForWhatIsKnown: in a room where people talk, messages come and go
// without a read.
func TestNoReadForWhatIsKnown(t *testing.T) {
	w := newWorld(t, 70)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, bob)
	f := alice.forger(r)
	bob.imports(f.at(t, 0))
	bob.share(r)
	talk := func(id string) {
		e := f.seal(f.text("hi"))
		bob.read(r, sealedEvent(t, id, f.user, e.Content()))
		bob.encrypt(r, event.RoomMessage, `{"body":"hi"}`)
	}
	talk("$1")
	reads := 0
	bob.onRead(func() { reads++ })
	talk("$2")
	expect(t, "reads", reads, 0)
}

// TestWhatIsDroppedIsNotRemembered: it may have read what a turn changed meanwhile.
func TestWhatIsDroppedIsNotRemembered(t *testing.T) {
	w := newWorld(t, 71)
	alice := w.device("@alice:a", "A")
	w.settle()
	r := w.room("!r", alice)
	alice.share(r)
	alice.start() // remembers nothing
	turns := 0
	alice.onRead(func() {
		if turns++; turns == 1 {
			alice.rotate(r)
		}
	})
	_, _ = alice.machine.Begin().Encrypt(t.Context(), r.id, event.RoomMessage, []byte(`{}`))
	expect(t, "turns", turns > 1, true)
	remembers(t.Context(), t, alice.machine, alice.db)
}

// TestPowerCut: a letter that was sent may go once more, the same one; no ratchet
// goes back.
func TestPowerCut(t *testing.T) {
	w := newWorld(t, 72)
	alice, bob := w.device("@alice:a", "A"), w.device("@bob:b", "B")
	w.settle()
	r := w.room("!r", alice, bob)
	alice.share(r)
	w.settle()
	alice.rotate(r)
	alice.work(func(ctx context.Context, w *e2ee.Work) error { _, err := w.Share(ctx, r.keys()); return err })
	cut := func() { alice.disk.PowerLoss(); alice.start() }
	sent := alice.request(e2ee.SendDevices)
	alice.answered(sent, []byte(`{}`))
	cut()
	again := alice.request(e2ee.SendDevices)
	expect(t, "the letter", string(again.Body), string(sent.Body))
	expect(t, "its transaction", again.Path[2], sent.Path[2])
	w.settle()
	first := alice.say(r, "one")
	cut()
	second := alice.say(r, "two")
	for i, p := range bob.read(r, first, second) {
		expect(t, "failure", p.Failure, "")
		expect(t, "index", p.Index, uint32(i))
	}
}

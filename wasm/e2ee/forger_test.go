package e2ee_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/megolm"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// forger is a Megolm session of the test's own, with which a device can say what
// no machine would.
type forger struct {
	*device
	room *room
	out  megolm.Outbound
	// origin is the whole session.
	origin *megolm.Inbound
	n      int
}

func (d *device) forger(r *room) *forger {
	d.Helper()
	out, err := megolm.NewOutbound(d.random)
	if err != nil {
		d.Fatal(err)
	}
	return &forger{device: d, room: r, out: out, origin: out.Inbound()}
}

func (f *forger) name() e2ee.SessionName {
	return e2ee.SessionName{Room: f.room.id, Session: f.out.ID()}
}

// roomKey is the content of an honest m.room_key, with replacements.
func (f *forger) roomKey(oldnew ...string) scan.Value {
	return scan.Value(strings.NewReplacer(oldnew...).Replace(fmt.Sprintf(
		`{"algorithm":"m.megolm.v1.aes-sha2","room_id":%q,"session_id":%q,"session_key":%q}`, f.room.id, f.out.ID(), f.out.SessionKey())))
}

// send sends something to all devices of a user in Olm messages.
func (d *device) send(to *device, kind string, content scan.Value) {
	d.Helper()
	for range 50 {
		done := false
		whole := d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			done, err = w.Write(ctx, event.UserID(to.user), kind, content)
			return err
		})
		if done && whole {
			return
		}
		for d.ask() {
		}
	}
	d.Fatal("it never can be sent")
}

// seal returns an event of a payload, in the session.
func (f *forger) seal(payload string, more ...string) event.Event {
	f.Helper()
	message, next, err := f.out.Encrypt([]byte(payload))
	if err != nil {
		f.Fatal(err)
	}
	f.out = next
	content := fmt.Sprintf(`{"algorithm":"m.megolm.v1.aes-sha2","session_id":%q,"ciphertext":%q%s}`, f.out.ID(), message, strings.Join(more, ""))
	f.n++
	return sealedEvent(f.TB, fmt.Sprintf("$f%d", f.n), f.user, scan.Value(content))
}

// text is the payload of a message.
func (f *forger) text(body string) string {
	return fmt.Sprintf(`{"room_id":%q,"type":"m.room.message","content":{"body":%q}}`, f.room.id, body)
}

// at is the session's key from an index on, as a backup has it.
func (f *forger) at(t testing.TB, index uint32) e2ee.Arrival {
	t.Helper()
	exported, err := f.origin.Export(index)
	if err != nil {
		t.Fatal(err)
	}
	key, err := megolm.ImportInbound(exported)
	if err != nil {
		t.Fatal(err)
	}
	return e2ee.Arrival{Name: f.name(), Key: key, About: table.InboundSession{Source: table.KeyFromBackup, Curve: table.Key32{2}, Shared: true}}
}

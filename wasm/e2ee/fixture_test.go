package e2ee_test

import (
	"context"
	"testing"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// TestFixture: sessions and an event that another client made.
func TestFixture(t *testing.T) {
	fixture := scan.Value(conformance.Read(t, "e2ee-fixture.json"))
	sealed, err := event.Parse(fixture.Get("ENCRYPTED_EVENT"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, 70)
	bob, late := w.device("@bob:b", "B"), w.device("@bob:b", "L")
	r := w.room(fixture.Get("TEST_ROOM_ID").Text(), bob)
	imports := func(d *device, sessions ...scan.Value) (better int) {
		d.work(func(ctx context.Context, w *e2ee.Work) (err error) {
			better, err = w.ImportExported(ctx, sessions, table.KeyFromFile)
			return err
		})
		return better
	}
	expect(t, "before", told(bob.read(r, sealed)[0]), "key.missing")
	expect(t, "ratcheted", imports(late, fixture.Get("RATCHTED_MEGOLM_SESSION_DATA")), 1)
	expect(t, "with the ratcheted one", told(late.read(r, sealed)[0]), "key.later")
	whole := fixture.Get("MEGOLM_SESSION_DATA")
	expect(t, "whole", imports(bob, whole), 1)
	opened := bob.read(r, sealed)[0].Event
	clear := fixture.Get("CLEAR_EVENT")
	expect(t, "type", opened.Type, clear.Get("type").Text())
	for name, want := range clear.Get("content").Members() {
		expect(t, name.Text(), string(opened.Content().Get(name.Text())), string(want))
	}
	var more []scan.Value
	for one := range fixture.Get("MEGOLM_SESSION_DATA_ARRAY").Items() {
		more = append(more, one)
	}
	expect(t, "more", imports(bob, more...), len(more))
	expect(t, "again", imports(bob, append(more, whole)...), 0)
	for _, one := range append(more, whole) {
		_, exported := bob.inbound(e2ee.SessionName{Room: r.id, Session: one.Get("session_id").Text()})
		for _, name := range []string{"algorithm", "room_id", "sender_key", "session_id", "session_key"} {
			expect(t, name, exported.Get(name).Text(), one.Get(name).Text())
		}
		expect(t, "claimed", exported.Path("sender_claimed_keys", "ed25519").Text(), one.Path("sender_claimed_keys", "ed25519").Text())
	}
}

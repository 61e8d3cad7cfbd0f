package e2ee_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

func (d *device) accepts(room event.RoomID, inviter event.UserID) {
	d.Helper()
	d.work(func(_ context.Context, w *e2ee.Work) error { w.AcceptInvite(room, inviter); return nil })
}

func (d *device) accepted() (all []string) {
	for _, i := range d.machine.Accepted() {
		all = append(all, fmt.Sprint(i.Room, " ", i.Inviter))
	}
	return all
}

// TestAcceptedInvites: they are known over restarts, for a day and until they end,
// and not without bound; and the server is asked about who invited.
func TestAcceptedInvites(t *testing.T) {
	w := newWorld(t, 95)
	bob := w.device("@bob:b", "B")
	w.settle()
	bob.accepts("!r", "@alice:a")
	if r := bob.request(e2ee.QueryKeys); r == nil || !r.Body.Path("device_keys", "@alice:a").Exists() {
		t.Error("nobody asks about alice")
	}
	bob.accepts("!s", "@alice:a")
	bob.accepts("!r", "@carol:c")
	bob.accepts("", "@carol:c")
	bob.accepts("!t", event.UserID(strings.Repeat("x", 300)))
	bob.start()
	expect(t, "accepted", fmt.Sprint(bob.accepted()), "[!s @alice:a !r @carol:c]")
	bob.work(func(_ context.Context, w *e2ee.Work) error { w.EndInvite("!s"); return nil })
	bob.start()
	expect(t, "after one ended", fmt.Sprint(bob.accepted()), "[!r @carol:c]")
	for _, step := range []time.Duration{24*time.Hour + time.Second, -49 * time.Hour} {
		w.now = w.now.Add(step)
		expect(t, fmt.Sprint(step, " later"), len(bob.accepted()), 0)
	}
	for i := range 60 {
		bob.accepts(event.RoomID(fmt.Sprint("!", i)), "@alice:a")
	}
	expect(t, "bounded", len(bob.accepted()), 50)
	expect(t, "the latest", bob.accepted()[49], "!59 @alice:a")
}

// TestBundleWithoutADevice: nobody is believed who does not say which device it is
// from (spec: m.room_key_bundle).
func TestBundleWithoutADevice(t *testing.T) {
	r, alice, bob := invited(t, 96)
	for _, c := range []struct {
		drop string
		want string
	}{{`"sender_device_keys"`, ""}, {`"anything_else"`, file}} {
		alice.work(func(ctx context.Context, w *e2ee.Work) error {
			return w.WritePayload(ctx, "@bob:b", "B", func(payload string) string {
				m := read[map[string]any](t, []byte(payload))
				delete(m, strings.Trim(c.drop, `"`))
				m["type"], m["content"] = "m.room_key_bundle", read[map[string]any](t, []byte(`{"room_id":"`+string(r.id)+`","file":`+file+`}`))
				return string(written(m))
			})
		})
		r.settle()
		expect(t, "without "+c.drop, bob.bundle(r.id, "@alice:a"), c.want)
	}
}

// TestEndlessBundle: so many sessions no room has.
func TestEndlessBundle(t *testing.T) {
	bob := newWorld(t, 97).device("@bob:b", "B")
	for _, c := range []struct {
		n    int
		want error
	}{{100_000, nil}, {100_001, e2ee.ErrBundle}} {
		plain := `{"room_keys":[` + strings.Repeat("0,", c.n-1) + `0]}`
		if _, err := bob.machine.KeysOfBundle("!r", "@alice:a", []byte(plain)); !errors.Is(err, c.want) {
			t.Errorf("%d: %v", c.n, err)
		}
	}
}

// TestHistoryOfAnother: with whoever may be another than before no keys are
// exchanged, either way, until our user said yes.
func TestHistoryOfAnother(t *testing.T) {
	h := newHouse(t, 98)
	alice, bob := h.register("alice"), h.register("bob")
	h.meet(alice, bob)
	alice.bootstrap()
	bob.bootstrap()
	share := func(from, to *tenant) error {
		from.work(func(_ context.Context, w *e2ee.Work) error { w.AskAnew(to.user); return nil })
		h.settle()
		if _, _, err := from.machine.Begin().ReachForHistory(t.Context(), to.user); err != nil {
			return err
		}
		from.work(func(ctx context.Context, w *e2ee.Work) error {
			_, _, err := w.ReachForHistory(ctx, to.user)
			return err
		})
		h.settle()
		from.work(func(ctx context.Context, w *e2ee.Work) error {
			return w.ShareHistory(ctx, e2ee.History{Room: "!r", User: to.user, File: scan.Value(file)})
		})
		h.settle()
		return nil
	}
	offered := func() string {
		found, err := bob.machine.Begin().Bundle(t.Context(), "!r", alice.user)
		if err != nil {
			t.Fatal(err)
		}
		return string(found)
	}
	if err := share(alice, bob); err != nil {
		t.Fatal(err)
	}
	expect(t, "offered", offered(), file)
	alice.work(func(ctx context.Context, w *e2ee.Work) error { return w.NewIdentity(ctx, true) })
	h.settle()
	_, needed := alice.send(alice.machine.UploadIdentity(nil))
	alice.bring(alice.machine.UploadIdentity(alice.password(needed)))
	h.settle()
	expect(t, "of somebody else perhaps", offered(), "")
	var changed *e2ee.ChangedError
	if err := share(bob, alice); !errors.As(err, &changed) {
		t.Errorf("bob hands keys on: %v", err)
	}
	bob.work(func(ctx context.Context, w *e2ee.Work) error { return w.Acknowledge(ctx, alice.user) })
	expect(t, "after bob said yes", offered(), file)
	if err := share(bob, alice); err != nil {
		t.Error(err)
	}
}

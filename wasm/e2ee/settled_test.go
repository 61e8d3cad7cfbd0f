package e2ee_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// TestSettledInOneWork: what the same Work changed counts too.
func TestSettledInOneWork(t *testing.T) {
	r, alice, _, _, first := trio(t, 95)
	alice.share(r)
	alice.work(func(ctx context.Context, w *e2ee.Work) error {
		if err := w.SetTrust(ctx, "@carol:c", "C", table.Blocked); err != nil {
			return err
		}
		if _, err := w.Share(ctx, r.keys()); err != nil {
			return err
		}
		content, err := w.Encrypt(ctx, r.id, "t", scan.Value(`{}`))
		if content.Get("session_id").Text() == first {
			t.Error("carol reads on, though she was just blocked")
		}
		return err
	})
}

// TestSettledMembers: a list that the caller changes is another list.
func TestSettledMembers(t *testing.T) {
	r, alice, _, _, first := trio(t, 96)
	alice.share(r)
	r.users[slices.Index(r.users, "@carol:c")] = "@dan:d"
	if session(alice.say(r, "x")) == first {
		t.Error("carol reads on, though she left")
	}
}

// TestSettledUnderway: that nobody is left to give a key does not say that the
// keys are on the server.
func TestSettledUnderway(t *testing.T) {
	r, alice, _, _, _ := trio(t, 97)
	alice.rotate(r)
	for i := range 3 {
		alice.work(func(ctx context.Context, w *e2ee.Work) error {
			wait, err := w.Share(ctx, r.keys())
			expect(t, fmt.Sprint("underway, Share ", i), wait.Underway, true)
			return err
		})
	}
}

// TestSettledIsBounded.
func TestSettledIsBounded(t *testing.T) {
	w := newWorld(t, 98)
	alice := w.device("@alice:a", "A")
	w.settle()
	for i := range 3 * e2ee.MaxSettled {
		r := w.room(fmt.Sprint("!r", i), alice)
		alice.share(r)
		if n := alice.machine.SettledRooms(); n < 1 || n > e2ee.MaxSettled {
			t.Fatalf("%d rooms after %d", n, i)
		}
	}
}

// TestCancelledByBackup: whoever was asked for a key hears that it is here,
// wherever it came from.
func TestCancelledByBackup(t *testing.T) {
	_, laptop, f, e := ownDevices(t, 99)
	laptop.askKeys(f.name())
	laptop.start()
	laptop.imports(f.at(t, 0))
	for laptop.ask() {
	}
	cancelled := 0
	for _, body := range laptop.bodies {
		if scan.Value(body).Path("messages", "@bob:b", "P", "action").Text() == "request_cancellation" {
			cancelled++
		}
	}
	expect(t, "cancelled", cancelled, 1)
	expect(t, "told", told(laptop.read(f.room, e)[0]), "x")
}

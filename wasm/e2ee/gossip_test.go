package e2ee_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// verify is what a finished verification of two own devices does on both sides,
// the old one's first or last.
func (h *house) verify(old, fresh *tenant, oldFirst bool) {
	h.Helper()
	sides := []func(){
		func() {
			old.work(func(ctx context.Context, w *e2ee.Work) error {
				return w.VerifyDevice(ctx, fresh.user, fresh.device, fresh.ed25519())
			})
		},
		func() {
			fresh.work(func(ctx context.Context, w *e2ee.Work) error {
				return w.VerifyDevice(ctx, old.user, old.device, old.ed25519())
			})
			fresh.work(func(ctx context.Context, w *e2ee.Work) error {
				return w.VerifyUser(ctx, old.user, old.master(old))
			})
		},
	}
	first, last := sides[0], sides[1]
	if !oldFirst {
		first, last = last, first
	}
	first()
	h.settle()
	last()
	h.settle()
}

// TestSecretsAfterVerification: a device that was verified gets all secrets,
// whichever side was through first, and nobody keeps asking.
func TestSecretsAfterVerification(t *testing.T) {
	for _, oldFirst := range []bool{true, false} {
		h := newHouse(t, 40)
		phone := h.register("alice")
		phone.setup("")
		laptop := h.login("alice")
		h.settle()
		h.verify(phone, laptop, oldFirst)
		if s := laptop.status(); !s.Signed || !s.Private || !s.Backup.Key || !s.Backup.Trusted || s.Missing != nil {
			t.Errorf("%+v", s)
		}
		if asked, _ := laptop.machine.Requests(); asked != 0 {
			t.Errorf("%d requests are open", asked)
		}
		before := laptop.asked[e2ee.SendDevices]
		laptop.work(func(ctx context.Context, w *e2ee.Work) error { return w.AskSecrets(ctx) })
		h.settle()
		if after := laptop.asked[e2ee.SendDevices]; after != before {
			t.Errorf("it asks for what it has: %d messages", after-before)
		}
	}
}

// TestSecretsForStrangers: nobody but a verified device of our user gets a secret,
// whatever the server says who asks.
func TestSecretsForStrangers(t *testing.T) {
	h := newHouse(t, 41)
	phone, bob := h.register("alice"), h.register("bob")
	h.meet(phone, bob)
	phone.setup("")
	laptop := h.login("alice")
	h.settle()
	ask := func(from *tenant, device, action string) {
		content := map[string]string{"action": action, "requesting_device_id": device, "request_id": "1", "name": "m.cross_signing.master"}
		phone.hear(string(from.user), "m.secret.request", written(content))
		h.settle()
	}
	before := phone.asked[e2ee.SendDevices]
	ask(phone, string(laptop.device), "request")
	ask(bob, string(bob.device), "request")
	ask(phone, string(phone.device), "request")
	ask(phone, "NONE", "request")
	if _, asking := phone.machine.Requests(); asking != 1 {
		t.Errorf("%d requests are remembered", asking)
	}
	if after := phone.asked[e2ee.SendDevices]; after != before {
		t.Errorf("%d answers", after-before)
	}
	// The request is remembered, unless it was taken back.
	ask(phone, string(laptop.device), "request_cancellation")
	phone.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.VerifyDevice(ctx, laptop.user, laptop.device, laptop.ed25519())
	})
	h.settle()
	if after := phone.asked[e2ee.SendDevices]; after != before {
		t.Errorf("%d answers to what was taken back", after-before)
	}
	ask(phone, string(laptop.device), "request")
	if after := phone.asked[e2ee.SendDevices]; after == before {
		t.Error("no answer to a verified device")
	}
	if s := laptop.status(); len(s.Missing) != 4 {
		t.Errorf("it takes what it did not ask for: %v", s.Missing)
	}
	before = phone.asked[e2ee.SendDevices]
	ask(bob, string(laptop.device), "request")
	if after := phone.asked[e2ee.SendDevices]; after != before {
		t.Errorf("%d answers to another user", after-before)
	}
}

// TestManyRequests: what devices ask for is remembered within bounds.
func TestManyRequests(t *testing.T) {
	h := newHouse(t, 43)
	phone, laptop := h.register("alice"), h.login("alice")
	h.settle()
	for i := range 200 {
		content := map[string]string{"action": "request", "requesting_device_id": string(laptop.device), "request_id": fmt.Sprint(i), "name": "m.cross_signing.master"}
		phone.hear(string(phone.user), "m.secret.request", written(content))
	}
	if _, asking := phone.machine.Requests(); asking > 64 {
		t.Errorf("%d requests", asking)
	}
}

// hear lets a device get a message as if it came in a sync.
func (n *tenant) hear(sender, kind string, content scan.Value) {
	n.Helper()
	one := written(map[string]any{"sender": sender, "type": kind, "content": json.RawMessage(content)})
	n.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.Receive(ctx, e2ee.SyncPart{ToDevice: []scan.Value{one}, Counts: scan.Value(`{"signed_curve25519":50}`)})
	})
}

// TestWrongSecrets: an answer is taken only of a verified device, to a request of
// ours, and if it is the right one; a wrong one leaves the request open
//
func TestWrongSecrets(t *testing.T) {
	h := newHouse(t, 42)
	phone := h.register("alice")
	phone.setup("")
	laptop, thief := h.login("alice"), h.login("alice")
	h.settle()
	var ids map[string]string
	watch := func(r *e2ee.Request, answer scan.Value) scan.Value {
		if r.Kind == e2ee.SendDevices && r.Path[1] == "m.secret.request" {
			content := r.Body.Path("messages", string(phone.user), string(phone.device))
			if content.Get("action").Text() == "request" {
				ids[content.Get("name").Text()] = content.Get("request_id").Text()
			}
		}
		return answer
	}
	h.forge, ids = watch, map[string]string{}
	laptop.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.VerifyDevice(ctx, phone.user, phone.device, phone.ed25519())
	})
	laptop.work(func(ctx context.Context, w *e2ee.Work) error {
		return w.VerifyUser(ctx, phone.user, phone.master(phone))
	})
	h.settle()
	if len(ids) != 4 {
		t.Fatalf("it asked for %v", ids)
	}
	first := maps.Clone(ids)
	laptop.work(func(ctx context.Context, w *e2ee.Work) error { return w.AskSecrets(ctx) })
	h.settle()
	if asked, _ := laptop.machine.Requests(); asked != 4 || !maps.Equal(first, ids) {
		t.Errorf("it asked again for %v, %d requests", ids, asked)
	}
	send := func(from *tenant, id, secret string) {
		content := written(map[string]string{"request_id": id, "secret": secret})
		for done := false; !done; h.settle() {
			from.work(func(ctx context.Context, w *e2ee.Work) (err error) {
				done, err = w.Write(ctx, laptop.user, "m.secret.send", content)
				return err
			})
		}
	}
	master := phone.secret("m.cross_signing.master")
	if master == "" {
		t.Fatal("no master key")
	}
	send(thief, ids["m.cross_signing.master"], master)
	send(phone, "another", master)
	send(phone, ids["m.cross_signing.self_signing"], master)
	send(phone, ids["m.cross_signing.master"], "AAAA")
	laptop.hear(string(phone.user), "m.secret.send", written(map[string]string{"request_id": ids["m.cross_signing.master"], "secret": master}))
	send(phone, ids["m.megolm_backup.v1"], master)
	if asked, _ := laptop.machine.Requests(); asked != 4 || len(laptop.status().Missing) != 4 {
		t.Errorf("it took something: missing %v, asked for %d", laptop.status().Missing, asked)
	}
	send(phone, ids["m.cross_signing.master"], master)
	if s := laptop.status(); len(s.Missing) != 3 {
		t.Errorf("it did not take the right one: missing %v", s.Missing)
	}
	// The backup's key may come before it is known what it opens.
	content := written(map[string]string{"request_id": ids["m.megolm_backup.v1"], "secret": phone.secret("m.megolm_backup.v1")})
	phone.work(func(ctx context.Context, w *e2ee.Work) error {
		_, err := w.Write(ctx, laptop.user, "m.secret.send", content)
		return err
	})
	for phone.ask() {
	}
	laptop.disk.Garble(table.Crypto, table.KeyBackupKey, nil)
	laptop.start()
	laptop.sync()
	if laptop.status().Backup.Key {
		t.Error("it has the key of a backup that it does not know")
	}
	h.settle()
	if !laptop.status().Backup.Key {
		t.Error("the key was lost")
	}
}

func (n *tenant) secret(name string) string {
	n.Helper()
	s, err := n.machine.Secret(n.Context(), name)
	if err != nil {
		n.Fatal(err)
	}
	return s
}

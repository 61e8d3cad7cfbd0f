package e2ee

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// SyncPart is what of a sync response is the machine's.
type SyncPart struct {
	ToDevice      []scan.Value
	Changed, Left []event.UserID
	// Counts is device_one_time_keys_count, Fallback is
	// device_unused_fallback_key_types; nil where absent.
	Counts, Fallback scan.Value
	// First is of a sync since no other, which tells of no changes.
	First bool
}

// Receive takes a sync response's part. Doing it again after a commit that did
// not happen, or that did, is harmless (FEATURES D-14).
func (w *Work) Receive(ctx context.Context, p SyncPart) error {
	if w.account == nil {
		return nil
	}
	if err := w.hear(ctx, p.Changed, p.Left); err != nil {
		return err
	}
	if p.First {
		if err := w.hearNothing(ctx); err != nil {
			return err
		}
	}
	for _, raw := range p.ToDevice {
		if err := w.receive(ctx, raw); err != nil {
			return err
		}
	}
	if err := w.takeArrived(ctx); err != nil {
		return err
	}
	if err := w.count(p.Counts, p.Fallback); err != nil {
		return err
	}
	if err := w.answerSecrets(ctx); err != nil {
		return err
	}
	return w.prepareBackup(ctx)
}

// receive takes one message to this device.
func (w *Work) receive(ctx context.Context, raw scan.Value) error {
	var f [3]scan.Value
	raw.Fields([]string{"type", "sender", "content"}, f[:])
	kind, sender, content := f[0].Text(), event.UserID(f[1].Text()), f[2]
	if sender == "" || content.Kind() != scan.Object {
		return nil
	}
	switch kind {
	case event.RoomEncrypted:
		return w.receiveOlm(ctx, sender, content)
	case "m.room_key.withheld":
		return w.takeWithheld(ctx, sender, content)
	case "m.room_key_request":
		return w.takeKeyRequest(ctx, sender, content)
	case "m.secret.request":
		return w.takeSecretRequest(ctx, sender, content)
	}
	w.announce(Message{Type: kind, Sender: sender, Content: content})
	return nil
}

// opened is an Olm message that was opened, from whoever has the Curve25519 and
// the Ed25519 key; the sender claims to be them.
type opened struct {
	sender  event.UserID
	curve   Curve
	ed25519 table.Key32
	// device is the sender's device with those keys, nil where none is known.
	device *table.Device
	// introduced says that the sender's device keys came with it.
	introduced bool

	kind    string
	content scan.Value
}

// takeOpened takes what came in an Olm message. Nothing of it is believed that
// only came encrypted in name: each kind says whom it believes.
func (w *Work) takeOpened(ctx context.Context, o *opened) error {
	switch o.kind {
	case "m.room_key":
		return w.takeRoomKey(ctx, o)
	case "m.forwarded_room_key":
		return w.takeForwardedKey(ctx, o)
	case "m.secret.send":
		return w.takeSecret(ctx, o)
	case bundleType, draftBundleType:
		w.takeBundle(o)
		return nil
	}
	w.others = append(w.others, o) // m.dummy does its work by being opened
	w.announce(Message{Type: o.kind, Sender: o.sender, Device: w.proven(o), Content: o.content})
	return nil
}

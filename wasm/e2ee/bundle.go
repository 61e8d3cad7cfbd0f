package e2ee

import (
	"context"
	"errors"
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

const (
	// maxBundles bounds what is remembered of files that are offered, maxFile the
	// size of what says where one is (FEATURES D-37).
	maxBundles = 50
	maxFile    = 4 << 10
	// maxBundleKeys is how many sessions a file may have.
	maxBundleKeys = 100_000
)

// ErrBundle says that a file is no bundle of room keys.
var ErrBundle = errors.New("e2ee: no room keys")

// takeBundle remembers that somebody offers keys of a room. Whether our user was
// invited by them and went there is asked when the file is. Whoever does not say
// which device it is from is not believed (spec: m.room_key_bundle).
func (w *Work) takeBundle(o *opened) {
	room, file := event.RoomID(o.content.Get("room_id").Text()), o.content.Get("file")
	if !o.introduced || room == "" || len(room) > maxID || file.Kind() != scan.Object || len(file) > maxFile {
		return
	}
	w.setBundles(append(w.bundlesBut(room, o.sender), table.Bundle{
		Room: room, Sender: o.sender, Curve: table.Key32(o.curve), Ed25519: o.ed25519, File: file.Clone(), Received: w.m.Now().UnixMilli(),
	}))
}

// bundlesBut returns a copy of the list without what somebody offered of a room,
// or anybody for "".
func (w *Work) bundlesBut(room event.RoomID, sender event.UserID) []table.Bundle {
	return slices.DeleteFunc(slices.Clone(w.bundles), func(b table.Bundle) bool {
		return b.Room == room && (sender == "" || b.Sender == sender)
	})
}

func (w *Work) setBundles(list []table.Bundle) {
	w.bundles = list[max(0, len(list)-maxBundles):]
	w.batch.Put(table.Crypto, table.BundlesKey, table.EncodeBundles(w.bundles))
}

// Bundle returns the file that somebody offers of a room, nil if there is none or
// it came from a device that they did not sign, or they have another identity than
// before. It must only be fetched for one of Accepted.
func (w *Work) Bundle(ctx context.Context, room event.RoomID, inviter event.UserID) (file scan.Value, err error) {
	if len(w.bundlesBut(room, inviter)) == len(w.bundles) {
		return nil, nil
	}
	w.users.want(inviter, w.m.user)
	if err := w.fetch(ctx); err != nil {
		return nil, err
	}
	known, _ := w.users.get(inviter)
	if w.identityChanged(inviter) {
		return nil, nil
	}
	for _, b := range w.bundles {
		d := known.Of(b.Curve)
		if b.Room == room && b.Sender == inviter && d != nil && d.Ed25519 == b.Ed25519 && w.trust(inviter, d) >= TrustSigned {
			return b.File, nil
		}
	}
	return nil, nil
}

// DropBundles forgets what was offered of a room: it is here, or not wanted.
func (w *Work) DropBundles(room event.RoomID) {
	if list := w.bundlesBut(room, ""); len(list) < len(w.bundles) {
		w.setBundles(list)
	}
}

// KeysOfBundle returns the sessions of a file that somebody offered of a room, or
// ErrBundle. They are that room's or none.
func (m *Machine) KeysOfBundle(room event.RoomID, inviter event.UserID, plain []byte) (*Keys, error) {
	bundle, err := scan.Parse(plain)
	if err != nil || bundle.Get("room_keys").Kind() != scan.Array {
		return nil, ErrBundle
	}
	all := &Keys{open: func(one parcel) (roomKey, bool) {
		k, ok := readExported(one.content, table.KeyFromHistory)
		k.about.Shared, k.about.From = true, inviter
		return k, ok && k.name.Room == room
	}}
	all.refuse = func(one parcel) (refusal, bool) {
		r, ok := readRefused(one.content, inviter)
		return r, ok && r.name.Room == room
	}
	for _, list := range []string{"room_keys", "withheld"} { // who is in both is here
		for item := range bundle.Get(list).Items() {
			if len(all.parcels) == maxBundleKeys {
				return nil, ErrBundle
			}
			all.parcels = append(all.parcels, parcel{content: item, refused: list == "withheld"})
		}
	}
	return all, nil
}

package table

import (
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// BundlesKey is the key in Crypto of a list of Bundles.
var BundlesKey = []byte("bundles")

// Bundle is a file of room keys that somebody offers who invited our user, or says
// so.
type Bundle struct {
	Room   event.RoomID
	Sender event.UserID
	// Curve and Ed25519 are of the device that it came from.
	Curve, Ed25519 Key32
	// File is where it is and what opens it.
	File scan.Value
	// Received is when it came, in milliseconds since 1970.
	Received int64
}

const bundlesFormat = 1

// EncodeBundles returns the stored form. It is secret.
func EncodeBundles(list []Bundle) []byte {
	w := newWriter(bundlesFormat)
	w.uint(uint64(len(list)))
	for i := range list {
		b := &list[i]
		w.text(string(b.Room))
		w.text(string(b.Sender))
		w.key32(b.Curve)
		w.key32(b.Ed25519)
		w.bytes(b.File)
		w.int(b.Received)
	}
	return w.done()
}

// DecodeBundles reads the stored form.
func DecodeBundles(value []byte) (list []Bundle, err error) {
	d, _ := newReader(value, bundlesFormat)
	for range d.count(2 * len(Key32{})) {
		list = append(list, Bundle{
			Room: event.RoomID(d.text()), Sender: event.UserID(d.text()), Curve: d.key32(), Ed25519: d.key32(),
			File: d.object(), Received: d.int(),
		})
	}
	return list, named("bundles", d.done())
}

// InvitesKey is the key in Crypto of a list of AcceptedInvites.
var InvitesKey = []byte("invites")

// AcceptedInvite is an invite upon which our user went to a room.
type AcceptedInvite struct {
	Room    event.RoomID
	Inviter event.UserID
	// At is when, in milliseconds since 1970.
	At int64
}

const invitesFormat = 1

// EncodeInvites returns the stored form.
func EncodeInvites(list []AcceptedInvite) []byte {
	w := newWriter(invitesFormat)
	w.uint(uint64(len(list)))
	for _, i := range list {
		w.text(string(i.Room))
		w.text(string(i.Inviter))
		w.int(i.At)
	}
	return w.done()
}

// DecodeInvites reads the stored form.
func DecodeInvites(value []byte) (list []AcceptedInvite, err error) {
	d, _ := newReader(value, invitesFormat)
	for range d.count(3) {
		list = append(list, AcceptedInvite{Room: event.RoomID(d.text()), Inviter: event.UserID(d.text()), At: d.int()})
	}
	return list, named("invites", d.done())
}

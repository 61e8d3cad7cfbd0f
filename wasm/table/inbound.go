package table

import (
	"bytes"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
)

// MegolmKey is the key of what is stored of a Megolm session. A session's id
// has no zero byte, whatever a room's has.
func MegolmKey(room event.RoomID, session string) []byte {
	return storage.Key([]byte(room), []byte{0}, []byte(session))
}

// SplitMegolmKey returns what MegolmKey made the key of.
func SplitMegolmKey(key []byte) (room event.RoomID, session string) {
	i := max(0, bytes.LastIndexByte(key, 0))
	return event.RoomID(key[:i]), string(key[min(len(key), i+1):])
}

// KeySource says how a session's key came to this device. They are stored: new
// ones are added at the end.
type KeySource byte

const (
	// KeyFromOwner: the device that made the session sent it.
	KeyFromOwner KeySource = iota
	// KeyOwn: this device made the session.
	KeyOwn
	// KeyFromBackup: it was in the backup on the server.
	KeyFromBackup
	// KeyFromFile: the user imported it.
	KeyFromFile
	// KeyForwarded: another device of the user sent it.
	KeyForwarded
	// KeyFromHistory: somebody who invited the user sent it.
	KeyFromHistory
	// KeyDisputed: a device sent it as its own, and others say something else, or
	// said so before: Makers.
	KeyDisputed
)

// Proven reports whether the device that is said to have made the session says so
// itself. All other sources only say so of others.
func (s KeySource) Proven() bool { return s <= KeyOwn || s == KeyDisputed }

// InboundSession is a Megolm session that this device decrypts with, or why it
// did not get it.
type InboundSession struct {
	// Record is wasm/megolm's; nil where the key was withheld.
	Record []byte
	Source KeySource
	// Sender is the user who sent the key or withheld it, "" where nobody knows
	// whose session it is.
	Sender event.UserID
	// Curve and Ed25519 are of the device that made it; unless the source is
	// proven, somebody claims so.
	Curve, Ed25519 Key32
	// Vouched says that the sender's identity once vouched for that device, which
	// may be gone since.
	Vouched bool
	// Shared says that its maker meant it for those who come later too, because
	// of the room's history visibility then.
	Shared bool
	// Received is when it came, in milliseconds since 1970.
	Received int64
	// Withheld is the code of why it did not come, or not from the first index on.
	Withheld string
	// From is who invited our user and handed it on.
	From event.UserID
}

const inboundFormat = 1

// Encode returns the stored form. It is secret.
func (s *InboundSession) Encode() []byte {
	w := newSizedWriter(inboundFormat, len(s.Record)+len(s.Sender)+2*len(Key32{}))
	w.bytes(s.Record)
	w.uint(uint64(s.Source))
	w.text(string(s.Sender))
	w.key32(s.Curve)
	w.key32(s.Ed25519)
	w.bool(s.Vouched)
	w.bool(s.Shared)
	w.int(s.Received)
	w.text(s.Withheld)
	w.text(string(s.From))
	return w.done()
}

// DecodeInboundSession reads the stored form.
func DecodeInboundSession(value []byte) (*InboundSession, error) {
	d, _ := newReader(value, inboundFormat)
	s := &InboundSession{}
	if record := d.bytes(); len(record) > 0 {
		s.Record = record
	}
	s.Source, s.Sender = KeySource(d.uint()), event.UserID(d.text())
	s.Curve, s.Ed25519 = d.key32(), d.key32()
	s.Vouched, s.Shared = d.bool(), d.bool()
	s.Received, s.Withheld, s.From = d.int(), d.text(), event.UserID(d.text())
	return s, named("room key", d.done())
}

// UnsavedMark is the value of all records in Unsaved.
var UnsavedMark = []byte{}

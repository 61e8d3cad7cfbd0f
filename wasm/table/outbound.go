package table

import "github.com/alcove-chat/alcove/wasm/event"

// OutboundSession is the Megolm session that this device encrypts a room's
// messages with. It is written as messages are, so who has it is in a ShareList.
type OutboundSession struct {
	// Record is wasm/megolm's.
	Record []byte
	// Created is when it was made and Until when it is too old, in milliseconds
	// since 1970; Most is how many messages it may encrypt.
	Created, Until int64
	Most           uint32
	// Shared is whether it was made while the room's history was for those who
	// come later too.
	Shared bool
	// Stale says that the next message needs a new session, because somebody who
	// has this one should not read on.
	Stale bool
}

// OutboundKey is a room's key in Outbound and Shares.
func OutboundKey(room event.RoomID) []byte { return []byte(room) }

const outboundFormat = 1

// Encode returns the stored form. It is secret.
func (o *OutboundSession) Encode() []byte {
	w := newSizedWriter(outboundFormat, len(o.Record))
	w.bytes(o.Record)
	w.int(o.Created)
	w.int(o.Until)
	w.uint(uint64(o.Most))
	w.bool(o.Shared)
	w.bool(o.Stale)
	return w.done()
}

// DecodeOutboundSession reads the stored form.
func DecodeOutboundSession(value []byte) (*OutboundSession, error) {
	d, _ := newReader(value, outboundFormat)
	o := &OutboundSession{
		Record: d.bytes(), Created: d.int(), Until: d.int(), Most: uint32(d.uint()), Shared: d.bool(), Stale: d.bool(),
	}
	return o, named("outbound session", d.done())
}

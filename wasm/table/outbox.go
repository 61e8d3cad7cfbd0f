package table

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Outgoing is an event on its way out. It is stored before the first attempt
// and removed in the commit that stores its echo. One that was published must
// not be changed.
type Outgoing struct {
	// Seq orders the outbox.
	Seq     uint64
	RoomID  event.RoomID
	TxnID   event.TxnID
	Type    string
	Content scan.Value
	// Created is in milliseconds since 1970.
	Created int64
	State   api.SendState
	// EventID is known once the server answered.
	EventID event.EventID
	// Error is why the server refused it.
	Error *api.Error
	// Sealed is the content of m.room.encrypted that is sent in place of Type and
	// Content, nil where they are sent as they are, or are not encrypted yet.
	Sealed scan.Value
	// asked is the print of what the page asked for, where ids took the place of
	// keys since, else 0.
	asked uint64
}

// Departed is what stays known of an event that left the outbox: a page may
// ask again, from another core, about what it has just sent.
type Departed struct {
	// N counts departures.
	N     uint64
	TxnID event.TxnID
	// EventID is "" where the event was taken out without being sent.
	EventID event.EventID
	// Print tells another event under the same transaction id.
	Print uint64
}

// Remembered is how many departures are kept.
const Remembered = 256

// DepartedPrefix begins the keys of departures in Meta.
var DepartedPrefix = []byte("departed")

// Key returns the departure's key, which was that of one long ago.
func (d *Departed) Key() []byte {
	return append(bytes.Clone(DepartedPrefix), byte(d.N%Remembered))
}

const departedFormat = 1

// Encode returns the stored form.
func (d *Departed) Encode() []byte {
	w := newWriter(departedFormat)
	w.uint(d.N)
	w.text(string(d.TxnID))
	w.text(string(d.EventID))
	w.fixed64(d.Print)
	return w.done()
}

// DecodeDeparted reads the stored form.
func DecodeDeparted(value []byte) (*Departed, error) {
	r, _ := newReader(value, departedFormat)
	d := &Departed{N: r.uint(), TxnID: event.TxnID(r.text()), EventID: event.EventID(r.text()), Print: r.fixed64()}
	return d, named("departed event", r.done())
}

// Print sums up what the page asked to send, apart from when and how far it got.
func (o *Outgoing) Print() uint64 {
	if o.asked != 0 {
		return o.asked
	}
	w := newWriter(departedFormat)
	w.text(string(o.RoomID))
	w.text(o.Type)
	w.bytes(o.Content)
	sum := sha256.Sum256(w.done())
	return binary.BigEndian.Uint64(sum[:])
}

// OutgoingKey is an entry's key in Outbox.
func OutgoingKey(seq uint64) []byte { return storage.U64(seq) }

// outgoingFormat 2 added Sealed; 3 added asked, and took out whether there had been
// an attempt.
const outgoingFormat = 3

// Encode returns the stored form.
func (o *Outgoing) Encode() []byte {
	w := newWriter(outgoingFormat)
	w.uint(o.Seq)
	w.text(string(o.RoomID))
	w.text(string(o.TxnID))
	w.text(o.Type)
	w.bytes(o.Content)
	w.int(o.Created)
	w.text(string(o.State))
	w.text(string(o.EventID))
	w.bool(o.Error != nil)
	if e := o.Error; e != nil {
		w.text(string(e.Code))
		w.text(e.Message)
		w.text(e.Errcode)
		w.uint(uint64(e.Status))
		w.bool(e.Recoverable)
	}
	w.bytes(o.Sealed)
	w.fixed64(o.asked)
	return w.done()
}

// DecodeOutgoing reads the stored form.
func DecodeOutgoing(value []byte) (*Outgoing, error) {
	o := &Outgoing{}
	d, version := newReader(value, outgoingFormat)
	o.Seq = d.uint()
	o.RoomID = event.RoomID(d.text())
	o.TxnID = event.TxnID(d.text())
	o.Type = d.text()
	o.Content = d.bytes()
	o.Created = d.int()
	if version < 3 {
		d.bool()
	}
	o.State = api.SendState(d.text())
	o.EventID = event.EventID(d.text())
	if d.bool() {
		o.Error = &api.Error{Code: api.Code(d.text()), Message: d.text(), Errcode: d.text(), Status: int(d.uint()), Recoverable: d.bool()}
	}
	if version >= 2 {
		o.Sealed = d.object()
	}
	if version >= 3 {
		o.asked = d.fixed64()
	}
	if err := named("outgoing event", d.done()); err != nil {
		return nil, err
	}
	if !scan.Valid(o.Content) {
		return nil, ErrGarbled
	}
	return o, nil
}

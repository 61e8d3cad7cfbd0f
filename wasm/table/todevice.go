package table

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// ToDevice is a message to devices on its way out. It is stored before the
// first attempt and removed when the server has it.
type ToDevice struct {
	Seq   uint64
	Type  string
	TxnID event.TxnID
	// Body is the request's.
	Body scan.Value
	// Room is whose key it shares, "" if it does not.
	Room event.RoomID
}

// ToDeviceKey is a message's key in ToDevices.
func ToDeviceKey(seq uint64) []byte { return storage.U64(seq) }

const toDeviceFormat = 1

// Encode returns the stored form.
func (t *ToDevice) Encode() []byte {
	w := newWriter(toDeviceFormat)
	w.uint(t.Seq)
	w.text(t.Type)
	w.text(string(t.TxnID))
	w.bytes(t.Body)
	w.text(string(t.Room))
	return w.done()
}

// DecodeToDevice reads the stored form.
func DecodeToDevice(value []byte) (*ToDevice, error) {
	d, _ := newReader(value, toDeviceFormat)
	t := &ToDevice{Seq: d.uint(), Type: d.text(), TxnID: event.TxnID(d.text()), Body: d.object(), Room: event.RoomID(d.text())}
	return t, named("message to devices", d.done())
}

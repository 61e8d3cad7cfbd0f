package table

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/event"
)

// Receipt is how far a user read (FEATURES B-20).
type Receipt struct {
	UserID  event.UserID
	EventID event.EventID
	// Kind is m.read or m.read.private.
	Kind string
	// Thread is "" for an unthreaded receipt, "main" or a thread's root.
	Thread string
	TS     int64
}

// ReceiptKey is a receipt's key in Receipts: a user has one per kind and
// thread.
func ReceiptKey(short uint32, r *Receipt) []byte {
	return storage.Key(storage.U32(short), storage.U64(hash(r.Thread, r.Kind, string(r.UserID))))
}

const receiptFormat = 1

// Encode returns the stored form.
func (r *Receipt) Encode() []byte {
	w := newWriter(receiptFormat)
	for _, s := range []string{string(r.UserID), string(r.EventID), r.Kind, r.Thread} {
		w.text(s)
	}
	w.int(r.TS)
	return w.done()
}

// DecodeReceipt reads the stored form.
func DecodeReceipt(value []byte) (Receipt, error) {
	d, _ := newReader(value, receiptFormat)
	r := Receipt{UserID: event.UserID(d.text()), EventID: event.EventID(d.text()), Kind: d.text(), Thread: d.text(), TS: d.int()}
	return r, named("receipt", d.done())
}

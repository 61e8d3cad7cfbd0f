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

// FirstReceiptsKey is the key of all receipts that came with the room: each
// record costs time, and there may be thousands. It comes before every key of a
// receipt that moved since.
func FirstReceiptsKey(short uint32) []byte { return storage.U32(short) }

const receiptFormat = 2

// EncodeReceipts returns the stored form of one receipt or more.
func EncodeReceipts(list []Receipt) []byte {
	w := newWriter(receiptFormat)
	w.receipts(list)
	return w.done()
}

func (w *writer) receipts(list []Receipt) {
	w.uint(uint64(len(list)))
	for i := range list {
		w.receipt(&list[i])
	}
}

func (d *reader) receipts() (list []Receipt) {
	for range d.count(5) {
		list = append(list, d.receipt())
	}
	return list
}

func (w *writer) receipt(r *Receipt) {
	for _, s := range []string{string(r.UserID), string(r.EventID), r.Kind, r.Thread} {
		w.text(s)
	}
	w.int(r.TS)
}

func (d *reader) receipt() Receipt {
	return Receipt{UserID: event.UserID(d.text()), EventID: event.EventID(d.text()), Kind: d.text(), Thread: d.text(), TS: d.int()}
}

// DecodeReceipts reads the stored form; the first format had one receipt a
// record.
func DecodeReceipts(value []byte) ([]Receipt, error) {
	d, version := newReader(value, receiptFormat)
	list := []Receipt{}
	if version == 1 {
		list = append(list, d.receipt())
	} else {
		list = d.receipts()
	}
	return list, named("receipt", d.done())
}

package table

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// A parcel is a room's part of a sync response, as it came: one record instead of
// six, for a room that nobody has looked into yet. The first one is of the first
// sync, what is behind it of later ones.

// MaxParcel is how many bytes a parcel has at most. Chromium writes a value of
// more than 64 kB into a file of its own, which costs ten times as much.
const MaxParcel = 60 << 10

// MaxLater is how many parcels are behind a room's first one at most.
const MaxLater = 16

// ParcelKey is the key of a room's first parcel in State.
func ParcelKey(short uint32) []byte { return storage.U32(short) }

// LaterKey is the key of the nth parcel behind the first one, from 1. No page has
// a key of that length.
func LaterKey(short uint32, n int) []byte { return storage.Key(storage.U32(short), []byte{byte(n)}) }

// ParcelKeys are the keys of all parcels of a room that is packed, in order.
func ParcelKeys(r *Room) [][]byte {
	keys := [][]byte{ParcelKey(r.Short)}
	for n := range r.Later {
		keys = append(keys, LaterKey(r.Short, n+1))
	}
	return keys
}

const parcelFormat = 1

// EncodeParcel returns the stored form.
func EncodeParcel(section scan.Value) []byte {
	w := newSizedWriter(parcelFormat, len(section))
	w.buf = append(w.buf, section...)
	return w.done()
}

// DecodeParcel reads the stored form. A room that is packed has a parcel, so a
// missing one is garbled.
func DecodeParcel(value []byte) (scan.Value, error) {
	section, err := ParcelBytes(value)
	if err == nil && (scan.Value(section).Kind() != scan.Object || !scan.Valid(section)) {
		return nil, named("parcel", ErrGarbled)
	}
	return section, err
}

// ParcelBytes is DecodeParcel for who only searches: they need not be JSON.
func ParcelBytes(value []byte) ([]byte, error) {
	d, _ := newReader(value, parcelFormat)
	section := d.rest()
	if d.err == nil && len(section) == 0 {
		d.fail()
	}
	return section, named("parcel", d.err)
}

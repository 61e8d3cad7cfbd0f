package table

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// A parcel is a room's part of the first sync response, as it came: one record
// instead of six, for a room that nobody has looked into yet.

// MaxParcel is how many bytes a parcel has at most. Chromium writes a value of
// more than 64 kB into a file of its own, which costs ten times as much.
const MaxParcel = 60 << 10

// ParcelKey is the key of a room's parcel in State.
func ParcelKey(short uint32) []byte { return storage.U32(short) }

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
	d, _ := newReader(value, parcelFormat)
	section := scan.Value(d.rest())
	if d.err == nil && (section.Kind() != scan.Object || !scan.Valid(section)) {
		d.fail()
	}
	return section, named("parcel", d.err)
}

package table

import (
	"github.com/alcove-chat/alcove/storage"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// AccountDataKey is the key of account data in AccountData; short is 0 for the
// user's own and a room's short id for a room's.
func AccountDataKey(short uint32, kind string) []byte {
	return storage.Key(storage.U32(short), []byte(kind))
}

// AccountDataType is the type in a key of AccountData.
func AccountDataType(key []byte) string { return string(key[min(4, len(key)):]) }

// Account data is stored as it came, with what a record has around it.
const accountDataFormat = 1

// EncodeAccountData returns the stored form of a content.
func EncodeAccountData(content scan.Value) []byte {
	w := newSizedWriter(accountDataFormat, len(content))
	w.buf = append(w.buf, content...)
	return w.done()
}

// DecodeAccountData reads the stored form, also that of before, which was the
// content alone.
func DecodeAccountData(value []byte) (scan.Value, error) {
	content := scan.Value(value)
	if content.Kind() != scan.Object {
		d, _ := newReader(value, accountDataFormat)
		if content = d.rest(); d.err != nil {
			return nil, named("account data", d.err)
		}
	}
	if content.Kind() != scan.Object || !scan.Valid(content) {
		return nil, named("account data", ErrGarbled)
	}
	return content, nil
}

// Names of the records in View. The page's package reads them, so their form
// is a contract with js/src: JSON with a version member "v".
var (
	ViewSession  = []byte("session")
	ViewRoomList = []byte("roomlist")
	ViewTimeline = []byte("timeline")
)

package table

import "github.com/alcove-chat/alcove/wasm/scan"

// KeyBackupKey is the key in Crypto of a KeyBackup.
var KeyBackupKey = []byte("backup")

// KeyBackup is the backup that the server has, as it said and we judged. One that
// was published must not be changed; a copy may.
type KeyBackup struct {
	// Version is "" where the server has none.
	Version string
	// Said is the version's description, as the server has it.
	Said scan.Value
	// Trusted says that one who may made it: see the machine.
	Trusted bool
	// Count is how many sessions the server said are in it.
	Count int64
	// Whole says that what Unsaved has no mark of is in it; until then that is so
	// up to the key Cursor of Inbound.
	Whole  bool
	Cursor []byte
	// Former says that there was another one before, from which keys may have come
	// that are not in this one.
	Former bool
}

const keyBackupFormat = 1

// Encode returns the stored form.
func (b *KeyBackup) Encode() []byte {
	w := newWriter(keyBackupFormat)
	w.text(b.Version)
	w.bytes(b.Said)
	w.bool(b.Trusted)
	w.int(b.Count)
	w.bool(b.Whole)
	w.bytes(b.Cursor)
	w.bool(b.Former)
	return w.done()
}

// DecodeKeyBackup reads the stored form.
func DecodeKeyBackup(value []byte) (*KeyBackup, error) {
	d, _ := newReader(value, keyBackupFormat)
	b := &KeyBackup{Version: d.text(), Said: d.object(), Trusted: d.bool(), Count: d.int(), Whole: d.bool(), Cursor: d.bytes(), Former: d.bool()}
	return b, named("backup", d.done())
}

package syncer

import (
	"errors"

	"github.com/alcove-chat/alcove/wasm/ledger"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

var errUnpack = errors.New("parcel cannot be taken in")

// Unpack is ledger.Unpack: it makes the records that write would have made, had
// the room not been packed. What lists show was made then, and may be newer.
func Unpack(t *ledger.Turn, room *table.Room, body scan.Value) (err error) {
	s := section{id: room.ID, kind: joined, body: body}
	defer func() {
		if recover() != nil { // as in pass.guard
			t.SetAside(body)
			err = errUnpack
		}
	}()
	w := &roomWork{section: s, body: s.open(), room: room, unknown: true, fresh: true}
	w.readState()
	w.store(t, "", w.entries(t.Me(), nobody))
	return nil
}

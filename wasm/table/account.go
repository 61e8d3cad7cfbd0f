package table

import "github.com/alcove-chat/alcove/storage"

// AccountDataKey is the key of account data in AccountData; short is 0 for the
// user's own and a room's short id for a room's.
func AccountDataKey(short uint32, kind string) []byte {
	return storage.Key(storage.U32(short), []byte(kind))
}

// Names of the records in View. The page's package reads them, so their form
// is a contract with js/src: JSON with a version member "v".
var (
	ViewSession  = []byte("session")
	ViewRoomList = []byte("roomlist")
	ViewTimeline = []byte("timeline")
)

package ledger

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Change is what one turn changed. Listeners must not change it.
type Change struct {
	// Rooms holds every room that changed in any way.
	Rooms map[event.RoomID]*RoomChange
	// Spaces is what changed in the graph of spaces, once somebody asked for that.
	Spaces space.Change
	// Presence holds who came and went.
	Presence map[event.UserID]api.Presence
	// Rules says that the user's push rules changed.
	Rules bool
	// Ignored is set if whom the user ignores changed, and then holds everybody, by
	// table.HashUser.
	Ignored map[uint64]bool
	// InvitePermission says that who may invite the user may have changed.
	InvitePermission bool
	// Crypto is what the encryption machine found out, nil where it did nothing.
	Crypto *e2ee.News
}

// RoomChange is what one turn changed in a room.
type RoomChange struct {
	// Room is the room as it is now; nil if it was removed.
	Room *table.Room
	// Holes are where chunks were taken out, before Chunks were written, each
	// with its span.
	Holes  []history.Hole
	Chunks []history.Write
	// Plains are what became of encrypted events, of Chunks or stored before.
	Plains Plains
	// State holds the state events that took effect, members included.
	State []event.Event
	// Space is set if what it says as a space changed; see Ledger.Space.
	Space bool
	// Receipts that moved.
	Receipts []table.Receipt
	// Typing is set if who is writing changed, and then holds everybody.
	Typing *[]event.UserID
	// Outbox is set if the room's outbox changed, and then holds all of it; see
	// Ledger.Departed for what left it.
	Outbox *[]*table.Outgoing
}

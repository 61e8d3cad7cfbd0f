package ledger

import (
	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/history"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Change is what one turn changed. Listeners must not change it.
type Change struct {
	// Rooms holds every room that changed in any way.
	Rooms map[event.RoomID]*RoomChange
	// Account holds the user's own account data that changed, by type.
	Account map[string]scan.Value
	// Presence holds who came and went.
	Presence map[event.UserID]api.Presence
	// Session is true if the session began, changed or ended.
	Session bool
}

// RoomChange is what one turn changed in a room.
type RoomChange struct {
	// Room is the room as it is now; nil if it was removed.
	Room *table.Room
	// Chunks are the chunks that were written, with their spans.
	Chunks []history.Write
	// State holds the state events that took effect, members included.
	State []event.Event
	// Receipts that moved.
	Receipts []table.Receipt
	// Typing is set if who is writing changed, and then holds everybody.
	Typing *[]event.UserID
	// Outbox is set if the room's outbox changed, and then holds all of it.
	Outbox *[]*table.Outgoing
	// Sent holds what left the outbox because the server's event is stored.
	Sent map[event.TxnID]event.EventID
	// Account holds the room's account data that changed, by type.
	Account map[string]scan.Value
}

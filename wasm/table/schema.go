package table

import (
	"fmt"

	"github.com/alcove-chat/alcove/storage"
)

// The other stores of an account's database. r is a room's short id (u32).
const (
	// Meta holds single records under short names: session, next batch, …; and
	// "departed" ‖ u8 → Departed.
	Meta storage.Store = "meta"
	// Rooms: r → Room; r ‖ 0 → rooms that were stored together, r the first.
	Rooms storage.Store = "rooms"
	// State: r ‖ page (u32) → StatePage, members among it; r and r ‖ u8 → the parcels
	// of a room that is packed.
	State storage.Store = "state"
	// AccountData: r (0 for the user's own) ‖ type → raw content.
	AccountData storage.Store = "accountData"
	// Receipts: r → those that came with the room; r ‖ hash of thread, kind and
	// user → one that moved since.
	Receipts storage.Store = "receipts"
	// Outbox: sequence u64 → Outgoing.
	Outbox storage.Store = "outbox"
	// View: a name → JSON that the page reads before the core is up.
	View storage.Store = "view"
	// Spaces: r → Space.
	Spaces storage.Store = "spaces"
	// Aside: sequence u64 → what could not be taken in, raw.
	Aside storage.Store = "aside"

	// Crypto holds single records of the encryption machine under short names.
	Crypto storage.Store = "crypto"
	// Devices: user id → UserDevices.
	Devices storage.Store = "devices"
	// Peers: Curve25519 key → Peer, the Olm sessions with a device.
	Peers storage.Store = "peers"
	// ToDevices: sequence u64 → ToDevice.
	ToDevices storage.Store = "toDevices"
	// Inbound: room ‖ 0 ‖ session id → InboundSession.
	Inbound storage.Store = "inbound"
	// Indices: room ‖ 0 ‖ session id ‖ page (u32) → IndexPage, which event had
	// which index; room ‖ 0 ‖ session id ‖ hash of a user → Makers, and ‖ page → an
	// IndexPage of that user's, of sessions that several claim.
	Indices storage.Store = "indices"
	// Outbound: room → OutboundSession.
	Outbound storage.Store = "outbound"
	// Shares: room → ShareList, who has the outbound session.
	Shares storage.Store = "shares"
	// Waiting: room ‖ 0 ‖ session id → WaitingEvents.
	Waiting storage.Store = "waiting"
	// Unsaved: room ‖ 0 ‖ session id → nothing; what the backup does not have.
	Unsaved storage.Store = "unsaved"
)

// Schema lists the stores in the order they were added.
func Schema() storage.Schema {
	return storage.Schema{
		Version: 3,
		Stores: []storage.Store{
			Meta, Rooms, State, Timeline, TimelineIndex, AccountData, Receipts, Outbox, View, Aside,
			Crypto, Devices, Peers, ToDevices, Inbound, Indices, Outbound, Shares, Waiting, Unsaved,
			Spaces,
		},
	}
}

// named says which kind of record an error is about.
func named(record string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", record, err)
	}
	return nil
}

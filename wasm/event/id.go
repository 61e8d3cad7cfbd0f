// Package event is one Matrix event: the bytes the server sent and lazy
// accessors over them, and the identifiers that events are made of.
//
// Its law: an event's body is untrusted (MSC2801). Every accessor checks the
// type it reads and answers with a zero value where it does not fit; none
// panics.
//
// It does not know rooms, relations or encryption.
package event

// Identifiers are opaque: they are compared and sent back, not taken apart. A
// room id may have no colon (room version 12), an event id may hold "/" or
// "+" (room version 3), and ids of rooms before version 3 name a domain.
type (
	RoomID   string
	UserID   string
	EventID  string
	DeviceID string
	// TxnID is a transaction id, unique per device (spec: transaction
	// identifiers).
	TxnID string
)

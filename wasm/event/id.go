// Package event is one Matrix event: the bytes the server sent and lazy
// accessors over them, and the identifiers that events are made of.
//
// Its law: an event's body is untrusted (MSC2801). Every accessor checks the
// type it reads and answers with a zero value where it does not fit; none
// panics.
//
// It does not know rooms, relations or encryption.
package event

import "strings"

// Identifiers are opaque: they are compared and sent back, not taken apart. A
// room id may have no colon (room version 12), an event id may hold "/" or
// "+" (room version 3), and ids of rooms before version 3 name a domain. What is
// behind the first colon is good for asking that server, and nothing else.
type (
	RoomID   string
	UserID   string
	EventID  string
	DeviceID string
	// TxnID is a transaction id, unique per device (spec: transaction
	// identifiers).
	TxnID string
)

// Server returns the user's server, "" if the id names none.
func (u UserID) Server() string { return server(string(u)) }

// Server returns the server whose name the id has, "" for those that have none.
func (r RoomID) Server() string { return server(string(r)) }

func server(id string) string {
	_, name, _ := strings.Cut(id, ":")
	return name
}

// Valid reports whether the id looks like a room's and is no longer than one may
// be (spec: size limits).
func (r RoomID) Valid() bool { return len(r) > 1 && len(r) <= 255 && r[0] == '!' }

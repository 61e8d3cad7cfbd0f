package verification

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Event is a message of verification that the owner hands in, decrypted if it
// came encrypted, in the order of the room or of the to-device messages. Before
// a request, a ready or a start, the sender's device list must be up to date.
type Event struct {
	Type   string
	Sender event.UserID
	// Device is where it came from if encryption proves that, else "".
	Device event.DeviceID
	// Room and ID are "" for a to-device message.
	Room event.RoomID
	ID   event.EventID
	// Txn is what the server echoes to the device that sent a room event: an
	// event that has it is our own.
	Txn event.TxnID
	// TS is origin_server_ts of a room event, in milliseconds.
	TS int64
	// Content is hostile. That of an encrypted room event has the m.relates_to
	// that stood outside: it is part of what is committed to.
	Content scan.Value
}

// Send is a message to be sent, after those that were returned before it. To
// send it again is to send the same with the same ID.
type Send struct {
	ID   event.TxnID
	Type string
	// User and Devices say whom a to-device message is for; the device "*" is
	// all of them.
	User    event.UserID
	Devices []event.DeviceID
	// Room is where a room event goes, "" for a to-device message. In an encrypted
	// room m.relates_to goes outside of what is encrypted, and all of the other
	// user's devices must be able to read it, verified or not.
	Room    event.RoomID
	Content scan.Value
	// Verification is whose message it is, "" of one that is not known. A message
	// that cannot be sent at all is a reason to Cancel.
	Verification ID
}

const (
	prefix = "m.key.verification."
	// MsgType is the msgtype of an m.room.message that asks for verification.
	MsgType = prefix + kindRequest

	kindRequest = "request"
	kindReady   = "ready"
	kindStart   = "start"
	kindAccept  = "accept"
	kindKey     = "key"
	kindMAC     = "mac"
	kindDone    = "done"
	kindCancel  = "cancel"
)

// Bounds of what comes in.
const (
	maxContent = 32 << 10
	maxName    = 255 // of a transaction's id, as of an event's
	maxDevice  = 255
)

// InRoom reports whether an event of a room is of a verification, which is to be
// handed in.
func InRoom(kind string, content scan.Value) bool {
	e := Event{Type: kind, Room: "!", Content: content}
	return e.kind() != ""
}

// kind returns what kind of message e is, or "" if it is none of verification.
func (e *Event) kind() string {
	if e.Room != "" && e.Type == event.RoomMessage {
		if e.Content.Get("msgtype").Text() == MsgType {
			return kindRequest
		}
		return ""
	}
	kind, ok := strings.CutPrefix(e.Type, prefix)
	switch kind {
	case kindRequest:
		ok = ok && e.Room == ""
	case kindReady, kindStart, kindAccept, kindKey, kindMAC, kindDone, kindCancel:
	default:
		ok = false
	}
	if !ok {
		return ""
	}
	return kind
}

// name returns the id of the verification that e belongs to, or "".
func (e *Event) name(kind string) string {
	var name string
	switch {
	case e.Room == "":
		name = e.Content.Get("transaction_id").Text()
	case kind == kindRequest:
		name = string(e.ID)
	case e.Content.Path("m.relates_to", "rel_type").Text() == "m.reference":
		name = e.Content.Path("m.relates_to", "event_id").Text()
	}
	if len(name) > maxName {
		return ""
	}
	return name
}

// from returns the device that the message names as its own, or "".
func (e *Event) from() event.DeviceID {
	device := e.Content.Get("from_device").Text()
	if len(device) > maxDevice {
		return ""
	}
	return event.DeviceID(device)
}

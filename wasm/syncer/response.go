package syncer

import (
	"github.com/alcove-chat/alcove/wasm/e2ee"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// response is a sync response taken apart into its sections; everything in it
// is still the server's bytes.
type response struct {
	nextBatch string
	rooms     []section
	account   scan.Value
	presence  scan.Value
	crypto    e2ee.SyncPart
}

// kind is the part of the response that a room stands in.
type kind uint8

const (
	joined kind = iota
	invited
	knocked
	left
)

// section is one room's part of the response.
type section struct {
	id   event.RoomID
	kind kind
	body scan.Value
}

var (
	roomKeys  = []string{"invite", "knock", "join", "leave"}
	roomKinds = [...]kind{invited, knocked, joined, left}
)

// The last name is that of servers from before MSC2732 was released.
var responseKeys = []string{
	"next_batch", "rooms", "account_data", "presence",
	"to_device", "device_lists", "device_one_time_keys_count", "device_unused_fallback_key_types",
	"org.matrix.msc2732.device_unused_fallback_key_types",
}

// parse takes a valid response apart. ok is false if it is no sync response.
func parse(v scan.Value) (r response, ok bool) {
	var f [9]scan.Value
	v.Fields(responseKeys, f[:])
	next, isText := f[0].AsText()
	if !isText || next == "" {
		return response{}, false
	}
	r = response{nextBatch: next, account: f[2].Get("events"), presence: f[3].Get("events"), crypto: readCrypto(f[4:])}
	var lists [len(roomKinds)]scan.Value
	f[1].Fields(roomKeys, lists[:]) // one pass: nearly all of the response is in here
	for i, list := range lists {
		for id, body := range list.Members() {
			if name := id.Text(); name != "" {
				r.rooms = append(r.rooms, section{event.RoomID(name), roomKinds[i], body})
			}
		}
	}
	return r, true
}

// readCrypto reads what is the encryption machine's: the members of responseKeys
// from to_device on.
func readCrypto(f []scan.Value) (p e2ee.SyncPart) {
	for raw := range f[0].Get("events").Items() {
		p.ToDevice = append(p.ToDevice, raw)
	}
	p.Changed, p.Left = users(f[1].Get("changed")), users(f[1].Get("left"))
	p.Counts, p.Fallback = f[2], f[3]
	if !p.Fallback.Exists() {
		p.Fallback = f[4]
	}
	return p
}

func users(list scan.Value) (all []event.UserID) {
	for raw := range list.Items() {
		if id := raw.Text(); id != "" {
			all = append(all, event.UserID(id))
		}
	}
	return all
}

// roomBody is a joined or left room's part, taken apart in one pass.
type roomBody struct {
	summary, state, stateAfter, timeline, ephemeral, account, unread scan.Value
}

// The second name is that of servers from before MSC4222 was released.
var bodyKeys = []string{"summary", "state", "state_after", "timeline", "ephemeral", "account_data", "unread_notifications", "org.matrix.msc4222.state_after"}

func (s *section) open() roomBody {
	var f [8]scan.Value
	s.body.Fields(bodyKeys, f[:])
	after := f[2]
	if after.Kind() != scan.Object {
		after = f[7]
	}
	if after.Kind() != scan.Object {
		after = nil
	}
	return roomBody{summary: f[0], state: f[1], stateAfter: after, timeline: f[3], ephemeral: f[4], account: f[5], unread: f[6]}
}

// events reads the room events of a list and hands those that are none to
// poison.
func events(list scan.Value, poison func(scan.Value)) []event.Event {
	var all []event.Event
	for raw := range list.Items() {
		e, err := event.Parse(raw)
		if err != nil {
			poison(raw)
			continue
		}
		all = append(all, e)
	}
	return all
}

func states(list []event.Event) []event.Event {
	var found []event.Event
	for _, e := range list {
		if e.StateKey != nil {
			found = append(found, e)
		}
	}
	return found
}

package summary

import (
	"slices"
	"strconv"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Door is what a user's way into a room hangs on.
type Door struct {
	// Membership is the user's, "" where there is none.
	Membership event.Membership
	// Rule is the join rule; one that nobody knows counts as invite (FEATURES 7-28).
	Rule string
	// Allow are the rooms whose members may join by restricted rules; see ReadAllow.
	Allow []event.RoomID
	// Version is the room's, "" where it is not known.
	Version string
}

// Entry says how the user can come in. joined reports whether they are in another
// room (FEATURES 2-06).
func (d Door) Entry(joined func(event.RoomID) bool) api.Entry {
	switch d.Membership {
	case event.Join:
		return api.Entry{How: api.EntryIn}
	case event.Ban:
		return api.Entry{How: api.EntryBanned}
	case event.Invite:
		return api.Entry{How: api.EntryAccept}
	}
	entry := d.byRule(joined)
	if d.Membership == event.Knock && entry.How != api.EntryJoin {
		entry.How = api.EntryWait
	}
	return entry
}

func (d Door) byRule(joined func(event.RoomID) bool) api.Entry {
	otherwise := api.Entry{How: api.EntryInvite}
	switch d.Rule {
	case "public":
		return api.Entry{How: api.EntryJoin}
	case "knock":
		if d.has(7) {
			return api.Entry{How: api.EntryKnock}
		}
		return otherwise
	case "restricted":
		if !d.has(8) {
			return otherwise
		}
	case "knock_restricted":
		if !d.has(10) {
			return otherwise
		}
		otherwise.How = api.EntryKnock
	default:
		return otherwise
	}
	otherwise.Through = d.Allow
	if slices.ContainsFunc(d.Allow, joined) {
		otherwise.How = api.EntryJoin
	}
	return otherwise
}

// has reports whether the room's version has what a stable version brought. One
// that is not known, or that somebody made, may.
func (d Door) has(since int) bool {
	n, err := strconv.Atoi(d.Version)
	return err != nil || n >= since
}

// maxAllow bounds the rooms of an allow list. A join rule may name thousands.
const maxAllow = 100

// ReadAllow reads the rooms that an m.room.join_rules content lets the members of
// in. Conditions of another type count for nothing.
func ReadAllow(content scan.Value) []event.RoomID {
	var rooms []event.RoomID
	for condition := range content.Get("allow").Items() {
		if condition.Get("type").Text() == RoomMembership {
			rooms = addAllowed(rooms, condition.Get("room_id"))
		}
	}
	return rooms
}

func addAllowed(rooms []event.RoomID, id scan.Value) []event.RoomID {
	room := event.RoomID(id.Text())
	if !room.Valid() || len(rooms) == maxAllow || slices.Contains(rooms, room) {
		return rooms
	}
	return append(rooms, room)
}

package summary

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/table"
)

// Name calculates a room's display name (spec: calculating the display name
// for a room). Words such as "and 3 others" or "Empty room" are the page's.
func Name(room *table.Room) (string, api.RoomName) {
	switch {
	case strings.TrimSpace(room.Name) != "":
		return room.Name, api.RoomName{From: api.FromName}
	case room.Alias != "":
		return room.Alias, api.RoomName{From: api.FromAlias}
	case room.Membership == event.Invite && len(room.Heroes) == 0 && room.Inviter.ID != "":
		return room.Inviter.Profile.Shown(room.Inviter.ID), api.RoomName{From: api.FromMembers}
	}
	return nameByHeroes(room)
}

func nameByHeroes(room *table.Room) (string, api.RoomName) {
	present, gone := split(room.Heroes)
	others := room.Joined + room.Invited - 1
	switch {
	case len(present) > 0:
		more := max(0, others-len(present))
		return join(present), api.RoomName{From: api.FromMembers, Others: more}
	case others > 0:
		return "", api.RoomName{From: api.FromNothing, Others: others}
	case len(gone) > 0:
		return join(gone), api.RoomName{From: api.FromMembers, Left: true}
	}
	return "", api.RoomName{From: api.FromNothing}
}

func split(heroes []table.Hero) (present, gone []table.Hero) {
	for _, h := range heroes {
		if h.Membership == event.Leave || h.Membership == event.Ban {
			gone = append(gone, h)
		} else {
			present = append(present, h)
		}
	}
	return present, gone
}

// join lists names; two heroes of one name are told apart by their ids.
func join(heroes []table.Hero) string {
	names := make([]string, len(heroes))
	for i, h := range heroes {
		names[i] = h.Profile.Shown(h.ID)
		for j, other := range heroes {
			if i != j && event.NameKey(other.Profile.Shown(other.ID)) == event.NameKey(names[i]) {
				names[i] += " (" + string(h.ID) + ")"
				break
			}
		}
	}
	return strings.Join(names, ", ")
}

// Avatar returns the room's picture: its own, or that of the other side of a
// direct chat.
func Avatar(room *table.Room) string {
	if room.Avatar != "" || room.Direct == "" {
		return room.Avatar
	}
	for _, h := range room.Heroes {
		if h.ID == room.Direct {
			return h.Profile.Avatar
		}
	}
	if room.Inviter.ID == room.Direct {
		return room.Inviter.Profile.Avatar
	}
	return ""
}

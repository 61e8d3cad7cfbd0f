package summary

import (
	"slices"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
	"github.com/alcove-chat/alcove/wasm/table"
)

// maxClaims bounds on how many spaces a room's own word is taken in.
const maxClaims = 100

// applyParent notes or takes back that the room says it is in a space.
func applyParent(room *table.Room, e *event.Event) {
	claim := space.Claim{Parent: event.RoomID(*e.StateKey), Sender: e.Sender}
	room.Claims = slices.DeleteFunc(room.Claims, func(c space.Claim) bool { return c.Parent == claim.Parent })
	canonical, ok := space.ReadParent(e.Content())
	if claim.Canonical = canonical; ok && claim.Parent.Valid() && len(room.Claims) < maxClaims {
		room.Claims = append(room.Claims, claim)
	}
}

// ConcernsSpace reports whether state of that type says something of a space's
// children, or of who may say it.
func ConcernsSpace(kind string) bool {
	return kind == event.SpaceChild || kind == event.RoomPowerLevels || kind == event.RoomCreate
}

// ApplySpace folds state events into what a space says. The room must have the
// version of its m.room.create.
func ApplySpace(s *table.Space, room *table.Room, state []event.Event) {
	places := placesOf(s, len(state))
	for i := range state {
		switch e := &state[i]; {
		case e.StateKey == nil:
		case e.Type == event.SpaceChild:
			applyChild(s, e, places)
		case e.Type == event.RoomCreate && *e.StateKey == "":
			s.Creators = NewPower(room.Version, e.Raw, nil).Creators()
		case e.Type == event.RoomPowerLevels && *e.StateKey == "":
			s.Levels = true
			s.Keepers, s.Anyone = NewPower(room.Version, nil, e.Raw).Setters(event.SpaceChild)
		}
	}
	s.Children = slices.DeleteFunc(s.Children, func(c space.Child) bool { return c.ID == "" })
}

// placesOf returns where each child is, for more changes than a search is worth for
// each.
func placesOf(s *table.Space, changes int) map[event.RoomID]int {
	if changes < 20 {
		return nil
	}
	places := make(map[event.RoomID]int, len(s.Children)+changes)
	for i := range s.Children {
		places[s.Children[i].ID] = i
	}
	return places
}

// applyChild changes a child; one that goes leaves a gap, so that places hold.
func applyChild(s *table.Space, e *event.Event, places map[event.RoomID]int) {
	id := event.RoomID(*e.StateKey)
	at, known := places[id]
	if places == nil {
		at = slices.IndexFunc(s.Children, func(c space.Child) bool { return c.ID == id })
		known = at >= 0
	}
	edge, ok := space.ReadPlace(e.Content())
	switch child := (space.Child{ID: id, Order: edge.Order, TS: e.TS, Suggested: edge.Suggested}); {
	case !ok || !id.Valid():
		if known {
			s.Children[at].ID = ""
			delete(places, id)
		}
	case known:
		s.Children[at] = child
	default:
		s.Children = append(s.Children, child)
		if places != nil {
			places[id] = len(s.Children) - 1
		}
	}
}

// Keepers returns those who may say what is in a space of that version, and whether
// all may.
func Keepers(s *table.Space, version string) (users []event.UserID, anyone bool) {
	switch {
	case !s.Levels:
		return s.Creators, false
	case NewPower(version, nil, nil).above:
		return slices.Concat(s.Creators, s.Keepers), s.Anyone
	}
	return s.Keepers, s.Anyone
}

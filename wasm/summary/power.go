package summary

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Power answers who may do what in a room (FEATURES 7-22).
type Power struct {
	levels   scan.Value // content of m.room.power_levels; nil if there is none
	creators map[event.UserID]bool
	// above says that creators are above all levels (room version 12 and up).
	above  bool
	strict bool // integers only (room version 10 and up)
}

// NewPower reads power from the room's version and its m.room.create and
// m.room.power_levels events, each nil if absent.
func NewPower(version string, create, levels scan.Value) Power {
	n, _ := strconv.Atoi(version)
	p := Power{creators: map[event.UserID]bool{}, above: n >= 12, strict: n >= 10, levels: levels.Get("content")}
	if p.levels.Kind() != scan.Object {
		p.levels = nil
	}
	content := create.Get("content")
	if sender := event.UserID(create.Get("sender").Text()); sender != "" {
		p.creators[sender] = true
	}
	if !p.above {
		if creator := event.UserID(content.Get("creator").Text()); creator != "" {
			p.creators = map[event.UserID]bool{creator: true}
		}
		return p
	}
	for id := range content.Get("additional_creators").Items() {
		p.creators[event.UserID(id.Text())] = true
	}
	return p
}

// infinite is more than any level that an event can hold.
const infinite = 1 << 62

// Creator reports whether the user is above all levels.
func (p Power) Creator(user event.UserID) bool { return p.above && p.creators[user] }

// Of returns a user's level.
func (p Power) Of(user event.UserID) int64 {
	switch {
	case p.Creator(user):
		return infinite
	case p.levels == nil && p.creators[user]:
		return 100
	}
	if n, ok := p.number(p.levels.Path("users", string(user))); ok {
		return n
	}
	return p.or("users_default", 0)
}

// Creators returns those who made the room.
func (p Power) Creators() []event.UserID {
	var all []event.UserID
	for user := range p.creators {
		all = append(all, user)
	}
	slices.Sort(all)
	return all
}

// Setters returns whom the power levels name as able to send state of that type,
// and whether they let everybody.
func (p Power) Setters(kind string) (named []event.UserID, anyone bool) {
	needed := p.needed(kind, "state_default", 50)
	for user, level := range p.levels.Get("users").Members() {
		if n, ok := p.number(level); ok && n >= needed {
			named = append(named, event.UserID(user.Text()))
		}
	}
	return named, p.or("users_default", 0) >= needed
}

// CanSend reports whether the user may send events of that type.
func (p Power) CanSend(user event.UserID, kind string) bool {
	return p.Of(user) >= p.needed(kind, "events_default", 0)
}

// CanSet reports whether the user may send state of that type.
func (p Power) CanSet(user event.UserID, kind string) bool {
	return p.Of(user) >= p.needed(kind, "state_default", 50)
}

// Can reports whether the user may "invite", "kick", "ban" or "redact".
func (p Power) Can(user event.UserID, action string) bool {
	standard := int64(50)
	if action == "invite" {
		standard = 0
	}
	return p.Of(user) >= p.or(action, standard)
}

// MayNotify reports whether the user may notify everybody in that way, of which
// there is "room" (spec: power levels, notifications).
func (p Power) MayNotify(user event.UserID, way string) bool {
	return p.Of(user) >= p.notify(way)
}

func (p Power) notify(way string) int64 {
	if n, ok := p.number(p.levels.Path("notifications", way)); ok {
		return n
	}
	return 50
}

func (p Power) needed(kind, fallback string, standard int64) int64 {
	if n, ok := p.number(p.levels.Path("events", kind)); ok {
		return n
	}
	return p.or(fallback, standard)
}

func (p Power) or(name string, standard int64) int64 {
	if n, ok := p.number(p.levels.Get(name)); ok {
		return n
	}
	return standard
}

// number reads a level; rooms before version 10 may have them as text or with
// a fraction.
func (p Power) number(v scan.Value) (int64, bool) {
	if n, ok := v.AsInt(); ok {
		return n, true
	}
	if p.strict {
		return 0, false
	}
	if v.Kind() == scan.Number {
		return int64(v.Float()), true
	}
	if s, ok := v.AsText(); ok {
		if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
			return n, true
		}
	}
	return 0, false
}

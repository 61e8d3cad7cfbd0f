package summary

import (
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/order"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// MaxLevel is the highest level that an event may hold, and the one that is shown
// of who is above all levels.
const MaxLevel = 1<<53 - 1

// maxListed bounds what is shown of a list that an event holds.
const maxListed = 500

// level is a number of m.room.power_levels with its place in api.Levels.
type level struct {
	name     string
	at       **int64
	standard int64
}

// levelsOf lists all numbers that stand by themselves (spec: m.room.power_levels).
func levelsOf(l *api.Levels) [7]level {
	return [7]level{
		{"users_default", &l.Users, 0}, {"events_default", &l.Events, 0}, {"state_default", &l.State, 50},
		{"invite", &l.Invite, 0}, {"kick", &l.Kick, 50}, {"ban", &l.Ban, 50}, {"redact", &l.Redact, 50},
	}
}

// Levels returns what things take, with the defaults where the room says nothing.
func (p Power) Levels() api.Levels {
	var out api.Levels
	for _, l := range levelsOf(&out) {
		n := shown(p.or(l.name, l.standard))
		*l.at = &n
	}
	notify := shown(p.notify("room"))
	out.Notify = &notify
	for kind, value := range p.levels.Get("events").Members() {
		if n, ok := p.number(value); ok && len(out.Types) < maxListed {
			out.Types = append(out.Types, api.TypeLevel{Type: kind.Text(), Level: shown(n)})
		}
	}
	order.Sort(out.Types, func(a, b api.TypeLevel) int { return strings.Compare(a.Type, b.Type) })
	return out
}

// Shown returns a user's level as an event could hold it.
func (p Power) Shown(user event.UserID) int64 { return shown(p.Of(user)) }

func shown(n int64) int64 { return max(-MaxLevel, min(n, MaxLevel)) }

// MayReplace reports whether servers let the user put other power levels in the
// place of these (spec: authorization rules, m.room.power_levels): nothing may go
// or come that is above the user's own level, nor may another user at that level
// be changed.
func (p Power) MayReplace(by event.UserID, content scan.Value) bool {
	own := p.Of(by)
	switch {
	case own < p.needed(event.RoomPowerLevels, "state_default", 50), p.above && p.listsCreator(content):
		return false
	case p.levels == nil:
		return true // the first ones
	}
	for _, l := range levelsOf(&api.Levels{}) {
		if !p.mayChange(own, p.levels, content, l.name, false) {
			return false
		}
	}
	for _, name := range []string{"events", "notifications", "users"} {
		was, is := p.levels.Get(name), content.Get(name)
		for _, names := range []scan.Value{was, is} {
			for key := range names.Members() {
				other := name == "users" && key.Text() != string(by)
				if !p.mayChange(own, was, is, key.Text(), other) {
					return false
				}
			}
		}
	}
	return true
}

// mayChange looks at one level of two objects; other says that it is another user's.
func (p Power) mayChange(own int64, was, is scan.Value, key string, other bool) bool {
	before, had := p.number(was.Get(key))
	after, has := p.number(is.Get(key))
	if had == has && before == after {
		return true
	}
	return !(had && (before > own || before == own && other)) && !(has && after > own)
}

func (p Power) listsCreator(content scan.Value) bool {
	for user := range content.Get("users").Members() {
		if p.creators[event.UserID(user.Text())] {
			return true
		}
	}
	return false
}

// Content returns the power levels as an event that says the same has them: where
// there are none, whoever made the room would have no power in it any more.
func (p Power) Content() scan.Value {
	if p.levels != nil {
		return p.levels
	}
	var b, users scan.Builder
	if p.above {
		return b.Done()
	}
	for user := range p.creators { // one
		users.Int(string(user), 100)
	}
	return b.Raw("users", users.Done()).Done()
}

// IsLevel reports whether an event may hold a level.
func IsLevel(n int64) bool { return n == shown(n) }

// AreLevels reports whether an event may hold these levels.
func AreLevels(l *api.Levels) bool {
	for _, one := range levelsOf(l) {
		if *one.at != nil && !IsLevel(**one.at) {
			return false
		}
	}
	for _, t := range l.Types {
		if t.Type == "" || !IsLevel(t.Level) {
			return false
		}
	}
	return l.Notify == nil || IsLevel(*l.Notify)
}

// WithLevels returns the content of m.room.power_levels with these in it. All else
// stays.
func WithLevels(content scan.Value, l *api.Levels) scan.Value {
	for _, one := range levelsOf(l) {
		if *one.at != nil {
			content = content.With(one.name, number(**one.at))
		}
	}
	if l.Notify != nil {
		content = content.With("notifications", content.Get("notifications").With("room", number(*l.Notify)))
	}
	if len(l.Types) == 0 {
		return content
	}
	types := content.Get("events")
	for _, t := range l.Types {
		types = types.With(t.Type, number(t.Level))
	}
	return content.With("events", types)
}

// WithUser returns the content of m.room.power_levels that gives a user a level, or
// the default where that is nil.
func WithUser(content scan.Value, user event.UserID, level *int64) scan.Value {
	users := content.Get("users")
	switch {
	case level != nil:
		return content.With("users", users.With(string(user), number(*level)))
	case users.Get(string(user)) == nil:
		return content
	}
	return content.With("users", users.With(string(user), nil))
}

func number(n int64) scan.Value { return strconv.AppendInt(nil, n, 10) }

// HasCreators reports whether rooms of a version have creators who are above all
// levels.
func HasCreators(version string) bool {
	n, _ := strconv.Atoi(version)
	return n >= 12
}

// StandardTypes returns the levels of event types that servers give a new room, for
// who sends a list of their own in place of it.
func StandardTypes(version string) scan.Value {
	tombstone := int64(100)
	if HasCreators(version) {
		tombstone = 150
	}
	var b, types scan.Builder
	types.Int(event.RoomName, 50).Int(event.RoomAvatar, 50).Int(event.RoomCanonicalAlias, 50).Int(event.RoomPowerLevels, 100)
	types.Int(event.RoomHistoryVisibility, 100).Int(event.RoomEncryption, 100).Int(event.RoomServerACL, 100).Int(event.RoomTombstone, tombstone)
	return b.Raw("events", types.Done()).Done()
}

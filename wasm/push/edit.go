package push

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Listed is a rule as the server has it.
type Listed struct {
	Decision
	Enabled, Default bool
	// Pattern is that of a content rule.
	Pattern string
}

// List returns all rules of m.push_rules in their order, also those that are off or
// not understood.
func List(content scan.Value) (all []Listed) {
	global := content.Get("global")
	for _, kind := range kinds {
		for raw := range global.Get(string(kind)).Items() {
			one := Listed{Decision: readActions(raw.Get("actions"))}
			one.Kind, one.RuleID = kind, raw.Get("rule_id").Text()
			one.Enabled, one.Default = !raw.Get("enabled").IsFalse(), raw.Get("default").IsTrue()
			one.Pattern = raw.Get("pattern").Text()
			if one.RuleID != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

// IsMaster reports whether a rule is the one that keeps all from notifying.
func (l *Listed) IsMaster() bool { return l.Kind == Override && l.RuleID == master }

// Level is how much of a room notifies. Clients agree on which rules make it: an
// override for the room mutes it, a room rule lets everything or mentions alone
// notify.
type Level string

// The levels of a room.
const (
	Default  Level = "default"
	All      Level = "all"
	Mentions Level = "mentions"
	Mute     Level = "mute"
)

// LevelOf returns a room's level.
func LevelOf(content scan.Value, room event.RoomID) Level {
	for raw := range content.Path("global", string(Override)).Items() {
		if mutes(raw, room) && !raw.Get("enabled").IsFalse() {
			return Mute
		}
	}
	for raw := range content.Path("global", string(Room)).Items() {
		if raw.Get("rule_id").Text() != string(room) || raw.Get("enabled").IsFalse() {
			continue
		}
		if readActions(raw.Get("actions")).Notify {
			return All
		}
		return Mentions
	}
	return Default
}

// mutes reports whether an override is for a room alone and keeps it silent.
func mutes(raw scan.Value, room event.RoomID) bool {
	n := 0
	for c := range raw.Get("conditions").Items() {
		if n++; c.Get("kind").Text() != "event_match" || c.Get("key").Text() != "room_id" || c.Get("pattern").Text() != string(room) {
			return false
		}
	}
	return n == 1 && !readActions(raw.Get("actions")).Notify
}

// Edit is a change of one rule: Body is what to put there, nil takes it out.
type Edit struct {
	Kind Kind
	ID   string
	Body scan.Value
}

// SetLevel returns what gives a room a level, in an order in which nothing notifies
// in between that did not before and will not after.
func SetLevel(content scan.Value, room event.RoomID, level Level) (edits []Edit) {
	switch level {
	case Mute:
		var match, body scan.Builder
		match.Text("kind", "event_match").Text("key", "room_id").Text("pattern", string(room))
		body.Raw("conditions", list(match.Done())).Raw("actions", list())
		return append([]Edit{{Override, string(room), body.Done()}}, takeOut(content, Room, func(raw scan.Value) bool {
			return raw.Get("rule_id").Text() == string(room)
		})...)
	case All, Mentions:
		var body scan.Builder
		edits = append(edits, Edit{Room, string(room), body.Raw("actions", Actions(Decision{
			Notify: level == All, Sound: map[bool]string{true: "default"}[level == All],
		})).Done()})
	default:
		edits = takeOut(content, Room, func(raw scan.Value) bool { return raw.Get("rule_id").Text() == string(room) })
	}
	return append(edits, takeOut(content, Override, func(raw scan.Value) bool { return mutes(raw, room) })...)
}

func takeOut(content scan.Value, kind Kind, which func(scan.Value) bool) (edits []Edit) {
	for raw := range content.Path("global", string(kind)).Items() {
		if id := raw.Get("rule_id").Text(); id != "" && which(raw) {
			edits = append(edits, Edit{Kind: kind, ID: id})
		}
	}
	return edits
}

// Keyword returns what adds or removes a word that stands out wherever it is
// written. ok is false for one that cannot be the name of a rule.
func Keyword(content scan.Value, word string, remove bool) (edits []Edit, ok bool) {
	if word == "" || word[0] == '.' || strings.ContainsAny(word, `/\`) {
		return nil, false
	}
	if remove {
		return takeOut(content, Content, func(raw scan.Value) bool {
			return raw.Get("pattern").Text() == word && !raw.Get("default").IsTrue()
		}), true
	}
	var body scan.Builder
	body.Text("pattern", word).Raw("actions", Actions(Decision{Notify: true, Highlight: true, Sound: "default"}))
	return []Edit{{Content, word, body.Done()}}, true
}

// HasKeyword reports whether a word stands out.
func HasKeyword(content scan.Value, word string) bool {
	for raw := range content.Path("global", string(Content)).Items() {
		if raw.Get("pattern").Text() == word && !raw.Get("enabled").IsFalse() {
			return true
		}
	}
	return false
}

// Actions writes what a rule does.
func Actions(d Decision) scan.Value {
	var all []scan.Value
	if d.Notify {
		all = append(all, scan.Text("notify"))
	}
	if d.Sound != "" {
		var sound scan.Builder
		all = append(all, sound.Text("set_tweak", "sound").Text("value", d.Sound).Done())
	}
	if d.Highlight {
		var highlight scan.Builder
		all = append(all, highlight.Text("set_tweak", "highlight").Done())
	}
	return list(all...)
}

func list(items ...scan.Value) scan.Value {
	out := scan.Value{'['}
	for i, one := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, one...)
	}
	return append(out, ']')
}

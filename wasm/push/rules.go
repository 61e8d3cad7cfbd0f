package push

import (
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/glob"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Kind is which list a rule is in.
type Kind string

// The kinds of rules, in the order in which they are looked at.
const (
	Override  Kind = "override"
	Content   Kind = "content"
	Room      Kind = "room"
	Sender    Kind = "sender"
	Underride Kind = "underride"
)

var kinds = [...]Kind{Override, Content, Room, Sender, Underride}

// Decision is what an event is to its reader, and by which rule; "" if none
// matched. The zero Decision is that it is nothing special.
type Decision struct {
	Kind   Kind
	RuleID string
	// Notify is whether it counts and notifies, Highlight whether it stands out.
	Notify, Highlight bool
	// Sound is what is played: "default", "ring" or a name of the user's; "" for none.
	Sound string
}

// Rules are a user's. The zero Rules match nothing.
type Rules struct {
	// off is that the master rule keeps all from notifying.
	off  bool
	list []rule
}

type rule struct {
	decision   Decision
	conditions []condition
	// legacy is of a rule that m.mentions replaced: what has that is not for it.
	legacy bool
}

const master = ".m.rule.master"

var legacy = map[string]bool{
	".m.rule.contains_display_name": true, ".m.rule.contains_user_name": true, ".m.rule.roomnotif": true,
}

// Parse reads the content of m.push_rules. Of those predefined rules that the
// server does not have, it takes what the specification says.
func Parse(content scan.Value, me event.UserID) *Rules {
	r := &Rules{}
	global := content.Get("global")
	for _, kind := range kinds {
		known := map[string]bool{}
		begun := len(r.list)
		for raw := range global.Get(string(kind)).Items() {
			id := raw.Get("rule_id").Text()
			known[id] = true
			if !raw.Get("enabled").IsFalse() {
				r.add(kind, id, raw)
			}
		}
		r.list = append(r.list[:begun], complete(r.list[begun:], kind, known, me)...)
	}
	return r
}

// add takes an enabled rule at the end of the list.
func (r *Rules) add(kind Kind, id string, raw scan.Value) {
	if id == "" {
		return
	}
	if kind == Override && id == master {
		r.off = true
		return
	}
	conditions, ok := readConditions(kind, id, raw)
	if !ok {
		return
	}
	d := readActions(raw.Get("actions"))
	d.Kind, d.RuleID = kind, id
	r.list = append(r.list, rule{decision: d, conditions: conditions, legacy: legacy[id]})
}

// readActions reads what a rule does; what it does not know does nothing.
func readActions(actions scan.Value) (d Decision) {
	for action := range actions.Items() {
		if name, isText := action.AsText(); isText {
			d.Notify = d.Notify || name == "notify"
			continue
		}
		value := action.Get("value")
		switch action.Get("set_tweak").Text() {
		case "sound":
			d.Sound = value.Text()
		case "highlight":
			d.Highlight = !value.Exists() || value.IsTrue()
		}
	}
	return d
}

// Subject is an event and where it is.
type Subject struct {
	Event *event.Event
	// RoomID is the room's: syncs leave it out of events.
	RoomID event.RoomID
	Me     event.UserID
	// Name is our user's display name in the room.
	Name string
	// Joined is how many have joined the room, as the server says.
	Joined int
	// MayNotify reports whether a user's power suffices to notify all of the room in
	// that way, of which there is "room".
	MayNotify func(user event.UserID, way string) bool
}

// Judge returns what an event is. What our user sent is nothing special.
func (r *Rules) Judge(s *Subject) Decision {
	if r.off || s.Event.Sender == s.Me {
		return Decision{}
	}
	e := examined{Subject: s}
	for i := range r.list {
		if one := &r.list[i]; e.meets(one) {
			return one.decision
		}
	}
	return Decision{}
}

func (e *examined) meets(r *rule) bool {
	if r.legacy && e.hasMentions() {
		return false
	}
	for _, c := range r.conditions {
		if !c.holds(e) {
			return false
		}
	}
	return true
}

// examined is an event of which parts were read.
type examined struct {
	*Subject
	content scan.Value
	body    *glob.Text
}

func (e *examined) readContent() scan.Value {
	if e.content == nil {
		e.content = e.Event.Content()
	}
	return e.content
}

func (e *examined) hasMentions() bool { return e.readContent().Get("m.mentions").Exists() }

// readBody returns the body as a text to search, or nil if there is none.
func (e *examined) readBody() *glob.Text {
	if e.body == nil {
		body, isText := e.readContent().Get("body").AsText()
		if !isText {
			return nil
		}
		e.body = glob.NewText(body)
	}
	return e.body
}

// property finds a property of the event by its path.
func (e *examined) property(path []string) scan.Value {
	switch {
	case path[0] == "content":
		return e.readContent().Path(path[1:]...)
	case len(path) == 1 && path[0] == "room_id":
		return scan.Text(string(e.RoomID))
	}
	return e.Event.Raw.Path(path...)
}

// text finds a property that is one.
func (e *examined) text(path []string) (value string, isText bool) {
	if len(path) == 1 { // what most rules ask for is read already
		switch path[0] {
		case "type":
			return e.Event.Type, true
		case "sender":
			return string(e.Event.Sender), true
		case "state_key":
			if e.Event.StateKey == nil {
				return "", false
			}
			return *e.Event.StateKey, true
		}
	}
	return e.property(path).AsText()
}

// splitKey reads a dot-separated property path (spec: Dot-separated property
// paths; FEATURES 7-20).
func splitKey(key string) []string {
	var path []string
	var part strings.Builder
	for i := 0; i < len(key); i++ {
		switch c := key[i]; {
		case c == '.':
			path = append(path, part.String())
			part.Reset()
		case c == '\\' && i+1 < len(key) && (key[i+1] == '.' || key[i+1] == '\\'):
			i++
			part.WriteByte(key[i])
		default:
			part.WriteByte(c)
		}
	}
	return append(path, part.String())
}

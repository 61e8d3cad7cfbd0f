package push

import (
	"strconv"
	"strings"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/glob"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// condition is one that must hold for its rule to match.
type condition interface {
	holds(e *examined) bool
}

// readConditions reads what a rule asks for. A rule with a condition that is not
// known, or not whole, never matches: ok is false.
func readConditions(kind Kind, id string, raw scan.Value) (all []condition, ok bool) {
	switch kind {
	case Content:
		p, isText := raw.Get("pattern").AsText()
		return []condition{inBody{glob.New(p)}}, isText
	case Room:
		return []condition{inRoom(id)}, true
	case Sender:
		return []condition{bySender(id)}, true
	}
	for one := range raw.Get("conditions").Items() {
		c := readCondition(one)
		if c == nil {
			return nil, false
		}
		all = append(all, c)
	}
	return all, true
}

func readCondition(v scan.Value) condition {
	key, hasKey := v.Get("key").AsText()
	switch v.Get("kind").Text() {
	case "event_match":
		p, isText := v.Get("pattern").AsText()
		switch {
		case !hasKey || !isText:
			return nil
		case key == "content.body":
			return inBody{glob.New(p)}
		}
		return matches{splitKey(key), glob.New(p)}
	case "event_property_is":
		if value, ok := readScalar(v.Get("value")); ok && hasKey {
			return propertyIs{splitKey(key), value}
		}
	case "event_property_contains":
		if value, ok := readScalar(v.Get("value")); ok && hasKey {
			return propertyContains{splitKey(key), value}
		}
	case "contains_display_name":
		return hasMyName{}
	case "room_member_count":
		return readMemberCount(v.Get("is").Text())
	case "sender_notification_permission":
		if hasKey {
			return senderMay(key)
		}
	}
	return nil
}

type inRoom event.RoomID

func (r inRoom) holds(e *examined) bool { return e.RoomID == event.RoomID(r) }

type bySender event.UserID

func (s bySender) holds(e *examined) bool { return e.Event.Sender == event.UserID(s) }

// matches is event_match: the whole of a text.
type matches struct {
	path    []string
	pattern *glob.Pattern
}

func (m matches) holds(e *examined) bool {
	value, isText := e.text(m.path)
	return isText && m.pattern.All(value)
}

// inBody is event_match of content.body, and what a content rule asks for: a part
// of the text, between ends of words.
type inBody struct{ pattern *glob.Pattern }

func (b inBody) holds(e *examined) bool {
	body := e.readBody()
	return body != nil && b.pattern.Words(body)
}

type propertyIs struct {
	path  []string
	value scalar
}

func (p propertyIs) holds(e *examined) bool {
	value, ok := readScalar(e.property(p.path))
	return ok && value == p.value
}

type propertyContains struct {
	path  []string
	value scalar
}

func (p propertyContains) holds(e *examined) bool {
	list := e.property(p.path)
	if list.Kind() != scan.Array {
		return false
	}
	for one := range list.Items() {
		if value, ok := readScalar(one); ok && value == p.value {
			return true
		}
	}
	return false
}

// scalar is a value that is compared as it is, without any conversion.
type scalar struct {
	kind scan.Kind
	text string
	n    int64 // of numbers and, 0 or 1, of booleans
}

// readScalar reads a text, an integer, a boolean or null; nothing else can be
// compared.
func readScalar(v scan.Value) (s scalar, ok bool) {
	s.kind = v.Kind()
	switch s.kind {
	case scan.String:
		s.text = v.Text()
	case scan.Number:
		n, isInt := v.AsInt()
		s.n = n
		return s, isInt && n > -1<<53 && n < 1<<53
	case scan.Bool:
		if v.IsTrue() {
			s.n = 1
		}
	case scan.Null:
	default:
		return scalar{}, false
	}
	return s, true
}

type hasMyName struct{}

func (hasMyName) holds(e *examined) bool {
	body := e.readBody()
	return body != nil && e.Name != "" && glob.Literal(e.Name).Words(body)
}

type memberCount struct {
	is string
	n  int
}

// readMemberCount reads "==2" and the like; nil for what is no such thing.
func readMemberCount(is string) condition {
	digits := strings.TrimLeft(is, "=<>")
	c := memberCount{is: is[:len(is)-len(digits)]}
	switch c.is {
	case "", "==", "<", ">", "<=", ">=":
	default:
		return nil
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return nil
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return nil
	}
	c.n = n
	return c
}

func (c memberCount) holds(e *examined) bool {
	switch c.is {
	case "<":
		return e.Joined < c.n
	case ">":
		return e.Joined > c.n
	case "<=":
		return e.Joined <= c.n
	case ">=":
		return e.Joined >= c.n
	}
	return e.Joined == c.n
}

type senderMay string

func (way senderMay) holds(e *examined) bool {
	return e.MayNotify != nil && e.MayNotify(e.Event.Sender, string(way))
}

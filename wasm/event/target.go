package event

import "github.com/alcove-chat/alcove/wasm/scan"

// named are the places where an event's content names another.
func named(kind string) [][]string {
	if kind == RoomRedaction {
		return [][]string{{"redacts"}}
	}
	return [][]string{{"m.relates_to", "event_id"}, {"m.relates_to", "m.in_reply_to", "event_id"}}
}

// Targets returns the events that the content of one to be sent names.
func Targets(kind string, content scan.Value) []EventID {
	var all []EventID
	for _, place := range named(kind) {
		if id := content.Path(place...).Text(); id != "" {
			all = append(all, EventID(id))
		}
	}
	return all
}

// Retarget returns the content with another event named in place of one. It
// must be well-formed.
func Retarget(kind string, content scan.Value, from, to EventID) scan.Value {
	for _, place := range named(kind) {
		content = replace(content, place, from, to)
	}
	return content
}

func replace(v scan.Value, place []string, from, to EventID) scan.Value {
	if len(place) == 0 {
		if v.Text() == string(from) {
			return scan.Text(string(to))
		}
		return v
	}
	if !v.Get(place[0]).Exists() {
		return v
	}
	var b scan.Builder
	for name, value := range v.Members() {
		if name.Text() == place[0] {
			value = replace(value, place[1:], from, to)
		}
		b.Raw(name.Text(), value)
	}
	return b.Done()
}

package sandbox

import (
	"encoding/json"
	"sort"
)

// event is one event of a room.
type event struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	StateKey *string         `json:"state_key,omitempty"`
	Sender   string          `json:"sender"`
	Content  json.RawMessage `json:"content"`
	TS       int64           `json:"ts"`
	Pos      int64           `json:"pos"`
	Redacts  string          `json:"redacts,omitempty"`
	// Txn, Device say which request of which device sent the event.
	Txn    string `json:"txn,omitempty"`
	Device string `json:"device,omitempty"`
	// RedactedBy is the id of the event that redacted this one.
	RedactedBy string `json:"redacted_by,omitempty"`
	// Prev is the state event that this one replaced.
	Prev string `json:"prev,omitempty"`

	relation relation
	member   string // membership, of member events
}

// relation is m.relates_to as it was before any redaction.
type relation struct {
	Kind  string `json:"rel_type"`
	Event string `json:"event_id"`
	Key   string `json:"key"`
}

func (e *event) isState() bool { return e.StateKey != nil }

func (e *event) membership() string { return e.member }

// field returns a string member of the content, or "".
func (e *event) field(name string) string {
	if e == nil {
		return ""
	}
	var content map[string]json.RawMessage
	var text string
	_ = json.Unmarshal(e.Content, &content)
	_ = json.Unmarshal(content[name], &text)
	return text
}

func readRelation(content json.RawMessage) relation {
	var c struct {
		RelatesTo relation `json:"m.relates_to"`
	}
	_ = json.Unmarshal(content, &c)
	return c.RelatesTo
}

// clientEvent is an event as a client gets it.
type clientEvent struct {
	Content  json.RawMessage `json:"content"`
	ID       string          `json:"event_id"`
	TS       int64           `json:"origin_server_ts"`
	Room     string          `json:"room_id,omitempty"`
	Sender   string          `json:"sender"`
	StateKey *string         `json:"state_key,omitempty"`
	Type     string          `json:"type"`
	Redacts  string          `json:"redacts,omitempty"`
	Unsigned map[string]any  `json:"unsigned"`
}

// strippedEvent is state for someone who is not in the room.
type strippedEvent struct {
	Type     string          `json:"type"`
	StateKey string          `json:"state_key"`
	Content  json.RawMessage `json:"content"`
	Sender   string          `json:"sender"`
}

// lens is who looks at events: it decides what unsigned tells.
type lens struct {
	s      *Server
	user   string
	device string
	inSync bool // room_id is implied by the place in the answer
	state  bool // the events are state, not a timeline: no membership
}

func (c *call) lens() lens { return lens{s: c.s, user: c.user.ID, device: c.device.ID} }

// event returns the client's form of an event with its bundled relations.
func (l lens) event(rm *room, e *event) clientEvent {
	out := l.bare(rm, e)
	if bundle := l.bundle(rm, e); len(bundle) > 0 {
		out.Unsigned["m.relations"] = bundle
	}
	return out
}

func (l lens) bare(rm *room, e *event) clientEvent {
	out := clientEvent{
		Content: e.Content, ID: e.ID, TS: e.TS, Room: rm.ID, Sender: e.Sender,
		StateKey: e.StateKey, Type: e.Type, Redacts: e.Redacts, Unsigned: l.unsigned(rm, e),
	}
	if l.inSync {
		out.Room = ""
	}
	if e.Redacts != "" { // told in both forms in all versions, for older clients
		var all map[string]json.RawMessage
		_ = json.Unmarshal(e.Content, &all)
		all["redacts"] = must(e.Redacts)
		out.Content = must(all)
	}
	return out
}

func (l lens) unsigned(rm *room, e *event) map[string]any {
	u := map[string]any{"age": l.s.now() - e.TS}
	if e.Txn != "" && e.Sender == l.user && e.Device == l.device {
		u["transaction_id"] = e.Txn
	}
	if m := rm.membershipAt(l.user, e.Pos); m != "" && !l.state {
		u["membership"] = m
	} else if !l.state {
		u["membership"] = "leave"
	}
	if prev := rm.byID[e.Prev]; prev != nil {
		u["prev_content"], u["replaces_state"] = prev.Content, prev.ID
	}
	if by := rm.byID[e.RedactedBy]; by != nil {
		because := l.bare(rm, by)
		because.Unsigned = map[string]any{"age": l.s.now() - by.TS}
		u["redacted_because"] = because
	}
	return u
}

func (l lens) events(rm *room, list []*event) []clientEvent {
	out := make([]clientEvent, 0, len(list))
	for _, e := range list {
		out = append(out, l.event(rm, e))
	}
	return out
}

func strip(e *event) strippedEvent {
	return strippedEvent{Type: e.Type, StateKey: *e.StateKey, Content: e.Content, Sender: e.Sender}
}

func sortByPos(list []*event) {
	sort.Slice(list, func(i, j int) bool { return list[i].Pos < list[j].Pos })
}

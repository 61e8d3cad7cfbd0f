package sandbox

import (
	"encoding/json"
	"sort"
	"time"
)

// room is one room: its events in order, and what follows from them.
type room struct {
	ID        string                          `json:"id"`
	Version   string                          `json:"version"`
	Events    []*event                        `json:"events"`
	Receipts  map[string]map[string]*received `json:"receipts,omitempty"` // user → kind and thread
	Forgotten map[string]bool                 `json:"forgotten,omitempty"`
	Listed    bool                            `json:"listed,omitempty"` // in the public directory

	byID      map[string]*event
	history   map[stateKey][]*event // every event of a piece of state, oldest first
	related   map[string][]*event   // what relates to an event, oldest first
	typing    map[string]time.Time  // when each typing user stops
	typingPos int64
	receipts  int64 // newest position of a receipt
}

type stateKey struct{ kind, key string }

func newRoom(id, version string) *room {
	return &room{
		ID: id, Version: version, Receipts: map[string]map[string]*received{}, Forgotten: map[string]bool{},
		byID: map[string]*event{}, history: map[stateKey][]*event{}, related: map[string][]*event{},
		typing: map[string]time.Time{},
	}
}

// take adds an event that has its position to what follows from the events.
func (rm *room) take(e *event) {
	rm.byID[e.ID] = e
	if e.Type == "m.room.member" {
		e.member = e.field("membership")
	}
	if e.isState() {
		key := stateKey{e.Type, *e.StateKey}
		if old := rm.history[key]; len(old) > 0 && e.Prev == "" {
			e.Prev = old[len(old)-1].ID
		}
		rm.history[key] = append(rm.history[key], e)
	}
	if e.relation = readRelation(e.Content); e.relation.Event != "" && e.relation.Kind != "" {
		rm.related[e.relation.Event] = append(rm.related[e.relation.Event], e)
	}
}

// state returns the current event of a piece of state, or nil.
func (rm *room) state(kind, key string) *event {
	all := rm.history[stateKey{kind, key}]
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// stateAt returns the event that a piece of state had at a position, or nil.
func (rm *room) stateAt(kind, key string, pos int64) *event {
	all := rm.history[stateKey{kind, key}]
	n := sort.Search(len(all), func(i int) bool { return all[i].Pos > pos })
	if n == 0 {
		return nil
	}
	return all[n-1]
}

// stateBetween returns the state at a position that is newer than another, in
// order: the difference between the two.
func (rm *room) stateBetween(after, at int64) []*event {
	var out []*event
	for key := range rm.history {
		if e := rm.stateAt(key.kind, key.key, at); e != nil && e.Pos > after {
			out = append(out, e)
		}
	}
	sortByPos(out)
	return out
}

func (rm *room) membership(user string) string {
	if e := rm.state("m.room.member", user); e != nil {
		return e.membership()
	}
	return ""
}

func (rm *room) membershipAt(user string, pos int64) string {
	if e := rm.stateAt("m.room.member", user, pos); e != nil {
		return e.membership()
	}
	return ""
}

// members returns the current member events of a membership, oldest first.
func (rm *room) members(membership string) []*event {
	var out []*event
	for key, all := range rm.history {
		if e := all[len(all)-1]; key.kind == "m.room.member" && e.membership() == membership {
			out = append(out, e)
		}
	}
	sortByPos(out)
	return out
}

func (rm *room) create() *event { return rm.state("m.room.create", "") }

func (rm *room) last() int64 {
	if len(rm.Events) == 0 {
		return 0
	}
	return rm.Events[len(rm.Events)-1].Pos
}

// after returns the index of the first event behind a position.
func (rm *room) after(pos int64) int {
	return sort.Search(len(rm.Events), func(i int) bool { return rm.Events[i].Pos > pos })
}

// visible says whether a user may see an event (Room History Visibility).
func (rm *room) visible(user string, e *event) bool {
	if e.Type == "m.room.member" && e.isState() && *e.StateKey == user {
		return true
	}
	if e.Redacts != "" && rm.byID[e.Redacts] == nil {
		return false // servers hold back a redaction until its target is there
	}
	was := rm.membershipAt(user, e.Pos)
	if was == "join" {
		return true
	}
	switch rm.visibilityAt(e.Pos) {
	case "world_readable":
		return true
	case "joined":
		return false
	case "invited":
		return was == "invite"
	}
	return rm.joinedAfter(user, e.Pos)
}

func (rm *room) visibilityAt(pos int64) string {
	if e := rm.stateAt("m.room.history_visibility", "", pos); e != nil {
		return e.field("history_visibility")
	}
	return "shared"
}

func (rm *room) joinedAfter(user string, pos int64) bool {
	for _, e := range rm.history[stateKey{"m.room.member", user}] {
		if e.Pos > pos && e.membership() == "join" {
			return true
		}
	}
	return false
}

// stringField reads one string of a state event's content.
func (rm *room) stringField(kind, field string) string {
	return rm.state(kind, "").field(field)
}

// raw reads one member of a state event's content, nil if absent.
func (rm *room) raw(kind, field string) json.RawMessage {
	e := rm.state(kind, "")
	if e == nil {
		return nil
	}
	var content map[string]json.RawMessage
	_ = json.Unmarshal(e.Content, &content)
	return content[field]
}

package sandbox

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
)

// child is an edge from a space to a room (m.space.child).
type child struct {
	Via       []string `json:"via"`
	Suggested bool     `json:"suggested"`
	Order     string   `json:"order"`
}

func (e *event) child() child {
	var c child
	if json.Unmarshal(e.Content, &c) != nil {
		c.Via = nil
	}
	return c
}

// children are the edges of a space in the order of the specification: by
// order, then by age, then by room id. Rooms without an order come last.
func (rm *room) children(suggested bool) []*event {
	var out []*event
	if rm.create().field("type") != "m.space" {
		return nil
	}
	for key, all := range rm.history {
		e := all[len(all)-1]
		if c := e.child(); key.kind == "m.space.child" && len(c.Via) > 0 && (c.Suggested || !suggested) {
			out = append(out, e)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i].child().Order, out[j].child().Order
		if a != b && (a == "" || b == "") {
			return b == ""
		}
		if a != b {
			return a < b
		}
		if out[i].TS != out[j].TS {
			return out[i].TS < out[j].TS
		}
		return *out[i].StateKey < *out[j].StateKey
	})
	return out
}

// hierarchy walks a space depth first and answers in pages (FEATURES 2-03). A
// page's token is the number of rooms before it, and what was asked for: that may not
// change from page to page.
func hierarchy(c *call) (any, error) {
	root, err := c.s.find(c.vars["room"])
	if err != nil || !c.s.mayPreview(root, c.user.ID) {
		return nil, errForbidden("You are not allowed to view this room.")
	}
	limit, err := c.number("limit", 50)
	if err != nil {
		return nil, err
	}
	depth, err := c.number("max_depth", 1000)
	if err != nil {
		return nil, err
	}
	from, err := c.before()
	if err != nil {
		return nil, err
	}
	rooms := c.walk(root, depth, map[string]bool{})
	out := map[string]any{}
	if end := from + max(limit, 1); end < len(rooms) {
		out["next_batch"] = strconv.Itoa(end) + c.asked()
		rooms = rooms[:end]
	}
	out["rooms"] = rooms[min(from, len(rooms)):]
	return out, nil
}

// before reads how many rooms are before the page.
func (c *call) before() (int, error) {
	token := c.q.Get("from")
	if token == "" {
		return 0, nil
	}
	text, ok := strings.CutSuffix(token, c.asked())
	from, err := strconv.Atoi(text)
	if !ok || err != nil || from < 0 {
		return 0, errInvalid("Unknown pagination token")
	}
	return from, nil
}

// asked is what must be the same on all pages.
func (c *call) asked() string { return "_" + c.q.Get("max_depth") + "_" + c.q.Get("suggested_only") }

func (c *call) walk(rm *room, depth int, seen map[string]bool) []any {
	seen[rm.ID] = true
	edges := []any{}
	var below []any
	for _, e := range rm.children(c.flag("suggested_only")) {
		edges = append(edges, map[string]any{"type": e.Type, "state_key": *e.StateKey, "content": e.Content,
			"sender": e.Sender, "origin_server_ts": e.TS})
		next := c.s.world.Rooms[*e.StateKey]
		if next != nil && depth > 0 && !seen[next.ID] && c.s.mayPreview(next, c.user.ID) {
			below = append(below, c.walk(next, depth-1, seen)...)
		}
	}
	entry := rm.outline()
	entry["children_state"] = edges
	return append([]any{entry}, below...)
}

package sandbox

import (
	"slices"
	"strings"
)

// bundle is what servers put into unsigned.m.relations: the newest edit, the
// thread, the references. Reactions are not bundled.
func (l lens) bundle(rm *room, e *event) map[string]any {
	if e.RedactedBy != "" {
		return nil
	}
	out := map[string]any{}
	var thread, refs []*event
	var edit *event
	for _, r := range rm.related[e.ID] {
		if !rm.visible(l.user, r) {
			continue
		}
		switch r.relation.Kind {
		case "m.replace":
			if edits(r, e) && (edit == nil || r.TS > edit.TS || r.TS == edit.TS && r.ID > edit.ID) {
				edit = r
			}
		case "m.thread":
			thread = append(thread, r)
		case "m.reference":
			refs = append(refs, r)
		}
	}
	if edit != nil {
		newest := l.bare(rm, edit)
		delete(newest.Unsigned, "membership")
		out["m.replace"] = newest
	}
	if len(thread) > 0 && e.relation.Kind == "" {
		out["m.thread"] = l.thread(rm, e, thread)
	}
	if len(refs) > 0 {
		ids := []map[string]string{}
		for _, r := range refs {
			ids = append(ids, map[string]string{"event_id": r.ID})
		}
		out["m.reference"] = map[string]any{"chunk": ids}
	}
	return out
}

// edits reports whether an edit is valid for an event (Validity of replacement
// events), as far as a server checks it.
func edits(edit, e *event) bool {
	return edit.Sender == e.Sender && edit.Type == e.Type && !edit.isState() && !e.isState() && e.relation.Kind != "m.replace"
}

func (l lens) thread(rm *room, root *event, replies []*event) map[string]any {
	took := root.Sender == l.user
	for _, r := range replies {
		took = took || r.Sender == l.user
	}
	return map[string]any{"latest_event": l.event(rm, replies[len(replies)-1]), "count": len(replies),
		"current_user_participated": took}
}

// relations lists what relates to an event, newest first unless dir is "f".
func relations(c *call) (any, error) {
	at, root, err := c.target()
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 5)
	if err != nil {
		return nil, err
	}
	back := c.q.Get("dir") != "f"
	found, err := c.relatedBetween(at, root, back)
	if err != nil {
		return nil, err
	}
	sortByPos(found)
	if back {
		reverse(found)
	}
	out := map[string]any{}
	if limit = max(limit, 1); len(found) > limit {
		found = found[:limit]
		last := found[limit-1].Pos
		if back {
			last--
		}
		out["next_batch"] = token(last)
	}
	out["chunk"] = c.lens().events(at.room, found)
	if c.flag("recurse") {
		out["recursion_depth"] = 3
	}
	return out, nil
}

// relatedBetween returns the relations between the bounds of the query.
func (c *call) relatedBetween(at seat, root *event, back bool) ([]*event, error) {
	from, to := at.pos, int64(0)
	if !back {
		from, to = 0, at.pos
	}
	from, err := c.position("from", from)
	if err != nil {
		return nil, err
	}
	if to, err = c.position("to", to); err != nil {
		return nil, err
	}
	var found []*event
	for _, e := range c.related(at.room, root.ID, map[string]bool{root.ID: true}) {
		if back && e.Pos <= from && e.Pos > to || !back && e.Pos > from && e.Pos <= to {
			found = append(found, e)
		}
	}
	return found, nil
}

// related returns the relations that the path asks for; with recurse, also what
// relates to those.
func (c *call) related(rm *room, id string, seen map[string]bool) []*event {
	var out []*event
	for _, e := range rm.related[id] {
		rel, kind := c.vars["rel"], c.vars["type"]
		if (rel == "" || rel == e.relation.Kind) && (kind == "" || kind == e.Type) && rm.visible(c.user.ID, e) {
			out = append(out, e)
		}
		if c.flag("recurse") && !seen[e.ID] {
			seen[e.ID] = true
			out = append(out, c.related(rm, e.ID, seen)...)
		}
	}
	return out
}

// threads lists the roots of a room's threads, the latest reply first.
func threads(c *call) (any, error) {
	at, err := c.seat()
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 5)
	if err != nil {
		return nil, err
	}
	from, err := c.position("from", at.pos)
	if err != nil {
		return nil, err
	}
	latest := map[string]int64{}
	for id, list := range at.room.related {
		for _, e := range list {
			if e.relation.Kind == "m.thread" && at.room.byID[id] != nil && (c.q.Get("include") != "participated" || c.took(at.room, id)) {
				latest[id] = max(latest[id], e.Pos)
			}
		}
	}
	ids := sorted(latest)
	slices.SortFunc(ids, func(a, b string) int { return int(latest[b] - latest[a]) })
	ids = slices.DeleteFunc(ids, func(id string) bool { return latest[id] > from })
	out := map[string]any{}
	if limit = max(limit, 1); len(ids) > limit {
		ids = ids[:limit]
		out["next_batch"] = token(latest[ids[limit-1]] - 1)
	}
	chunk := []clientEvent{}
	for _, id := range ids {
		chunk = append(chunk, c.lens().event(at.room, at.room.byID[id]))
	}
	out["chunk"] = chunk
	return out, nil
}

func (c *call) took(rm *room, root string) bool {
	if rm.byID[root].Sender == c.user.ID {
		return true
	}
	return slices.ContainsFunc(rm.related[root], func(e *event) bool {
		return e.relation.Kind == "m.thread" && e.Sender == c.user.ID
	})
}

// search finds messages whose body holds all words of the term, newest first.
func search(c *call) (any, error) {
	var in struct {
		Categories struct {
			Room struct {
				Term   string      `json:"search_term"`
				Filter eventFilter `json:"filter"`
			} `json:"room_events"`
		} `json:"search_categories"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	want := in.Categories.Room
	words := strings.Fields(strings.ToLower(want.Term))
	results := []any{}
	for _, id := range sorted(c.user.rooms) {
		rm := c.user.rooms[id]
		for _, e := range rm.Events {
			if rm.membership(c.user.ID) == "join" && rm.visible(c.user.ID, e) && want.Filter.event(rm, e) && holds(e.field("body"), words) {
				results = append(results, map[string]any{"rank": 1, "result": c.lens().event(rm, e)})
			}
		}
	}
	slices.Reverse(results)
	return map[string]any{"search_categories": map[string]any{"room_events": map[string]any{
		"count": len(results), "results": results, "highlights": words, "state": struct{}{}, "groups": struct{}{}}}}, nil
}

func holds(body string, words []string) bool {
	body = strings.ToLower(body)
	for _, w := range words {
		if !strings.Contains(body, w) {
			return false
		}
	}
	return len(words) > 0 && body != ""
}

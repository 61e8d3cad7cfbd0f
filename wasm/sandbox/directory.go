package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
)

func resolveAlias(c *call) (any, error) {
	a := c.s.world.Aliases[c.vars["alias"]]
	if a == nil {
		return nil, errNotFound("Room alias " + c.vars["alias"] + " not found")
	}
	return map[string]any{"room_id": a.Room, "servers": []string{c.s.opt.Name}}, nil
}

func addAlias(c *call) (any, error) {
	var in struct {
		Room string `json:"room_id"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	alias := c.vars["alias"]
	if !strings.HasPrefix(alias, "#") || !strings.HasSuffix(alias, ":"+c.s.opt.Name) {
		return nil, errInvalid("Room alias must be local")
	}
	if c.s.world.Rooms[in.Room] == nil {
		return nil, errUnknown("Room does not exist")
	}
	if c.s.world.Aliases[alias] != nil {
		return nil, fail(http.StatusConflict, "M_UNKNOWN", "Room alias "+alias+" already exists")
	}
	c.s.world.Aliases[alias] = &roomAlias{in.Room, c.user.ID}
	c.s.next()
	return nil, nil
}

func removeAlias(c *call) (any, error) {
	a := c.s.world.Aliases[c.vars["alias"]]
	if a == nil {
		return nil, errNotFound("Unknown room alias")
	}
	rm := c.s.world.Rooms[a.Room]
	if p := rm.powers(); a.Creator != c.user.ID && p.of(c.user.ID) < p.need("m.room.canonical_alias", true) {
		return nil, errForbidden("You don't have permission to delete the alias.")
	}
	delete(c.s.world.Aliases, c.vars["alias"])
	c.s.next()
	return nil, nil
}

func roomAliases(c *call) (any, error) {
	at, err := c.seat()
	if err != nil {
		return nil, err
	}
	out := []string{}
	for _, name := range sorted(c.s.world.Aliases) {
		if c.s.world.Aliases[name].Room == at.room.ID {
			out = append(out, name)
		}
	}
	return map[string]any{"aliases": out}, nil
}

func listed(c *call) (any, error) {
	rm := c.s.world.Rooms[c.vars["room"]]
	if rm == nil {
		return nil, errNotFound("Unknown room")
	}
	if rm.Listed {
		return map[string]string{"visibility": "public"}, nil
	}
	return map[string]string{"visibility": "private"}, nil
}

func setListed(c *call) (any, error) {
	var in struct {
		Visibility string `json:"visibility"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	rm, err := c.inside()
	if err != nil {
		return nil, err
	}
	if p := rm.powers(); p.of(c.user.ID) < p.need("m.room.canonical_alias", true) {
		return nil, errForbidden("This server requires you to be a moderator in the room to edit its room list entry")
	}
	rm.Listed = in.Visibility == "public" || in.Visibility == ""
	c.s.next()
	return nil, nil
}

// describe is a room's entry in directories.
func (rm *room) describe() map[string]any {
	out := map[string]any{
		"room_id": rm.ID, "num_joined_members": len(rm.members("join")), "join_rule": rm.joinRule(),
		"world_readable":  rm.stringField("m.room.history_visibility", "history_visibility") == "world_readable",
		"guest_can_join":  rm.stringField("m.room.guest_access", "guest_access") == "can_join",
		"name":            rm.stringField("m.room.name", "name"),
		"topic":           rm.stringField("m.room.topic", "topic"),
		"avatar_url":      rm.stringField("m.room.avatar", "url"),
		"canonical_alias": rm.stringField("m.room.canonical_alias", "alias"),
		"room_type":       rm.create().field("type"),
	}
	for k, v := range out {
		if v == "" {
			delete(out, k)
		}
	}
	return out
}

// outline is a room's entry in summaries and hierarchies, which tell more than
// directories do.
func (rm *room) outline() map[string]any {
	out := rm.describe()
	out["room_version"] = rm.Version
	if ids := rm.allowed(); len(ids) > 0 {
		out["allowed_room_ids"] = ids
	}
	if e := rm.state("m.room.encryption", ""); e != nil {
		out["encryption"] = e.field("algorithm")
	}
	return out
}

func publicRooms(c *call) (any, error) {
	var in struct {
		Limit  int    `json:"limit"`
		Since  string `json:"since"`
		Filter struct {
			Term  string    `json:"generic_search_term"`
			Types []*string `json:"room_types"`
		} `json:"filter"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if c.r.Method == http.MethodGet {
		in.Since = c.q.Get("since")
		var err error
		if in.Limit, err = c.number("limit", 0); err != nil {
			return nil, err
		}
	}
	all := []map[string]any{}
	term := strings.ToLower(in.Filter.Term)
	for _, id := range sorted(c.s.world.Rooms) {
		rm := c.s.world.Rooms[id]
		entry := rm.describe()
		text, _ := json.Marshal([]any{entry["name"], entry["topic"], entry["canonical_alias"]})
		if rm.Listed && strings.Contains(strings.ToLower(string(text)), term) && typed(in.Filter.Types, entry["room_type"]) {
			all = append(all, entry)
		}
	}
	out := map[string]any{"total_room_count_estimate": len(all)}
	start := 0
	for start < len(all) && in.Since != "" && all[start]["room_id"].(string) <= in.Since {
		start++
	}
	all = all[start:]
	if in.Limit > 0 && len(all) > in.Limit {
		all = all[:in.Limit]
		out["next_batch"] = all[in.Limit-1]["room_id"]
	}
	out["chunk"] = all
	return out, nil
}

// typed says whether a room type is among those asked for; nil asks for rooms
// of no type.
func typed(wanted []*string, is any) bool {
	for _, w := range wanted {
		if w == nil && is == nil || w != nil && is == *w {
			return true
		}
	}
	return wanted == nil
}

func roomSummary(c *call) (any, error) {
	rm, err := c.s.find(c.vars["room"])
	if err != nil {
		return nil, errNotFound("Room not found")
	}
	if !c.s.mayPreview(rm, c.user.ID) {
		return nil, errNotFound("Room not found")
	}
	out := rm.outline()
	if m := rm.membership(c.user.ID); m != "" {
		out["membership"] = m
	}
	return out, nil
}

// mayPreview says whether a user may know of a room from outside.
func (s *Server) mayPreview(rm *room, user string) bool {
	switch rm.membership(user) {
	case "join", "invite", "knock":
		return true
	}
	switch rule := rm.joinRule(); rule {
	case "public", "knock", "knock_restricted":
		return true
	case "restricted":
		return s.allowedBy(rm, user)
	}
	return rm.visibilityAt(s.world.Pos) == "world_readable"
}

package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
)

// newRoomBody is the body of createRoom.
type newRoomBody struct {
	Visibility   string                     `json:"visibility"`
	Alias        string                     `json:"room_alias_name"`
	Name         string                     `json:"name"`
	Topic        string                     `json:"topic"`
	Invite       []string                   `json:"invite"`
	Version      string                     `json:"room_version"`
	Creation     map[string]json.RawMessage `json:"creation_content"`
	InitialState []stateBody                `json:"initial_state"`
	Preset       string                     `json:"preset"`
	Direct       bool                       `json:"is_direct"`
	Power        map[string]json.RawMessage `json:"power_level_content_override"`
}

type stateBody struct {
	Type    string          `json:"type"`
	Key     string          `json:"state_key"`
	Content json.RawMessage `json:"content"`
}

// preset is what the name of a preset stands for.
type preset struct{ joinRule, visibility, guests string }

var presets = map[string]preset{
	"private_chat":         {"invite", "shared", "can_join"},
	"trusted_private_chat": {"invite", "shared", "can_join"},
	"public_chat":          {"public", "shared", "forbidden"},
}

func createRoom(c *call) (any, error) {
	var in newRoomBody
	if err := c.json(&in); err != nil {
		return nil, err
	}
	rm, err := c.create(&in)
	if err != nil {
		return nil, err
	}
	return map[string]string{"room_id": rm.ID}, nil
}

// create makes a room in the order that the specification gives: creation, the
// creator, power, alias, preset, initial state, name and topic, invitations.
func (c *call) create(in *newRoomBody) (*room, error) {
	if err := c.checkNew(in); err != nil {
		return nil, err
	}
	rm := c.s.newRoom(in.Version)
	me := c.user.ID
	c.s.append(rm, me, draft{kind: "m.room.create", key: new(string), content: in.creation(rm, me)})
	c.s.setMembership(rm, me, me, "join", nil)
	c.s.put(rm, me, "m.room.power_levels", in.power(rm, me))
	if in.Alias != "" {
		alias := "#" + in.Alias + ":" + c.s.opt.Name
		c.s.world.Aliases[alias] = &roomAlias{Room: rm.ID, Creator: me}
		c.s.put(rm, me, "m.room.canonical_alias", map[string]string{"alias": alias})
	}
	c.s.dress(rm, me, in)
	for _, target := range in.Invite {
		more := map[string]any{}
		if in.Direct {
			more["is_direct"] = true
		}
		c.s.setMembership(rm, me, target, "invite", more)
	}
	if in.Visibility == "public" {
		rm.Listed = true
	}
	return rm, nil
}

func (c *call) checkNew(in *newRoomBody) error {
	if in.Version == "" {
		in.Version = c.s.opt.RoomVersion
	}
	if !slices.Contains(roomVersions, in.Version) {
		return fail(http.StatusBadRequest, "M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this room version")
	}
	if in.Preset == "" {
		in.Preset = "private_chat"
		if in.Visibility == "public" {
			in.Preset = "public_chat"
		}
	}
	if _, ok := presets[in.Preset]; !ok {
		return errBadJSON("Unknown preset")
	}
	if c.s.world.Aliases["#"+in.Alias+":"+c.s.opt.Name] != nil {
		return fail(http.StatusBadRequest, "M_ROOM_IN_USE", "Room alias already taken")
	}
	for _, target := range in.Invite {
		if err := c.s.mayInvite(target); err != nil {
			return err
		}
	}
	for _, e := range in.InitialState {
		if !isObject(e.Content) || e.Type == "m.room.create" || e.Type == "m.room.member" {
			return errBadJSON("Bad initial_state of type " + e.Type)
		}
	}
	if more := in.Creation["additional_creators"]; has(in.Version, immortalCreators) && more != nil && json.Unmarshal(more, new([]string)) != nil {
		return errBadJSON("additional_creators must be a list of user ids")
	}
	for _, target := range in.Invite {
		if len(target) < 2 || target[0] != '@' {
			return errInvalid("Invalid user_id: " + target)
		}
	}
	return nil
}

func (s *Server) newRoom(version string) *room {
	id := "!" + s.random(14)[:18] + ":" + s.opt.Name
	if has(version, immortalCreators) {
		id = "!" + s.random(32)
	}
	rm := newRoom(id, version)
	s.world.Rooms[id] = rm
	return rm
}

// put appends a state event with the empty key.
func (s *Server) put(rm *room, sender, kind string, content any) {
	s.append(rm, sender, draft{kind: kind, key: new(string), content: must(content)})
}

func (in *newRoomBody) creation(rm *room, me string) json.RawMessage {
	content := map[string]json.RawMessage{}
	for k, v := range in.Creation {
		content[k] = v
	}
	content["room_version"] = must(rm.Version)
	if !has(rm.Version, noCreator) {
		content["creator"] = must(me)
	}
	if has(rm.Version, immortalCreators) && in.Preset == "trusted_private_chat" && len(in.Invite) > 0 {
		var more []string
		_ = json.Unmarshal(content["additional_creators"], &more)
		for _, user := range in.Invite {
			if !slices.Contains(more, user) {
				more = append(more, user)
			}
		}
		content["additional_creators"] = must(more)
	}
	return must(content)
}

func (in *newRoomBody) power(rm *room, me string) map[string]any {
	users := map[string]int{}
	tombstone := 100
	if has(rm.Version, immortalCreators) {
		tombstone = 150
	} else {
		users[me] = 100
		if in.Preset == "trusted_private_chat" {
			for _, user := range in.Invite {
				users[user] = 100
			}
		}
	}
	events := map[string]int{
		"m.room.name": 50, "m.room.power_levels": 100, "m.room.history_visibility": 100,
		"m.room.canonical_alias": 50, "m.room.avatar": 50, "m.room.tombstone": tombstone,
		"m.room.server_acl": 100, "m.room.encryption": 100,
	}
	content := map[string]any{
		"users": users, "users_default": 0, "events_default": 0, "state_default": 50,
		"ban": 50, "kick": 50, "redact": 50, "invite": 0, "historical": 100,
		"events": events,
	}
	if in.Preset == "public_chat" {
		content["invite"] = 50
		events["m.call.invite"] = 50 // a call would ring everyone
	}
	for k, v := range in.Power {
		content[k] = v
	}
	return content
}

// dress gives a new room the state of its preset and of the request; what
// initial_state names takes the place of the preset's.
func (s *Server) dress(rm *room, me string, in *newRoomBody) {
	given := map[string]bool{}
	for _, e := range in.InitialState {
		given[e.Type] = true
	}
	p := presets[in.Preset]
	for _, e := range []struct{ kind, field, value string }{
		{"m.room.join_rules", "join_rule", p.joinRule},
		{"m.room.history_visibility", "history_visibility", p.visibility},
		{"m.room.guest_access", "guest_access", p.guests},
	} {
		if !given[e.kind] && (e.value != "forbidden") {
			s.put(rm, me, e.kind, map[string]string{e.field: e.value})
		}
	}
	for _, e := range in.InitialState {
		s.append(rm, me, draft{kind: e.Type, key: &e.Key, content: e.Content})
	}
	if in.Name != "" {
		s.put(rm, me, "m.room.name", map[string]string{"name": in.Name})
	}
	if in.Topic != "" {
		s.put(rm, me, "m.room.topic", map[string]any{"topic": in.Topic,
			"m.topic": map[string]any{"m.text": []any{map[string]string{"body": in.Topic}}}})
	}
}

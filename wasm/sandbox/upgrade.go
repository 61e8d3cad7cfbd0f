package sandbox

import (
	"encoding/json"
	"slices"
)

// upgrade makes a successor of a room and closes the room (spec: room upgrades, server
// behaviour).
func upgrade(c *call) (any, error) {
	var in struct {
		Version string   `json:"new_version"`
		More    []string `json:"additional_creators"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if in.Version == "" {
		return nil, errMissing("new_version")
	}
	rm, err := c.room()
	if err != nil {
		return nil, err
	}
	me := c.user.ID
	if err := c.s.authorise(rm, me, "m.room.tombstone", new(string), nil); err != nil {
		return nil, err
	}
	var create map[string]json.RawMessage
	_ = json.Unmarshal(rm.create().Content, &create)
	create["predecessor"] = must(map[string]string{"room_id": rm.ID})
	delete(create, "additional_creators")
	if len(in.More) > 0 {
		create["additional_creators"] = must(in.More)
	}
	next, err := c.create(&newRoomBody{Version: in.Version, Creation: create, InitialState: rm.portable()})
	if err != nil {
		return nil, err
	}
	if levels := rm.state("m.room.power_levels", ""); levels != nil {
		c.s.put(next, me, "m.room.power_levels", next.inherited(levels.Content, me))
	}
	c.s.moveAliases(rm, next, me)
	next.Listed, rm.Listed = rm.Listed, false
	c.s.put(rm, me, "m.room.tombstone", map[string]string{"body": "This room has been replaced", "replacement_room": next.ID})
	c.s.silence(rm, me)
	return map[string]string{"replacement_room": next.ID}, nil
}

// portable is the state that an upgrade carries over as it is.
func (rm *room) portable() []stateBody {
	var out []stateBody
	for _, kind := range []string{"m.room.name", "m.room.topic", "m.room.avatar", "m.room.join_rules",
		"m.room.history_visibility", "m.room.guest_access", "m.room.encryption", "m.room.server_acl"} {
		if e := rm.state(kind, ""); e != nil {
			out = append(out, stateBody{Type: kind, Content: e.Content})
		}
	}
	return out
}

// inherited are the power levels of the old room as the version of the new one has
// them: creators are in no list there, and before that whoever made it needs power.
func (rm *room) inherited(content json.RawMessage, me string) json.RawMessage {
	var all map[string]json.RawMessage
	var users, events map[string]int64
	_ = json.Unmarshal(content, &all)
	_ = json.Unmarshal(all["users"], &users)
	_ = json.Unmarshal(all["events"], &events)
	if users == nil {
		users = map[string]int64{}
	}
	if !has(rm.Version, immortalCreators) {
		users[me] = max(users[me], 100)
	} else {
		for _, creator := range rm.creators() {
			delete(users, creator)
		}
		if events != nil {
			events["m.room.tombstone"] = max(events["m.room.tombstone"], 150)
			all["events"] = must(events)
		}
	}
	all["users"] = must(users)
	return must(all)
}

// moveAliases lets the new room go by the old one's addresses.
func (s *Server) moveAliases(from, to *room, me string) {
	for _, a := range s.world.Aliases {
		if a.Room == from.ID {
			a.Room = to.ID
		}
	}
	if e := from.state("m.room.canonical_alias", ""); e != nil {
		s.put(to, me, "m.room.canonical_alias", e.Content)
		s.put(from, me, "m.room.canonical_alias", map[string]string{})
	}
}

// silence keeps most from writing to a room that was replaced, and from inviting.
func (s *Server) silence(rm *room, me string) {
	e := rm.state("m.room.power_levels", "")
	if e == nil {
		return
	}
	var all map[string]json.RawMessage
	_ = json.Unmarshal(e.Content, &all)
	p := rm.powers()
	least := max(50, p.usersDefault+1)
	for name, now := range map[string]int64{"events_default": p.eventsDefault, "invite": p.invite} {
		if now < least {
			all[name] = must(least)
		}
	}
	if content := must(all); p.of(me) >= p.need("m.room.power_levels", true) && p.mayChange(me, content) == nil && !slices.Equal(content, e.Content) {
		s.put(rm, me, "m.room.power_levels", content)
	}
}

package sandbox

import (
	"net/http"
	"strings"
)

func roomRoutes(t *routes) {
	t.add("POST", v3+"createRoom", createRoom)
	t.add("GET", v3+"joined_rooms", joinedRooms)
	t.add("POST", v3+"join/{room}", join)
	t.add("POST", v3+"knock/{room}", knock)
	for name, handle := range map[string]func(*call) (any, error){
		"join": join, "leave": leave, "invite": invite, "kick": kick, "ban": ban, "unban": unban, "forget": forget,
	} {
		t.add("POST", v3+"rooms/{room}/"+name, handle)
	}
	t.add("POST", v3+"rooms/{room}/upgrade", upgrade)
	t.add("PUT", v3+"rooms/{room}/send/{type}/{txn}", sendEvent)
	t.add("PUT", v3+"rooms/{room}/redact/{event}/{txn}", redactEvent)
	t.add("PUT", v3+"rooms/{room}/state/{type}/{key}", setState)
	t.add("PUT", v3+"rooms/{room}/state/{type}/", setState)
	t.add("PUT", v3+"rooms/{room}/state/{type}", setState)
	t.add("GET", v3+"rooms/{room}/state/{type}/{key}", getState)
	t.add("GET", v3+"rooms/{room}/state/{type}/", getState)
	t.add("GET", v3+"rooms/{room}/state/{type}", getState)
	t.add("GET", v3+"rooms/{room}/state", allState)
	t.add("GET", v3+"rooms/{room}/members", members)
	t.add("GET", v3+"rooms/{room}/joined_members", joinedMembers)
	t.add("GET", v3+"rooms/{room}/aliases", roomAliases)
	t.public("GET", v3+"directory/room/{alias}", resolveAlias)
	t.add("PUT", v3+"directory/room/{alias}", addAlias)
	t.add("DELETE", v3+"directory/room/{alias}", removeAlias)
	t.public("GET", v3+"directory/list/room/{room}", listed)
	t.add("PUT", v3+"directory/list/room/{room}", setListed)
	t.public("GET", v3+"publicRooms", publicRooms)
	t.add("POST", v3+"publicRooms", publicRooms)
	t.add("GET", v1+"rooms/{room}/hierarchy", hierarchy)
	t.add("GET", v1+"room_summary/{room}", roomSummary)
}

// membershipBody is the body of the requests that change a membership.
type membershipBody struct {
	User   string `json:"user_id"`
	Reason string `json:"reason"`
}

// renew appends a member event that says something new, though it may be the
// membership of before.
func (s *Server) renew(rm *room, sender, target, want, reason string) {
	more := map[string]any{"reason": reason}
	old := rm.state("m.room.member", target)
	if old == nil || old.Sender != sender || !same(old.Content, must(s.member(target, want, more))) {
		s.setMembership(rm, sender, target, want, more)
	}
}

// setMembership appends a member event. more adds to its content.
func (s *Server) setMembership(rm *room, sender, target, want string, more map[string]any) *event {
	if want == "join" || want == "invite" {
		delete(rm.Forgotten, target)
	}
	if want != "join" {
		delete(rm.typing, target)
	}
	return s.append(rm, sender, draft{kind: "m.room.member", key: &target, content: must(s.member(target, want, more))})
}

// member is the content of a member event.
func (s *Server) member(target, want string, more map[string]any) map[string]any {
	content := map[string]any{"membership": want}
	if want == "join" || want == "invite" || want == "knock" {
		if u := s.world.Users[target]; u != nil {
			u.describe(content)
		}
	}
	for k, v := range more {
		if v != "" {
			content[k] = v
		}
	}
	return content
}

// describe adds the user's name and avatar to a member event's content.
func (u *user) describe(content map[string]any) {
	for field, name := range map[string]string{"displayname": "displayname", "avatar_url": "avatar_url"} {
		if text := u.text(field); text != "" {
			content[name] = text
		}
	}
}

// find resolves a room id or an alias.
func (s *Server) find(name string) (*room, error) {
	if strings.HasPrefix(name, "#") {
		a := s.world.Aliases[name]
		if a == nil {
			return nil, errNotFound("Room alias " + name + " not found")
		}
		name = a.Room
	}
	if rm := s.world.Rooms[name]; rm != nil {
		return rm, nil
	}
	return nil, errNotFound("Can't join remote room because no servers that are in the room have been provided.")
}

// enter is what join and knock share.
func (c *call) enter(want string) (any, error) {
	var in membershipBody
	if err := c.json(&in); err != nil {
		return nil, err
	}
	rm, err := c.s.find(c.vars["room"])
	if err != nil {
		return nil, err
	}
	me := c.user.ID
	if err := c.s.authoriseMember(rm, me, me, want); err != nil {
		return nil, err
	}
	c.s.renew(rm, me, me, want, in.Reason)
	return map[string]string{"room_id": rm.ID}, nil
}

func join(c *call) (any, error)  { return c.enter("join") }
func knock(c *call) (any, error) { return c.enter("knock") }

func leave(c *call) (any, error) {
	var in membershipBody
	if err := c.json(&in); err != nil {
		return nil, err
	}
	rm := c.s.world.Rooms[c.vars["room"]]
	if rm == nil {
		return nil, errNotFound("Not a known room")
	}
	me := c.user.ID
	if err := c.s.authoriseMember(rm, me, me, "leave"); err != nil {
		return nil, err
	}
	c.s.setMembership(rm, me, me, "leave", map[string]any{"reason": in.Reason})
	return nil, nil
}

// change is what invite, kick, ban and unban share.
func (c *call) change(want string, allowed func(was string) bool, refusal string) (any, error) {
	var in membershipBody
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if in.User == "" {
		return nil, errMissing("user_id")
	}
	if !strings.HasPrefix(in.User, "@") || !strings.Contains(in.User, ":") {
		return nil, errInvalid("Invalid user_id")
	}
	rm, err := c.room()
	if err != nil {
		return nil, err
	}
	if !allowed(rm.membership(in.User)) {
		return nil, errState(refusal)
	}
	if err := c.s.authoriseMember(rm, c.user.ID, in.User, want); err != nil {
		return nil, err
	}
	c.s.renew(rm, c.user.ID, in.User, want, in.Reason)
	return nil, nil
}

func invite(c *call) (any, error) {
	return c.change("invite", func(string) bool { return true }, "")
}

func kick(c *call) (any, error) {
	return c.change("leave", func(was string) bool { return was != "ban" }, "The target user is banned")
}

func ban(c *call) (any, error) {
	return c.change("ban", func(string) bool { return true }, "")
}

func unban(c *call) (any, error) {
	return c.change("leave", func(was string) bool { return was == "ban" }, "The target user is not banned")
}

func forget(c *call) (any, error) {
	rm := c.s.world.Rooms[c.vars["room"]]
	if rm == nil || rm.membership(c.user.ID) == "" {
		return nil, errUnknown("User " + c.user.ID + " has no membership in the room")
	}
	switch rm.membership(c.user.ID) {
	case "leave", "ban":
		rm.Forgotten[c.user.ID] = true
		c.s.next()
		return nil, nil
	}
	return nil, fail(http.StatusBadRequest, "M_UNKNOWN", "User "+c.user.ID+" in room "+rm.ID)
}

func joinedRooms(c *call) (any, error) {
	ids := []string{}
	for _, id := range sorted(c.user.rooms) {
		if c.user.rooms[id].membership(c.user.ID) == "join" {
			ids = append(ids, id)
		}
	}
	return map[string]any{"joined_rooms": ids}, nil
}

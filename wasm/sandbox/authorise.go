package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
)

// authorise says whether a user may send an event into a room as it is now
// (the authorisation rules of room versions, as far as clients meet them).
func (s *Server) authorise(rm *room, sender, kind string, key *string, content json.RawMessage) error {
	if rm.membership(sender) != "join" {
		return errForbidden("User " + sender + " not in room " + rm.ID)
	}
	p := rm.powers()
	if p.of(sender) < p.need(kind, key != nil) {
		return errForbidden("You don't have permission to post that to the room. " + kind)
	}
	if key != nil && strings.HasPrefix(*key, "@") && *key != sender {
		return errForbidden("You are not allowed to set others state")
	}
	if kind == "m.room.power_levels" && key != nil {
		return p.mayChange(sender, content)
	}
	if kind == "m.room.create" {
		return errForbidden("Room already has a create event")
	}
	return nil
}

// authoriseMember says whether a user may give a user a membership.
func (s *Server) authoriseMember(rm *room, sender, target, want string) error {
	was, own, p := rm.membership(target), rm.membership(sender), rm.powers()
	level, other := p.of(sender), p.of(target)
	switch want {
	case "join":
		return s.mayJoin(rm, target, was)
	case "knock":
		return mayKnock(rm, was)
	case "invite":
		switch {
		case own != "join":
			return errForbidden(sender + " not in room " + rm.ID + ".")
		case was == "ban":
			return errState(target + " is banned from the room.")
		case was == "join":
			return errForbidden(target + " is already in the room.")
		case level < p.invite:
			return errForbidden("You don't have permission to invite users")
		}
		return s.mayInvite(target)
	case "leave":
		return mayLeave(sender, target, was, own, level, other, p)
	case "ban":
		if own != "join" || level < p.ban || other >= level {
			return errForbidden("You don't have permission to ban")
		}
		return nil
	}
	return errBadJSON("Invalid membership")
}

func mayLeave(sender, target, was, own string, level, other int64, p *powers) error {
	if sender == target {
		if was == "join" || was == "invite" || was == "knock" {
			return nil
		}
		return errForbidden("User " + target + " not in room")
	}
	switch {
	case own != "join":
		return errForbidden(sender + " not in room.")
	case was == "ban":
		if level < p.ban || level < p.kick {
			return errForbidden("You cannot unban user " + target + ".")
		}
		return nil
	case was != "join" && was != "invite" && was != "knock":
		return errForbidden("The target user is not in the room")
	case level < p.kick || other >= level:
		return errForbidden("You cannot kick user " + target + ".")
	}
	return nil
}

func (s *Server) mayJoin(rm *room, user, was string) error {
	if was == "ban" {
		return errState("You are banned from this room")
	}
	if was == "join" || was == "invite" {
		return nil
	}
	switch rm.joinRule() {
	case "public":
		return nil
	case "restricted", "knock_restricted":
		if s.allowedBy(rm, user) {
			return nil
		}
	}
	return errForbidden("You are not invited to this room.")
}

func mayKnock(rm *room, was string) error {
	rule := rm.joinRule()
	switch {
	case !has(rm.Version, knocking) || rule != "knock" && rule != "knock_restricted":
		return errForbidden("You don't have permission to knock")
	case was == "ban":
		return errForbidden("You cannot knock on this room")
	case was == "join" || was == "invite":
		return errForbidden("You cannot knock on this room")
	}
	return nil
}

func (rm *room) joinRule() string {
	if rule := rm.stringField("m.room.join_rules", "join_rule"); rule != "" {
		return rule
	}
	return "invite"
}

// allowedBy evaluates the allow rules of a restricted room (FEATURES 2-06).
func (s *Server) allowedBy(rm *room, user string) bool {
	for _, id := range rm.allowed() {
		if other := s.world.Rooms[id]; other != nil && other.membership(user) == "join" {
			return true
		}
	}
	return false
}

// allowed are the rooms whose members a restricted room lets in.
func (rm *room) allowed() []string {
	var rules []struct {
		Type string `json:"type"`
		Room string `json:"room_id"`
	}
	_ = json.Unmarshal(rm.raw("m.room.join_rules", "allow"), &rules)
	var ids []string
	for _, r := range rules {
		if r.Type == "m.room_membership" {
			ids = append(ids, r.Room)
		}
	}
	return ids
}

// mayInvite is nil unless a user blocks invitations (MSC4380).
func (s *Server) mayInvite(target string) error {
	u := s.world.Users[target]
	if u == nil || u.AccountData["m.invite_permission_config"] == nil {
		return nil
	}
	var config struct {
		Default any `json:"default_action"`
	}
	_ = json.Unmarshal(u.AccountData["m.invite_permission_config"].Content, &config)
	if config.Default != "block" {
		return nil
	}
	return fail(http.StatusForbidden, "M_INVITE_BLOCKED", "You are not permitted to invite this user.")
}

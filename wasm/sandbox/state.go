package sandbox

import (
	"encoding/json"
	"net/http"
)

// seat is where a user stands in a room: as whom, and up to which position the
// user sees its state.
type seat struct {
	room *room
	pos  int64
}

// seat returns the place of a user who is or was in the room of the path.
func (c *call) seat() (seat, error) {
	rm := c.s.world.Rooms[c.vars["room"]]
	if rm != nil {
		switch rm.membership(c.user.ID) {
		case "join":
			return seat{rm, c.s.world.Pos}, nil
		case "leave", "ban":
			if pos, was := rm.left(c.user.ID); was && !rm.Forgotten[c.user.ID] {
				return seat{rm, pos}, nil
			}
		}
		if rm.visibilityAt(c.s.world.Pos) == "world_readable" {
			return seat{rm, c.s.world.Pos}, nil
		}
	}
	return seat{}, errForbidden("User " + c.user.ID + " not in room " + c.vars["room"])
}

// left returns where a user who was joined once left the room.
func (rm *room) left(user string) (int64, bool) {
	all := rm.history[stateKey{"m.room.member", user}]
	for i := len(all) - 1; i > 0; i-- {
		if all[i-1].membership() == "join" && all[i].membership() != "join" {
			return all[i].Pos, true
		}
	}
	return 0, false
}

func getState(c *call) (any, error) {
	at, err := c.seat()
	if err != nil {
		return nil, err
	}
	e := at.room.stateAt(c.vars["type"], c.vars["key"], at.pos)
	if e == nil {
		return nil, errNotFound("Event not found.")
	}
	if c.q.Get("format") == "event" {
		return c.lens().event(at.room, e), nil
	}
	return e.Content, nil
}

func allState(c *call) (any, error) {
	at, err := c.seat()
	if err != nil {
		return nil, err
	}
	return c.lens().events(at.room, at.room.stateBetween(0, at.pos)), nil
}

// members answers with member events now or at a position, filtered.
func members(c *call) (any, error) {
	at, err := c.seat()
	if err != nil {
		return nil, err
	}
	pos, err := c.position("at", at.pos)
	if err != nil {
		return nil, err
	}
	want, not := c.q.Get("membership"), c.q.Get("not_membership")
	chunk := []clientEvent{}
	for _, e := range at.room.stateBetween(0, min(pos, at.pos)) {
		m := e.membership()
		if e.Type == "m.room.member" && (want == "" || m == want) && (not == "" || m != not) {
			chunk = append(chunk, c.lens().event(at.room, e))
		}
	}
	return map[string]any{"chunk": chunk}, nil
}

func joinedMembers(c *call) (any, error) {
	rm, err := c.room()
	if err != nil {
		return nil, err
	}
	if rm.membership(c.user.ID) != "join" {
		return nil, errForbidden("User " + c.user.ID + " not in room " + rm.ID)
	}
	joined := map[string]map[string]json.RawMessage{}
	for _, e := range rm.members("join") {
		var content map[string]json.RawMessage
		_ = json.Unmarshal(e.Content, &content)
		who := map[string]json.RawMessage{}
		for from, to := range map[string]string{"displayname": "display_name", "avatar_url": "avatar_url"} {
			if content[from] != nil {
				who[to] = content[from]
			}
		}
		joined[*e.StateKey] = who
	}
	return map[string]any{"joined": joined}, nil
}

// roomAlias is one alias of a room.
type roomAlias struct {
	Room    string `json:"room"`
	Creator string `json:"creator"`
}

// checkAliases refuses a canonical alias that does not lead to the room.
func (s *Server) checkAliases(rm *room, content json.RawMessage) error {
	var in struct {
		Alias string   `json:"alias"`
		Alt   []string `json:"alt_aliases"`
	}
	if json.Unmarshal(content, &in) != nil {
		return errInvalid("Aliases must be strings")
	}
	for _, alias := range append(in.Alt, in.Alias) {
		if a := s.world.Aliases[alias]; alias != "" && (a == nil || a.Room != rm.ID) {
			return fail(http.StatusBadRequest, "M_BAD_ALIAS", "Room alias "+alias+" does not point to the room")
		}
	}
	return nil
}

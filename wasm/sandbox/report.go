package sandbox

// Reports go nowhere: the sandbox has no administrators. What is reported must be
// there, as far as servers say so (spec: reporting content).

func reportUser(c *call) (any, error) {
	if c.s.world.Users[c.vars["user"]] == nil {
		return nil, errNotFound("User not found")
	}
	return nil, c.reason()
}

func reportRoom(c *call) (any, error) {
	if c.s.world.Rooms[c.vars["room"]] == nil {
		return nil, errNotFound("Room not found")
	}
	return nil, c.reason()
}

func reportEvent(c *call) (any, error) {
	rm := c.s.world.Rooms[c.vars["room"]]
	if rm == nil || rm.membership(c.user.ID) != "join" || rm.byID[c.vars["event"]] == nil {
		return nil, errNotFound("Unable to report event: it does not exist or you aren't able to see it.")
	}
	return nil, c.reason()
}

// reason checks that the body has a reason, which may be empty.
func (c *call) reason() error {
	var in struct {
		Reason *string `json:"reason"`
	}
	if err := c.json(&in); err != nil {
		return err
	}
	if in.Reason == nil {
		return errMissing("reason")
	}
	return nil
}

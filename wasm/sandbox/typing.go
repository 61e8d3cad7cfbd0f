package sandbox

import "time"

func setTyping(c *call) (any, error) {
	var in struct {
		Typing  bool  `json:"typing"`
		Timeout int64 `json:"timeout"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if c.vars["user"] != c.user.ID {
		return nil, errForbidden("Cannot set another user's typing state")
	}
	rm, err := c.inside()
	if err != nil {
		return nil, err
	}
	_, was := rm.typing[c.user.ID]
	if in.Typing {
		if in.Timeout <= 0 {
			in.Timeout = 30000
		}
		rm.typing[c.user.ID] = c.s.opt.Now().Add(time.Duration(min(in.Timeout, 120000)) * time.Millisecond)
	} else {
		delete(rm.typing, c.user.ID)
	}
	if was != in.Typing {
		rm.typingPos = c.s.next()
	}
	return nil, nil
}

// stopTyping ends the typing of those whose time is over.
func (s *Server) stopTyping() {
	now := s.opt.Now()
	for _, rm := range s.world.Rooms {
		for user, until := range rm.typing {
			if !until.After(now) {
				delete(rm.typing, user)
				rm.typingPos = s.next()
			}
		}
	}
}

// typingStops fires when the next typing runs out; nil never does.
func (s *Server) typingStops() <-chan time.Time {
	var first time.Time
	for _, rm := range s.world.Rooms {
		for _, until := range rm.typing {
			if first.IsZero() || until.Before(first) {
				first = until
			}
		}
	}
	if first.IsZero() {
		return nil
	}
	return s.opt.After(first.Sub(s.opt.Now()))
}

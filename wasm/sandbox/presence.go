package sandbox

import "time"

// presence is whether a user is there.
type presence struct {
	State  string `json:"state"`
	Status string `json:"status,omitempty"`
	Active int64  `json:"active"`
	Pos    int64  `json:"pos"`
}

// seen notes what a sync says of its user's presence.
func (s *Server) seen(u *user, state string) {
	if state == "" {
		state = "online"
	}
	if state != "offline" {
		u.Presence.Active = s.now()
		if u.Presence.State != state {
			u.Presence.State, u.Presence.Pos = state, s.next()
		}
	}
}

// away is after which time without a sync a user counts as offline.
const away = time.Minute

// fade takes those offline who have not synced for a while.
func (s *Server) fade() {
	for _, u := range s.world.Users {
		p := &u.Presence
		if (p.State == "online" || p.State == "unavailable") && s.now()-p.Active > away.Milliseconds() {
			p.State, p.Pos = "offline", s.next()
		}
	}
}

func (s *Server) presenceContent(u *user) map[string]any {
	p := u.Presence
	if p.State == "" {
		p.State = "offline"
	}
	out := map[string]any{"presence": p.State}
	if p.Status != "" {
		out["status_msg"] = p.Status
	}
	if p.Active > 0 {
		out["last_active_ago"] = max(0, s.now()-p.Active)
	}
	if p.State == "online" {
		out["currently_active"] = true
	}
	return out
}

func getPresence(c *call) (any, error) {
	u := c.s.world.Users[c.vars["user"]]
	if u == nil || u != c.user && !u.shares(c.user.ID) {
		return nil, errForbidden("You are not allowed to see their presence.")
	}
	return c.s.presenceContent(u), nil
}

func setPresence(c *call) (any, error) {
	var in struct {
		State  string `json:"presence"`
		Status string `json:"status_msg"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if c.vars["user"] != c.user.ID {
		return nil, errForbidden("Can only set your own presence")
	}
	switch in.State {
	case "online", "unavailable", "offline":
	default:
		return nil, errUnknown("Invalid presence state")
	}
	c.user.Presence = presence{in.State, in.Status, c.s.now(), c.s.next()}
	return nil, nil
}

// presence lists the changes of users that share a room, and what holds for
// those that began to share one.
func (y *syncing) presence() []any {
	var out []any
	for _, id := range sorted(y.c.s.world.Users) {
		u := y.c.s.world.Users[id]
		news := u.Presence.Pos > y.since || u.Presence.Pos > 0 && u.meets(y.c.user.ID, y.since)
		if !news || !y.f.Presence.takes("m.presence", id, "") {
			continue
		}
		if u == y.c.user || u.shares(y.c.user.ID) {
			out = append(out, plain{Type: "m.presence", Sender: id, Content: must(y.c.s.presenceContent(u))})
		}
	}
	return out
}

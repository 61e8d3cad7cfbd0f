package sandbox

import "net/http"

// auth is the auth member of a request under user-interactive authentication.
type auth struct {
	Type       string     `json:"type"`
	Session    string     `json:"session"`
	Password   string     `json:"password"`
	User       string     `json:"user"`
	Identifier identifier `json:"identifier"`
}

type identifier struct {
	Type string `json:"type"`
	User string `json:"user"`
}

// interact runs one stage of user-interactive authentication. It returns nil
// when the request may go on.
func (c *call) interact(stage string, a *auth) error {
	if a == nil || a.Type == "" {
		return c.challenge(stage, "", "")
	}
	if a.Session != "" {
		owner, known := c.s.uia[a.Session]
		if !known || owner != c.userID() {
			return errUnknown("Unknown session ID: " + a.Session)
		}
	}
	if a.Type != stage {
		return c.challenge(stage, "M_UNRECOGNIZED", "Unknown stage")
	}
	if stage == "m.login.password" {
		who := c.s.world.Users[c.s.fullID(a.Identifier.User+a.User)]
		if who != c.user || !who.hasPassword(a.Password) {
			return c.challenge(stage, "M_FORBIDDEN", "Invalid username or password")
		}
	}
	delete(c.s.uia, a.Session)
	return nil
}

func (c *call) challenge(stage, code, message string) error {
	session := c.s.random(18)
	c.s.uia[session] = c.userID()
	more := map[string]any{
		"session": session, "params": struct{}{},
		"flows": []any{map[string]any{"stages": []string{stage}}},
	}
	if code != "" { // a stage failed
		more["completed"] = []string{}
	}
	return &matrixError{http.StatusUnauthorized, code, message, more}
}

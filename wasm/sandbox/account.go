package sandbox

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
)

func accountRoutes(t *routes) {
	t.public("GET", "/_matrix/client/versions", versions)
	t.public("GET", "/.well-known/matrix/client", wellKnown)
	t.public("GET", v3+"login", loginFlows)
	t.public("POST", v3+"login", logIn)
	t.public("POST", v3+"register", register)
	t.public("GET", v3+"register/available", available)
	t.add("POST", v3+"logout", logOut)
	t.add("POST", v3+"logout/all", logOutAll)
	t.add("GET", v3+"account/whoami", whoAmI)
	t.add("POST", v3+"account/password", changePassword)
	t.add("POST", v3+"account/deactivate", deactivate)
	t.add("GET", v3+"capabilities", capabilities)
	t.add("GET", v3+"account/3pid", func(*call) (any, error) { return map[string]any{"threepids": []any{}}, nil })
	t.add("GET", v3+"voip/turnServer", func(*call) (any, error) { return struct{}{}, nil })
	t.add("GET", v3+"thirdparty/protocols", func(*call) (any, error) { return struct{}{}, nil })
}

func versions(*call) (any, error) {
	known := []string{"v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9", "v1.10", "v1.11",
		"v1.12", "v1.13", "v1.14", "v1.15", "v1.16"}
	return map[string]any{"versions": known, "unstable_features": map[string]bool{"org.matrix.msc4380.stable": true}}, nil
}

func wellKnown(c *call) (any, error) {
	base := c.s.opt.BaseURL
	if base == "" {
		base = "http://" + c.r.Host
		if c.r.TLS != nil || c.r.URL.Scheme == "https" {
			base = "https://" + c.r.Host
		}
	}
	return map[string]any{"m.homeserver": map[string]string{"base_url": base}}, nil
}

func capabilities(c *call) (any, error) {
	stable := map[string]string{}
	for _, v := range roomVersions {
		stable[v] = "stable"
	}
	on := map[string]bool{"enabled": true}
	return map[string]any{"capabilities": map[string]any{
		"m.room_versions":   map[string]any{"default": c.s.opt.RoomVersion, "available": stable},
		"m.change_password": on, "m.set_displayname": on, "m.set_avatar_url": on, "m.profile_fields": on,
		"m.3pid_changes": map[string]bool{"enabled": false}, "m.get_login_token": map[string]bool{"enabled": false},
	}}, nil
}

func loginFlows(*call) (any, error) {
	return map[string]any{"flows": []any{map[string]string{"type": "m.login.password"}}}, nil
}

func (c *call) userID() string {
	if c.user == nil {
		return ""
	}
	return c.user.ID
}

var localpart = regexp.MustCompile(`^[a-z0-9._=/+-]+$`)

func (s *Server) checkName(name string) error {
	if !localpart.MatchString(name) || len(s.userID(name)) > 255 {
		return fail(http.StatusBadRequest, "M_INVALID_USERNAME", "User ID can only contain characters a-z, 0-9, or '=_-./+'")
	}
	if s.world.Users[s.userID(name)] != nil {
		return fail(http.StatusBadRequest, "M_USER_IN_USE", "User ID already taken.")
	}
	return nil
}

func (s *Server) userID(local string) string { return "@" + local + ":" + s.opt.Name }

// fullID accepts a localpart or a whole user id.
func (s *Server) fullID(name string) string {
	if strings.HasPrefix(name, "@") {
		return name
	}
	return s.userID(strings.ToLower(name))
}

func available(c *call) (any, error) {
	return map[string]bool{"available": true}, c.s.checkName(c.q.Get("username"))
}

func register(c *call) (any, error) {
	var in struct {
		Username string `json:"username"`
		Password string `json:"password"`
		DeviceID string `json:"device_id"`
		Name     string `json:"initial_device_display_name"`
		NoLogin  bool   `json:"inhibit_login"`
		Auth     *auth  `json:"auth"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if c.q.Get("kind") == "guest" {
		return nil, errForbidden("Guest access is disabled")
	}
	name := strings.ToLower(in.Username)
	if name == "" {
		name = strings.ToLower(c.s.hexID())
	}
	if err := c.s.checkName(name); err != nil {
		return nil, err
	}
	if err := c.interact("m.login.dummy", in.Auth); err != nil {
		return nil, err
	}
	u := c.s.addUser(name, in.Password)
	out := map[string]string{"user_id": u.ID, "home_server": c.s.opt.Name}
	if !in.NoLogin {
		c.s.open(u, in.DeviceID, in.Name, out)
	}
	return out, nil
}

func (s *Server) addUser(name, password string) *user {
	u := newUser(s.userID(name))
	u.Profile["displayname"] = must(name)
	u.setPassword(password, []byte(s.random(12)))
	s.world.Users[u.ID] = u
	u.AccountData["m.push_rules"] = &datum{Pos: s.next(), Content: defaultPushRules(u.ID)}
	return u
}

// hexID is a random name that is safe in a localpart.
func (s *Server) hexID() string { return hex.EncodeToString([]byte(s.random(6))) }

func (u *user) setPassword(password string, salt []byte) {
	u.Salt, u.Hash = salt, stretch(password, salt)
}

func (u *user) hasPassword(password string) bool {
	return u != nil && len(u.Hash) > 0 && subtle.ConstantTimeCompare(u.Hash, stretch(password, u.Salt)) == 1
}

// stretch is deliberately cheap: a sandbox keeps no secret worth a slow login.
func stretch(password string, salt []byte) []byte {
	key, err := pbkdf2.Key(sha256.New, password, salt, 1000, 32)
	if err != nil {
		return nil
	}
	return key
}

func logIn(c *call) (any, error) {
	var in struct {
		Type       string     `json:"type"`
		Identifier identifier `json:"identifier"`
		User       string     `json:"user"`
		Password   string     `json:"password"`
		DeviceID   string     `json:"device_id"`
		Name       string     `json:"initial_device_display_name"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	switch in.Type {
	case "m.login.password":
	case "":
		return nil, errMissing("type")
	default:
		return nil, errUnknown("Unknown login type " + in.Type)
	}
	u := c.s.world.Users[c.s.fullID(in.Identifier.User+in.User)]
	if !u.hasPassword(in.Password) {
		return nil, errForbidden("Invalid username or password")
	}
	out := map[string]string{"user_id": u.ID, "home_server": c.s.opt.Name}
	c.s.open(u, in.DeviceID, in.Name, out)
	return out, nil
}

// open logs a device in and adds its id and token to the answer. A device that
// logs in again keeps its keys and loses its old token.
func (s *Server) open(u *user, id, name string, out map[string]string) {
	if id == "" {
		id = strings.ToUpper(s.hexID()[:10])
	}
	d := u.Devices[id]
	if d == nil {
		d = &device{ID: id, User: u.ID, Name: name}
		u.Devices[id] = d
		u.Keys.Pos = s.next()
	}
	delete(s.world.tokens, d.Token)
	secret := "sandbox_" + s.random(24)
	d.Token, d.Txns, d.LastSeen = hash(secret), map[string]any{}, s.now()
	s.world.tokens[d.Token] = d
	out["device_id"], out["access_token"] = id, secret
	s.next()
}

// hash is what the server keeps of a token, so that a snapshot opens nothing.
func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// login finds the device of the request's token.
func (c *call) login() error {
	secret := bearer(c.r)
	if secret == "" {
		return fail(http.StatusUnauthorized, "M_MISSING_TOKEN", "Missing access token")
	}
	d := c.s.world.tokens[hash(secret)]
	if d == nil {
		return &matrixError{http.StatusUnauthorized, "M_UNKNOWN_TOKEN", "Invalid access token passed.",
			map[string]any{"soft_logout": false}}
	}
	d.LastSeen = c.s.now()
	c.user, c.device = c.s.world.Users[d.User], d
	return nil
}

func whoAmI(c *call) (any, error) {
	return map[string]any{"user_id": c.user.ID, "device_id": c.device.ID, "is_guest": false}, nil
}

func logOut(c *call) (any, error) {
	c.s.drop(c.user, c.device.ID)
	return nil, nil
}

func logOutAll(c *call) (any, error) {
	for id := range c.user.Devices {
		c.s.drop(c.user, id)
	}
	return nil, nil
}

// drop ends a device: its token, its keys, what waits for it.
func (s *Server) drop(u *user, id string) {
	if d := u.Devices[id]; d != nil {
		delete(s.world.tokens, d.Token)
		delete(u.Devices, id)
		delete(u.Keys.Signatures, id)
		u.Keys.Pos = s.next()
	}
}

func changePassword(c *call) (any, error) {
	var in struct {
		New    string `json:"new_password"`
		Logout *bool  `json:"logout_devices"`
		Auth   *auth  `json:"auth"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if err := c.interact("m.login.password", in.Auth); err != nil {
		return nil, err
	}
	c.user.setPassword(in.New, []byte(c.s.random(12)))
	for id := range c.user.Devices {
		if id != c.device.ID && (in.Logout == nil || *in.Logout) {
			c.s.drop(c.user, id)
		}
	}
	c.s.next()
	return nil, nil
}

func deactivate(c *call) (any, error) {
	var in struct {
		Auth *auth `json:"auth"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if err := c.interact("m.login.password", in.Auth); err != nil {
		return nil, err
	}
	for _, id := range sorted(c.user.rooms) {
		if rm := c.user.rooms[id]; rm.membership(c.user.ID) == "join" {
			c.s.setMembership(rm, c.user.ID, c.user.ID, "leave", nil)
		}
	}
	c.user.Hash = nil
	_, _ = logOutAll(c)
	return map[string]string{"id_server_unbind_result": "no-support"}, nil
}

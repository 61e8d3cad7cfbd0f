package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
)

func personRoutes(t *routes) {
	t.public("GET", v3+"profile/{user}", getProfile)
	t.public("GET", v3+"profile/{user}/{field}", getProfile)
	t.add("PUT", v3+"profile/{user}/{field}", setProfile)
	t.add("DELETE", v3+"profile/{user}/{field}", setProfile)
	t.add("GET", v3+"user/{user}/account_data/{type}", getData)
	t.add("PUT", v3+"user/{user}/account_data/{type}", setData)
	t.add("GET", v3+"user/{user}/rooms/{room}/account_data/{type}", getData)
	t.add("PUT", v3+"user/{user}/rooms/{room}/account_data/{type}", setData)
	t.add("GET", v3+"user/{user}/rooms/{room}/tags", tags)
	t.add("PUT", v3+"user/{user}/rooms/{room}/tags/{tag}", setTag)
	t.add("DELETE", v3+"user/{user}/rooms/{room}/tags/{tag}", setTag)
	t.add("GET", v3+"presence/{user}/status", getPresence)
	t.add("PUT", v3+"presence/{user}/status", setPresence)
	t.add("POST", v3+"user_directory/search", searchUsers)
	t.add("POST", v3+"users/{user}/report", reportUser)
	t.add("POST", v3+"rooms/{room}/report", reportRoom)
	t.add("POST", v3+"rooms/{room}/report/{event}", reportEvent)
	pushRoutes(t)
}

func getProfile(c *call) (any, error) {
	u := c.s.world.Users[c.vars["user"]]
	if u == nil {
		return nil, errNotFound("Profile was not found")
	}
	field, one := c.vars["field"]
	if !one {
		return u.Profile, nil
	}
	if u.Profile[field] == nil {
		if field == "displayname" || field == "avatar_url" {
			return struct{}{}, nil
		}
		return nil, errNotFound("Profile field not found")
	}
	return map[string]json.RawMessage{field: u.Profile[field]}, nil
}

// setProfile changes one field, and the member events of the user where it
// shows in rooms.
func setProfile(c *call) (any, error) {
	if c.vars["user"] != c.user.ID {
		return nil, errForbidden("Cannot set another user's profile")
	}
	field := c.vars["field"]
	var in map[string]json.RawMessage
	if err := c.json(&in); err != nil {
		return nil, err
	}
	value := in[field]
	if c.r.Method == http.MethodPut && value == nil {
		return nil, errMissing(field)
	}
	shown := field == "displayname" || field == "avatar_url"
	if shown && value != nil && json.Unmarshal(value, new(string)) != nil {
		return nil, errBadJSON(field + " must be a string")
	}
	if c.user.Profile[field] = value; value == nil || string(value) == `""` {
		delete(c.user.Profile, field)
	}
	c.s.next()
	if shown {
		c.s.spread(c.user)
	}
	return nil, nil
}

// spread tells every joined room the user's name and avatar.
func (s *Server) spread(u *user) {
	for _, id := range sorted(u.rooms) {
		rm := u.rooms[id]
		if old := rm.state("m.room.member", u.ID); old.membership() == "join" {
			var content map[string]any
			_ = json.Unmarshal(old.Content, &content)
			delete(content, "displayname")
			delete(content, "avatar_url")
			u.describe(content)
			s.append(rm, u.ID, draft{kind: "m.room.member", key: &u.ID, content: must(content)})
		}
	}
}

// data returns the account data that the path means: the user's, or of a room.
func (c *call) data() (map[string]*datum, error) {
	if c.vars["user"] != c.user.ID {
		return nil, errForbidden("Cannot touch account data of other users")
	}
	id, ofRoom := c.vars["room"]
	if !ofRoom {
		return c.user.AccountData, nil
	}
	if !strings.HasPrefix(id, "!") {
		return nil, errInvalid(id + " is not a valid room ID")
	}
	if c.user.RoomData[id] == nil {
		c.user.RoomData[id] = map[string]*datum{}
	}
	return c.user.RoomData[id], nil
}

func getData(c *call) (any, error) {
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	if d := all[c.vars["type"]]; d != nil {
		return d.Content, nil
	}
	return nil, errNotFound("Account data not found")
}

func setData(c *call) (any, error) {
	kind := c.vars["type"]
	if kind == "m.fully_read" || kind == "m.push_rules" {
		return nil, fail(http.StatusMethodNotAllowed, "M_BAD_JSON", "Cannot set "+kind+" through this API.")
	}
	content, err := c.object()
	if err != nil {
		return nil, err
	}
	all, err := c.data()
	if err != nil {
		return nil, err
	}
	all[kind] = &datum{c.s.next(), content}
	return nil, nil
}

func (s *Server) setRoomData(u *user, room, kind string, content json.RawMessage) {
	if u.RoomData[room] == nil {
		u.RoomData[room] = map[string]*datum{}
	}
	u.RoomData[room][kind] = &datum{s.next(), content}
}

// tagContent is the content of m.tag.
type tagContent struct {
	Tags map[string]json.RawMessage `json:"tags"`
}

func (c *call) tags() (tagContent, error) {
	out := tagContent{}
	all, err := c.data()
	if err != nil {
		return out, err
	}
	if d := all["m.tag"]; d != nil {
		_ = json.Unmarshal(d.Content, &out)
	}
	if out.Tags == nil {
		out.Tags = map[string]json.RawMessage{}
	}
	return out, nil
}

func tags(c *call) (any, error) { return c.tags() }

func setTag(c *call) (any, error) {
	all, err := c.tags()
	if err != nil {
		return nil, err
	}
	if c.r.Method == http.MethodDelete {
		delete(all.Tags, c.vars["tag"])
	} else if all.Tags[c.vars["tag"]], err = c.object(); err != nil {
		return nil, err
	}
	c.s.setRoomData(c.user, c.vars["room"], "m.tag", must(all))
	return nil, nil
}

func searchUsers(c *call) (any, error) {
	var in struct {
		Term  string `json:"search_term"`
		Limit *int   `json:"limit"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	most := 10
	if in.Limit != nil {
		most = *in.Limit
	}
	results, limited := []map[string]string{}, false
	for _, id := range sorted(c.s.world.Users) {
		u := c.s.world.Users[id]
		term := strings.ToLower(strings.TrimSpace(in.Term))
		if u == c.user || term == "" || !strings.Contains(strings.ToLower(id+" "+u.text("displayname")), term) {
			continue
		}
		if len(results) >= most {
			limited = true
			break
		}
		hit := map[string]string{"user_id": id}
		if name := u.text("displayname"); name != "" {
			hit["display_name"] = name
		}
		if avatar := u.text("avatar_url"); avatar != "" {
			hit["avatar_url"] = avatar
		}
		results = append(results, hit)
	}
	return map[string]any{"results": results, "limited": limited}, nil
}

package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

func backupRoutes(t *routes) {
	t.add("POST", v3+"room_keys/version", newBackup)
	t.add("GET", v3+"room_keys/version", getBackup)
	t.add("GET", v3+"room_keys/version/{version}", getBackup)
	t.add("PUT", v3+"room_keys/version/{version}", changeBackup)
	t.add("DELETE", v3+"room_keys/version/{version}", deleteBackup)
	for _, path := range []string{"keys", "keys/{room}", "keys/{room}/{session}"} {
		t.add("PUT", v3+"room_keys/"+path, putBackupKeys)
		t.add("GET", v3+"room_keys/"+path, getBackupKeys)
		t.add("DELETE", v3+"room_keys/"+path, deleteBackupKeys)
	}
}

// backup is one version of a user's key backup.
type backup struct {
	Version   string                                `json:"version"`
	Algorithm string                                `json:"algorithm"`
	Auth      json.RawMessage                       `json:"auth_data"`
	Etag      int                                   `json:"etag"`
	Deleted   bool                                  `json:"deleted,omitempty"`
	Rooms     map[string]map[string]json.RawMessage `json:"rooms"`
}

func (b *backup) count() int {
	n := 0
	for _, sessions := range b.Rooms {
		n += len(sessions)
	}
	return n
}

func (b *backup) change() map[string]any {
	return map[string]any{"etag": strconv.Itoa(b.Etag), "count": b.count()}
}

// backup finds the version of the path or of the query; none means the newest.
func (c *call) backup(version string) (*backup, error) {
	for i := len(c.user.Backups) - 1; i >= 0; i-- {
		if b := c.user.Backups[i]; !b.Deleted && (version == "" || b.Version == version) {
			return b, nil
		}
	}
	return nil, errNotFound("Unknown backup version")
}

func newBackup(c *call) (any, error) {
	b := &backup{Version: strconv.Itoa(len(c.user.Backups) + 1), Rooms: map[string]map[string]json.RawMessage{}}
	var in struct {
		Algorithm string          `json:"algorithm"`
		Auth      json.RawMessage `json:"auth_data"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if in.Algorithm == "" || in.Auth == nil {
		return nil, errMissing("algorithm, auth_data")
	}
	b.Algorithm, b.Auth = in.Algorithm, in.Auth
	c.user.Backups = append(c.user.Backups, b)
	c.s.next()
	return map[string]string{"version": b.Version}, nil
}

func getBackup(c *call) (any, error) {
	b, err := c.backup(c.vars["version"])
	if err != nil {
		return nil, err
	}
	out := b.change()
	out["version"], out["algorithm"], out["auth_data"] = b.Version, b.Algorithm, b.Auth
	return out, nil
}

func changeBackup(c *call) (any, error) {
	b, err := c.backup(c.vars["version"])
	if err != nil {
		return nil, err
	}
	var in struct {
		Algorithm string          `json:"algorithm"`
		Auth      json.RawMessage `json:"auth_data"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if in.Algorithm != b.Algorithm {
		return nil, errInvalid("Algorithm does not match")
	}
	b.Auth = in.Auth
	c.s.next()
	return nil, nil
}

func deleteBackup(c *call) (any, error) {
	b, err := c.backup(c.vars["version"])
	if err != nil {
		return nil, err
	}
	b.Deleted = true
	c.s.next()
	return nil, nil
}

// backupKeys is the body for all rooms; the paths below it carry parts of it.
type backupKeys struct {
	Rooms map[string]backupRoom `json:"rooms"`
}

type backupRoom struct {
	Sessions map[string]json.RawMessage `json:"sessions"`
}

func putBackupKeys(c *call) (any, error) {
	b, err := c.backup("")
	if err != nil {
		return nil, err
	}
	if version := c.q.Get("version"); b.Version != version {
		if !slices.ContainsFunc(c.user.Backups, func(old *backup) bool { return old.Version == version }) {
			return nil, errNotFound("Unknown backup version")
		}
		return nil, &matrixError{http.StatusForbidden, "M_WRONG_ROOM_KEYS_VERSION", "Wrong backup version",
			map[string]any{"current_version": b.Version}}
	}
	in, err := c.backupBody()
	if err != nil {
		return nil, err
	}
	for room, sessions := range in.Rooms {
		if b.Rooms[room] == nil {
			b.Rooms[room] = map[string]json.RawMessage{}
		}
		for id, session := range sessions.Sessions {
			if better(session, b.Rooms[room][id]) {
				b.Rooms[room][id] = session
				b.Etag++
			}
		}
	}
	c.s.next()
	return b.change(), nil
}

func (c *call) backupBody() (backupKeys, error) {
	var in backupKeys
	room, session := c.vars["room"], c.vars["session"]
	switch {
	case session != "":
		raw, err := c.object()
		in.Rooms = map[string]backupRoom{room: {map[string]json.RawMessage{session: raw}}}
		return in, err
	case room != "":
		var one backupRoom
		err := c.json(&one)
		in.Rooms = map[string]backupRoom{room: one}
		return in, err
	}
	return in, c.json(&in)
}

// better decides which of two copies of a session a backup keeps: verified
// first, then the lower first index, then the fewer forwards.
func better(a, b json.RawMessage) bool {
	if b == nil {
		return true
	}
	type meta struct {
		Index     int  `json:"first_message_index"`
		Forwarded int  `json:"forwarded_count"`
		Verified  bool `json:"is_verified"`
	}
	var x, y meta
	_, _ = json.Unmarshal(a, &x), json.Unmarshal(b, &y)
	if x.Verified != y.Verified {
		return x.Verified
	}
	if x.Index != y.Index {
		return x.Index < y.Index
	}
	return x.Forwarded < y.Forwarded
}

func getBackupKeys(c *call) (any, error) {
	b, err := c.backup(c.q.Get("version"))
	if err != nil {
		return nil, err
	}
	room, session := c.vars["room"], c.vars["session"]
	if session != "" {
		if raw := b.Rooms[room][session]; raw != nil {
			return raw, nil
		}
		return nil, errNotFound("No room_keys found")
	}
	all := backupKeys{map[string]backupRoom{}}
	for id, sessions := range b.Rooms {
		all.Rooms[id] = backupRoom{sessions}
	}
	if room == "" {
		return all, nil
	}
	if one := all.Rooms[room]; one.Sessions != nil {
		return one, nil
	}
	return backupRoom{map[string]json.RawMessage{}}, nil
}

func deleteBackupKeys(c *call) (any, error) {
	b, err := c.backup(c.q.Get("version"))
	if err != nil {
		return nil, err
	}
	room, session := c.vars["room"], c.vars["session"]
	switch {
	case session != "":
		delete(b.Rooms[room], session)
	case room != "":
		delete(b.Rooms, room)
	default:
		clear(b.Rooms)
	}
	b.Etag++
	c.s.next()
	return b.change(), nil
}

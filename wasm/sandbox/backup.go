package sandbox

import (
	"encoding/json"
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

// backupOfQuery finds the version that the query must name.
func (c *call) backupOfQuery() (*backup, error) {
	version := c.q.Get("version")
	if version == "" {
		return nil, errMissing("version")
	}
	return c.backup(version)
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
	in := struct {
		Algorithm string          `json:"algorithm"`
		Auth      json.RawMessage `json:"auth_data"`
		Version   string          `json:"version"`
	}{Version: b.Version}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if in.Version != b.Version {
		return nil, errInvalid("Version in body does not match")
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

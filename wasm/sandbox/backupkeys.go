package sandbox

import (
	"encoding/json"
	"net/http"
)

// backupKeys is the body for all rooms; the paths below it carry parts of it.
type backupKeys struct {
	Rooms map[string]backupRoom `json:"rooms"`
}

type backupRoom struct {
	Sessions map[string]json.RawMessage `json:"sessions"`
}

// complete reports whether all sessions have what the specification requires.
func (k backupKeys) complete() bool {
	for _, room := range k.Rooms {
		for _, raw := range room.Sessions {
			var in struct {
				Index     *int             `json:"first_message_index"`
				Forwarded *int             `json:"forwarded_count"`
				Verified  *bool            `json:"is_verified"`
				Data      *json.RawMessage `json:"session_data"`
			}
			if json.Unmarshal(raw, &in) != nil || in.Index == nil || in.Forwarded == nil || in.Verified == nil || in.Data == nil {
				return false
			}
		}
	}
	return true
}

func putBackupKeys(c *call) (any, error) {
	b, err := c.backupOfQuery()
	if err != nil {
		return nil, err
	}
	if newest, _ := c.backup(""); b != newest {
		return nil, &matrixError{http.StatusForbidden, "M_WRONG_ROOM_KEYS_VERSION", "Wrong backup version",
			map[string]any{"current_version": newest.Version}}
	}
	in, err := c.backupBody()
	if err != nil {
		return nil, err
	}
	if !in.complete() {
		return nil, errInvalid("Incomplete room keys")
	}
	if b.merge(in) {
		b.Etag++
		c.s.next()
	}
	return b.change(), nil
}

// merge takes what is new or better, and reports whether anything is.
func (b *backup) merge(in backupKeys) (changed bool) {
	for room, sessions := range in.Rooms {
		if b.Rooms[room] == nil {
			b.Rooms[room] = map[string]json.RawMessage{}
		}
		for id, session := range sessions.Sessions {
			if better(session, b.Rooms[room][id]) {
				b.Rooms[room][id], changed = session, true
			}
		}
	}
	return changed
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
	b, err := c.backupOfQuery()
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
	b, err := c.backupOfQuery()
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

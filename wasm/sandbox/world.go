package sandbox

import (
	"bytes"
	"encoding/json"
	"sort"
)

// world is all that the server remembers, and the shape of its snapshot file.
type world struct {
	// Pos is the newest position of the one stream that everything is ordered by.
	Pos     int64                 `json:"pos"`
	Users   map[string]*user      `json:"users"`
	Rooms   map[string]*room      `json:"rooms"`
	Aliases map[string]*roomAlias `json:"aliases"`
	Media   map[string]*medium    `json:"media"`

	tokens map[string]*device // hash of an access token → its device
}

// user is one account.
type user struct {
	ID          string                       `json:"id"`
	Salt        []byte                       `json:"salt"`
	Hash        []byte                       `json:"hash"`
	Profile     map[string]json.RawMessage   `json:"profile"`
	Devices     map[string]*device           `json:"devices"`
	Filters     []json.RawMessage            `json:"filters,omitempty"`
	Pushers     []pusher                     `json:"pushers,omitempty"`
	AccountData map[string]*datum            `json:"account_data"`
	RoomData    map[string]map[string]*datum `json:"room_data"`
	Presence    presence                     `json:"presence"`
	Keys        signingKeys                  `json:"keys"`
	Backups     []*backup                    `json:"backups,omitempty"`

	rooms map[string]*room // every room the user ever had a membership in
}

// device is one login of a user.
type device struct {
	ID       string            `json:"id"`
	User     string            `json:"user"`
	Token    string            `json:"token"` // hash of its access token
	Name     string            `json:"name"`
	LastSeen int64             `json:"last_seen"`
	Txns     map[string]any    `json:"txns"`
	Inbox    []*toDevice       `json:"inbox,omitempty"`
	Keys     json.RawMessage   `json:"keys,omitempty"`
	OneTime  []*oneTimeKey     `json:"one_time,omitempty"`
	Fallback map[string]*spare `json:"fallback,omitempty"`

	// members holds, a room, the member events that lazy loading already sent;
	// it is forgotten with the process, and then they are sent again.
	members map[string]map[string]string
}

// datum is one piece of account data.
type datum struct {
	Pos     int64           `json:"pos"`
	Content json.RawMessage `json:"content"`
}

func newWorld() *world {
	return &world{
		Users: map[string]*user{}, Rooms: map[string]*room{}, Aliases: map[string]*roomAlias{},
		Media: map[string]*medium{}, tokens: map[string]*device{},
	}
}

func newUser(id string) *user {
	return &user{
		ID: id, Profile: map[string]json.RawMessage{}, Devices: map[string]*device{},
		AccountData: map[string]*datum{}, RoomData: map[string]map[string]*datum{}, rooms: map[string]*room{},
	}
}

// text returns a profile field that is a string, or "".
func (u *user) text(field string) string {
	var text string
	_ = json.Unmarshal(u.Profile[field], &text)
	return text
}

// shares reports whether both users are joined to one room.
func (u *user) shares(other string) bool {
	for _, rm := range u.rooms {
		if rm.membership(u.ID) == "join" && rm.membership(other) == "join" {
			return true
		}
	}
	return false
}

// meets reports whether one of two members of a room came there after a place
// in the stream.
func (u *user) meets(other string, since int64) bool {
	for _, rm := range u.rooms {
		if rm.membership(u.ID) != "join" || rm.membership(other) != "join" {
			continue
		}
		if max(rm.state("m.room.member", u.ID).Pos, rm.state("m.room.member", other).Pos) > since {
			return true
		}
	}
	return false
}

// sorted returns the keys of a map in order, for answers that do not change
// from run to run.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

// must encodes what cannot fail: maps, slices and structs of plain values.
func must(v any) json.RawMessage {
	raw, err := encode(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimSpace(raw)
}

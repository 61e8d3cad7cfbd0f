package sandbox

import (
	"encoding/json"
	"strings"
)

// signingKeys are a user's cross-signing keys. Pos is when the devices or keys
// of the user last changed.
type signingKeys struct {
	Master json.RawMessage `json:"master,omitempty"`
	Self   json.RawMessage `json:"self,omitempty"`
	User   json.RawMessage `json:"user,omitempty"`
	Pos    int64           `json:"pos"`
}

// oneTimeKey is a key that is given away once; a spare is a fallback key.
type oneTimeKey struct {
	ID  string          `json:"id"` // algorithm:name
	Key json.RawMessage `json:"key"`
}

type spare struct {
	oneTimeKey
	Used bool `json:"used"`
}

func algorithm(id string) string {
	name, _, _ := strings.Cut(id, ":")
	return name
}

func (d *device) counts() map[string]int {
	out := map[string]int{"signed_curve25519": 0}
	for _, k := range d.OneTime {
		out[algorithm(k.ID)]++
	}
	return out
}

// spares are the algorithms whose fallback key is not used yet.
func (d *device) spares() []string {
	out := []string{}
	for _, name := range sorted(d.Fallback) {
		if !d.Fallback[name].Used {
			out = append(out, name)
		}
	}
	return out
}

func uploadKeys(c *call) (any, error) {
	var in struct {
		Device   json.RawMessage            `json:"device_keys"`
		OneTime  map[string]json.RawMessage `json:"one_time_keys"`
		Fallback map[string]json.RawMessage `json:"fallback_keys"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	d := c.device
	for _, id := range sorted(in.OneTime) {
		if err := d.addOneTime(id, in.OneTime[id]); err != nil {
			return nil, err
		}
	}
	for id, key := range in.Fallback {
		if d.Fallback == nil {
			d.Fallback = map[string]*spare{}
		}
		d.Fallback[algorithm(id)] = &spare{oneTimeKey: oneTimeKey{id, key}}
	}
	if in.Device != nil && string(in.Device) != "null" {
		if err := c.setDeviceKeys(in.Device); err != nil {
			return nil, err
		}
	}
	c.s.next()
	return map[string]any{"one_time_key_counts": d.counts()}, nil
}

func (d *device) addOneTime(id string, key json.RawMessage) error {
	for _, old := range d.OneTime {
		if old.ID == id {
			if same(old.Key, key) || string(old.Key) == string(key) {
				return nil
			}
			return errOneTime(id)
		}
	}
	d.OneTime = append(d.OneTime, &oneTimeKey{id, key})
	return nil
}

func (c *call) setDeviceKeys(raw json.RawMessage) error {
	var who struct {
		User   string `json:"user_id"`
		Device string `json:"device_id"`
	}
	if json.Unmarshal(raw, &who) != nil || who.User != c.user.ID || who.Device != c.device.ID {
		return errInvalid("device_keys are not of this device")
	}
	if !same(raw, c.device.Keys) {
		c.device.Keys, c.user.Keys.Pos = raw, c.s.next()
	}
	return nil
}

func queryKeys(c *call) (any, error) {
	var in struct {
		Users map[string][]string `json:"device_keys"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	byDevice := map[string]map[string]json.RawMessage{}
	master, self, own := map[string]any{}, map[string]any{}, map[string]any{}
	for id, wanted := range in.Users {
		byDevice[id] = map[string]json.RawMessage{}
		u := c.s.world.Users[id]
		if u == nil {
			continue
		}
		for name, d := range u.Devices {
			if d.Keys != nil && (len(wanted) == 0 || contains(wanted, name)) {
				byDevice[id][name] = d.signed()
			}
		}
		if u.Keys.Master != nil {
			master[id] = u.Keys.Master
		}
		if u.Keys.Self != nil {
			self[id] = u.Keys.Self
		}
		if u == c.user && u.Keys.User != nil {
			own[id] = u.Keys.User
		}
	}
	return map[string]any{"device_keys": byDevice, "failures": struct{}{}, "master_keys": master,
		"self_signing_keys": self, "user_signing_keys": own}, nil
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// signed is the device's keys with its name in unsigned.
func (d *device) signed() json.RawMessage {
	var all map[string]json.RawMessage
	_ = json.Unmarshal(d.Keys, &all)
	if d.Name != "" && all != nil {
		all["unsigned"] = must(map[string]string{"device_display_name": d.Name})
	}
	return must(all)
}

func claimKeys(c *call) (any, error) {
	var in struct {
		Wanted map[string]map[string]string `json:"one_time_keys"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	out := map[string]map[string]map[string]json.RawMessage{}
	for id, devices := range in.Wanted {
		for name, alg := range devices {
			u := c.s.world.Users[id]
			if u == nil || u.Devices[name] == nil {
				continue
			}
			if key := u.Devices[name].claim(alg); key != nil {
				if out[id] == nil {
					out[id] = map[string]map[string]json.RawMessage{}
				}
				out[id][name] = map[string]json.RawMessage{key.ID: key.Key}
			}
		}
	}
	c.s.next()
	return map[string]any{"one_time_keys": out, "failures": struct{}{}}, nil
}

// claim takes a one-time key, the oldest first, or else lends the fallback key.
func (d *device) claim(alg string) *oneTimeKey {
	for i, k := range d.OneTime {
		if algorithm(k.ID) == alg {
			d.OneTime = append(d.OneTime[:i:i], d.OneTime[i+1:]...)
			return k
		}
	}
	if s := d.Fallback[alg]; s != nil {
		s.Used = true
		return &s.oneTimeKey
	}
	return nil
}

func uploadSigningKeys(c *call) (any, error) {
	var in struct {
		Master json.RawMessage `json:"master_key"`
		Self   json.RawMessage `json:"self_signing_key"`
		User   json.RawMessage `json:"user_signing_key"`
		Auth   *auth           `json:"auth"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	for _, key := range []*json.RawMessage{&in.Master, &in.Self, &in.User} {
		if string(*key) == "null" {
			*key = nil
		}
		if *key != nil && !isObject(*key) {
			return nil, errBadJSON("A key must be an object")
		}
	}
	k := &c.user.Keys
	if same(in.Master, k.Master) && same(in.Self, k.Self) && same(in.User, k.User) && k.Master != nil {
		return nil, nil
	}
	if err := c.confirmSigning(in.Auth); err != nil {
		return nil, err
	}
	for to, from := range map[*json.RawMessage]json.RawMessage{&k.Master: in.Master, &k.Self: in.Self, &k.User: in.User} {
		if from != nil {
			*to = from
		}
	}
	k.Pos = c.s.next()
	return nil, nil
}

// uploadSignatures adds signatures to device keys and to signing keys, each
// named by the device id or the public key.
func uploadSignatures(c *call) (any, error) {
	var in map[string]map[string]json.RawMessage
	if err := c.json(&in); err != nil {
		return nil, err
	}
	failures := map[string]map[string]any{}
	for id, objects := range in {
		for name, object := range objects {
			if u := c.s.world.Users[id]; u == nil || !u.sign(name, object) {
				if failures[id] == nil {
					failures[id] = map[string]any{}
				}
				failures[id][name] = map[string]string{"errcode": "M_NOT_FOUND", "error": "Unknown key"}
				continue
			}
			c.s.world.Users[id].Keys.Pos = c.s.next()
		}
	}
	return map[string]any{"failures": failures}, nil
}

func (u *user) sign(name string, object json.RawMessage) bool {
	if d := u.Devices[name]; d != nil && d.Keys != nil {
		d.Keys = merge(d.Keys, object)
		return true
	}
	for _, key := range []*json.RawMessage{&u.Keys.Master, &u.Keys.Self, &u.Keys.User} {
		var is struct {
			Keys map[string]string `json:"keys"`
		}
		_ = json.Unmarshal(*key, &is)
		if _, ok := is.Keys["ed25519:"+name]; ok {
			*key = merge(*key, object)
			return true
		}
	}
	return false
}

// merge adds the signatures of one object to another.
func merge(to, from json.RawMessage) json.RawMessage {
	var all map[string]json.RawMessage
	var a, b struct {
		Signatures map[string]map[string]string `json:"signatures"`
	}
	_, _, _ = json.Unmarshal(to, &all), json.Unmarshal(to, &a), json.Unmarshal(from, &b)
	if a.Signatures == nil {
		a.Signatures = map[string]map[string]string{}
	}
	for user, byKey := range b.Signatures {
		if a.Signatures[user] == nil {
			a.Signatures[user] = map[string]string{}
		}
		for key, signature := range byKey {
			a.Signatures[user][key] = signature
		}
	}
	all["signatures"] = must(a.Signatures)
	return must(all)
}

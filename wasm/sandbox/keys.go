package sandbox

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// uploadKeys does things in Synapse's order: a conflict of one-time keys leaves
// the device's own keys uploaded, and no other key.
func uploadKeys(c *call) (any, error) {
	var in struct {
		Device   json.RawMessage            `json:"device_keys"`
		OneTime  map[string]json.RawMessage `json:"one_time_keys"`
		Fallback map[string]json.RawMessage `json:"fallback_keys"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	for _, id := range append(sorted(in.OneTime), sorted(in.Fallback)...) {
		if strings.Count(id, ":") != 1 {
			return nil, errBadJSON("Invalid key id " + id)
		}
	}
	if in.Device != nil {
		if err := c.setDeviceKeys(in.Device); err != nil {
			return nil, err
		}
	}
	if err := c.device.addOneTime(in.OneTime); err != nil {
		return nil, err
	}
	c.device.setFallback(in.Fallback)
	c.s.next()
	return map[string]any{"one_time_key_counts": c.device.counts()}, nil
}

func (c *call) setDeviceKeys(raw json.RawMessage) error {
	var in struct {
		User       string            `json:"user_id"`
		Device     string            `json:"device_id"`
		Algorithms []string          `json:"algorithms"`
		Keys       map[string]string `json:"keys"`
		Signatures signatures        `json:"signatures"`
	}
	if string(raw) == "null" {
		return errInvalid("device_keys are null")
	}
	if json.Unmarshal(raw, &in) != nil || in.Algorithms == nil || in.Keys == nil || in.Signatures == nil {
		return errBadJSON("device_keys are incomplete")
	}
	d := c.device
	if in.User != c.user.ID || in.Device != d.ID {
		return errBadJSON("device_keys are not of this device")
	}
	if alike(raw, d.Keys) {
		return nil
	}
	if !alike(raw, d.Keys, "signatures", "unsigned") {
		delete(c.user.Keys.Signatures, d.ID)
	}
	d.Keys, c.user.Keys.Pos = raw, c.s.next()
	return nil
}

// alike reports whether two objects have the same members, some aside.
func alike(a, b json.RawMessage, aside ...string) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	for _, v := range []any{x, y} {
		if object, ok := v.(map[string]any); ok {
			for _, name := range aside {
				delete(object, name)
			}
		}
	}
	return reflect.DeepEqual(x, y)
}

func queryKeys(c *call) (any, error) {
	var in struct {
		Users map[string][]string `json:"device_keys"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	devices := map[string]map[string]json.RawMessage{}
	master, self, own := map[string]any{}, map[string]any{}, map[string]any{}
	for id, wanted := range in.Users {
		devices[id] = map[string]json.RawMessage{}
		u := c.s.world.Users[id]
		if u == nil {
			continue
		}
		for name, d := range u.Devices {
			if d.Keys != nil && (len(wanted) == 0 || slices.Contains(wanted, name)) {
				devices[id][name] = named(u.signed(d.Keys, name, u.ID, c.user.ID), d.Name)
			}
		}
		show := func(in map[string]any, key json.RawMessage) { // as Synapse does, without what devices signed
			if key != nil {
				in[id] = u.signed(key, publicKeyOf(key).name(), c.user.ID)
			}
		}
		show(master, u.Keys.Master)
		show(self, u.Keys.Self)
		if u == c.user {
			show(own, u.Keys.User)
		}
	}
	return map[string]any{"device_keys": devices, "failures": struct{}{}, "master_keys": master,
		"self_signing_keys": self, "user_signing_keys": own}, nil
}

// named puts a device's name beside its keys.
func named(keys json.RawMessage, name string) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(keys, &all) != nil || name == "" {
		return keys
	}
	all["unsigned"] = must(map[string]string{"device_display_name": name})
	return must(all)
}

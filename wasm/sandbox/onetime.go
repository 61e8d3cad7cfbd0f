package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
)

// maxOneTime is how many one-time keys of an algorithm a device may have here,
// as with Synapse.
const maxOneTime = 500

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

// addOneTime takes all of the keys or none. One that is here already may be
// signed again, but not be another.
func (d *device) addOneTime(keys map[string]json.RawMessage) error {
	have, counts := map[string]json.RawMessage{}, d.counts()
	for _, k := range d.OneTime {
		have[k.ID] = k.Key
	}
	var fresh []*oneTimeKey
	for _, id := range sorted(keys) {
		old, known := have[id]
		if known && !alike(old, keys[id], "signatures") {
			return errUnknown("One time key " + id + " already exists. Old key: " + string(old) + "; new key: " + string(keys[id]))
		}
		if !known {
			fresh = append(fresh, &oneTimeKey{id, keys[id]})
			counts[algorithm(id)]++
		}
		if counts[algorithm(id)] > maxOneTime {
			return fail(http.StatusBadRequest, "M_TOO_LARGE", "Too many one-time keys")
		}
	}
	d.OneTime = append(d.OneTime, fresh...)
	return nil
}

// setFallback replaces fallback keys. The same key again is as used as it was.
func (d *device) setFallback(keys map[string]json.RawMessage) {
	for _, id := range sorted(keys) {
		old := d.Fallback[algorithm(id)]
		if old != nil && old.ID == id && alike(old.Key, keys[id]) {
			continue
		}
		if d.Fallback == nil {
			d.Fallback = map[string]*spare{}
		}
		d.Fallback[algorithm(id)] = &spare{oneTimeKey: oneTimeKey{id, keys[id]}}
	}
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

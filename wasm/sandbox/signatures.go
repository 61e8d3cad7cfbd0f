package sandbox

import (
	"encoding/json"
	"errors"
	"strings"
)

// signatures are by user and key id.
type signatures map[string]map[string]string

// copy adds what a user signed elsewhere.
func (s signatures) copy(user string, from signatures) {
	for key, made := range from[user] {
		s.add(user, key, made)
	}
}

func (s signatures) add(user, key, made string) {
	if s[user] == nil {
		s[user] = map[string]string{}
	}
	s[user][key] = made
}

// signed is a device's or a signing key with the signatures that the owner
// uploaded with it and those that others added by now, as far as they may be
// seen: by all would tell who knows whom.
func (u *user) signed(object json.RawMessage, name string, by ...string) json.RawMessage {
	var all map[string]json.RawMessage
	var is struct {
		Signatures signatures `json:"signatures"`
	}
	if json.Unmarshal(object, &all) != nil || json.Unmarshal(object, &is) != nil {
		return object
	}
	shown := signatures{}
	shown.copy(u.ID, is.Signatures)
	for _, user := range by {
		shown.copy(user, u.Keys.Signatures[name])
	}
	if all["signatures"] != nil || len(shown) > 0 {
		all["signatures"] = must(shown)
	}
	return must(all)
}

// uploadSignatures takes what is genuine: signatures of the user's devices by
// the self-signing key, of the user's master key by devices, and of the master
// keys of others by the user-signing key.
func uploadSignatures(c *call) (any, error) {
	var in map[string]map[string]json.RawMessage
	if err := c.json(&in); err != nil {
		return nil, err
	}
	failures := map[string]map[string]any{}
	for _, id := range sorted(in) {
		for _, name := range sorted(in[id]) {
			err := c.takeSignature(id, name, in[id][name])
			var refused *matrixError
			if !errors.As(err, &refused) {
				continue
			}
			if failures[id] == nil {
				failures[id] = map[string]any{}
			}
			failures[id][name] = refused.body()
		}
	}
	return map[string]any{"failures": failures}, nil
}

func (c *call) takeSignature(id, name string, object json.RawMessage) error {
	k := &c.user.Keys
	if id != c.user.ID {
		return c.signOther(id, name, object)
	}
	if k.Self == nil || k.Master == nil {
		return errNotFound("No signing keys")
	}
	if name == publicKeyOf(k.Master).name() {
		return c.signMaster(name, object)
	}
	d := c.user.Devices[name]
	if d == nil || d.Keys == nil {
		return errNotFound("Unknown device")
	}
	return c.accept(c.user, name, object, d.Keys, publicKeyOf(k.Self))
}

// signMaster takes the signatures that devices of the user made of the master
// key; one that is wrong refuses all.
func (c *call) signMaster(name string, object json.RawMessage) error {
	var is struct {
		Signatures signatures `json:"signatures"`
	}
	if json.Unmarshal(object, &is) != nil || len(is.Signatures[c.user.ID]) == 0 {
		return errSignature("Invalid signature")
	}
	for id := range is.Signatures[c.user.ID] {
		algorithm, device, _ := strings.Cut(id, ":")
		if algorithm != "ed25519" {
			continue
		}
		d := c.user.Devices[device]
		if d == nil || d.Keys == nil {
			return errSignature("Invalid signature")
		}
		if err := c.accept(c.user, name, object, c.user.Keys.Master, deviceKey(d.Keys, id)); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) signOther(id, name string, object json.RawMessage) error {
	u := c.s.world.Users[id]
	if c.user.Keys.User == nil || u == nil || u.Keys.Master == nil || publicKeyOf(u.Keys.Master).name() != name {
		return errNotFound("Unknown device")
	}
	return c.accept(u, name, object, u.Keys.Master, publicKeyOf(c.user.Keys.User))
}

// deviceKey is the device's signing key.
func deviceKey(keys json.RawMessage, id string) publicKey {
	var is struct {
		Keys map[string]string `json:"keys"`
	}
	_ = json.Unmarshal(keys, &is)
	return publicKeyOf(must(map[string]any{"keys": map[string]string{id: is.Keys[id]}}))
}

// accept notes the signature that a key of the caller made of an object that a
// user has, and tells who may know.
func (c *call) accept(u *user, name string, object, stored json.RawMessage, by publicKey) error {
	var is struct {
		Signatures signatures `json:"signatures"`
	}
	if json.Unmarshal(object, &is) != nil || is.Signatures[c.user.ID][by.id] == "" {
		return errSignature("Invalid signature")
	}
	if !alike(object, stored, "signatures", "unsigned") {
		return errUnknown("Key does not match")
	}
	if !by.signed(object, c.user.ID) {
		return errSignature("Invalid signature")
	}
	if u.Keys.Signatures[name] == nil {
		if u.Keys.Signatures == nil {
			u.Keys.Signatures = map[string]signatures{}
		}
		u.Keys.Signatures[name] = signatures{}
	}
	u.Keys.Signatures[name].add(c.user.ID, by.id, is.Signatures[c.user.ID][by.id])
	if u == c.user {
		u.Keys.Pos = c.s.next()
		return nil
	}
	if c.user.Keys.Met == nil {
		c.user.Keys.Met = map[string]int64{}
	}
	c.user.Keys.Met[u.ID] = c.s.next()
	return nil
}

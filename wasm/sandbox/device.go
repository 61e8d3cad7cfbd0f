package sandbox

import (
	"encoding/json"
	"net/http"
)

func deviceRoutes(t *routes) {
	t.add("GET", v3+"devices", devices)
	t.add("GET", v3+"devices/{device}", oneDevice)
	t.add("PUT", v3+"devices/{device}", renameDevice)
	t.add("DELETE", v3+"devices/{device}", deleteDevices)
	t.add("POST", v3+"delete_devices", deleteDevices)
	t.add("PUT", v3+"sendToDevice/{type}/{txn}", sendToDevice)
	t.add("POST", v3+"keys/upload", uploadKeys)
	t.add("POST", v3+"keys/query", queryKeys)
	t.add("POST", v3+"keys/claim", claimKeys)
	t.add("GET", v3+"keys/changes", keyChanges)
	t.add("POST", v3+"keys/signatures/upload", uploadSignatures)
	t.add("POST", v3+"keys/device_signing/upload", uploadSigningKeys)
	backupRoutes(t)
}

func (d *device) describe() map[string]any {
	out := map[string]any{"device_id": d.ID, "last_seen_ts": d.LastSeen, "last_seen_ip": "127.0.0.1"}
	if d.Name != "" {
		out["display_name"] = d.Name
	}
	return out
}

func devices(c *call) (any, error) {
	out := []any{}
	for _, id := range sorted(c.user.Devices) {
		out = append(out, c.user.Devices[id].describe())
	}
	return map[string]any{"devices": out}, nil
}

func (c *call) pathDevice() (*device, error) {
	if d := c.user.Devices[c.vars["device"]]; d != nil {
		return d, nil
	}
	return nil, errNotFound("No device found")
}

func oneDevice(c *call) (any, error) {
	d, err := c.pathDevice()
	if err != nil {
		return nil, err
	}
	return d.describe(), nil
}

func renameDevice(c *call) (any, error) {
	d, err := c.pathDevice()
	if err != nil {
		return nil, err
	}
	var in struct {
		Name *string `json:"display_name"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if in.Name != nil {
		d.Name, c.user.Keys.Pos = *in.Name, c.s.next()
	}
	return nil, nil
}

func deleteDevices(c *call) (any, error) {
	var in struct {
		Devices []string `json:"devices"`
		Auth    *auth    `json:"auth"`
	}
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if id, one := c.vars["device"]; one {
		in.Devices = []string{id}
	}
	if err := c.interact("m.login.password", in.Auth); err != nil {
		return nil, err
	}
	for _, id := range in.Devices {
		c.s.drop(c.user, id)
	}
	return nil, nil
}

// toDevice is one message that waits for a device.
type toDevice struct {
	Pos   int64 `json:"pos"`
	Event plain `json:"event"`
}

func sendToDevice(c *call) (any, error) {
	return c.once(func() (any, error) {
		var in struct {
			Messages map[string]map[string]json.RawMessage `json:"messages"`
		}
		if err := c.json(&in); err != nil {
			return nil, err
		}
		if in.Messages == nil {
			return nil, errMissing("messages")
		}
		for user, byDevice := range in.Messages {
			for id, content := range byDevice {
				c.post(user, id, content)
			}
		}
		return struct{}{}, nil
	})
}

// post puts a message into the inbox of a device, or of all of a user's.
func (c *call) post(user, id string, content json.RawMessage) {
	u := c.s.world.Users[user]
	if u == nil {
		return
	}
	for _, d := range u.Devices {
		if d.ID == id || id == "*" {
			e := plain{Type: c.vars["type"], Sender: c.user.ID, Content: content}
			d.Inbox = append(d.Inbox, &toDevice{c.s.next(), e})
		}
	}
}

// confirm forgets the messages that the device has: those up to its token.
func (d *device) confirm(since int64) {
	for len(d.Inbox) > 0 && d.Inbox[0].Pos <= since {
		d.Inbox = d.Inbox[1:]
	}
}

func (d *device) inbox() []any {
	var out []any
	for _, m := range d.Inbox {
		out = append(out, m.Event)
	}
	return out
}

// deviceLists tells whose devices changed and who shares no room any more. The
// first sync has nothing to tell.
func (y *syncing) deviceLists() map[string]any {
	if y.first {
		return nil
	}
	me := y.c.user.ID
	suspects := map[string]bool{}
	for _, rm := range y.c.user.rooms {
		y.newcomers(rm, suspects)
	}
	changed, left := []string{}, []string{}
	for _, id := range sorted(y.c.s.world.Users) {
		u := y.c.s.world.Users[id]
		shares := id == me || u.shares(me)
		switch {
		case shares && (u.Keys.Pos > y.since || suspects[id] && id != me):
			changed = append(changed, id)
		case !shares && suspects[id]:
			left = append(left, id)
		}
	}
	if len(changed)+len(left) == 0 {
		return nil
	}
	return map[string]any{"changed": changed, "left": left}
}

// newcomers collects the users who came to or left a room of the user since,
// or all of the room if the user did.
func (y *syncing) newcomers(rm *room, found map[string]bool) {
	if rm.last() <= y.since {
		return
	}
	me := y.c.user.ID
	moved := (rm.membership(me) == "join") != (rm.membershipAt(me, y.since) == "join")
	for key := range rm.history {
		if key.kind != "m.room.member" {
			continue
		}
		was, is := rm.membershipAt(key.key, y.since) == "join", rm.membership(key.key) == "join"
		if moved && (was || is) || was != is && rm.membershipAt(me, y.since) == "join" {
			found[key.key] = true
		}
	}
}

func keyChanges(c *call) (any, error) {
	from, err := c.position("from", 0)
	if err != nil {
		return nil, err
	}
	y := &syncing{c: c, since: from}
	if lists := y.deviceLists(); lists != nil {
		return lists, nil
	}
	return map[string]any{"changed": []string{}, "left": []string{}}, nil
}

// signature paths of UIA: uploading signing keys the first time needs none
// (MSC3967).
func (c *call) confirmSigning(a *auth) error {
	if c.user.Keys.Master == nil {
		return nil
	}
	return c.interact("m.login.password", a)
}

var errOneTime = func(id string) error {
	return fail(http.StatusBadRequest, "M_UNKNOWN", "One time key "+id+" already exists.")
}

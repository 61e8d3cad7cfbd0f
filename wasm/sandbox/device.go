package sandbox

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

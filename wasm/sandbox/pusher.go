package sandbox

import (
	"encoding/json"
	"slices"
)

// pusher is where a client asked pushes to go. The sandbox keeps it and pushes
// nothing.
type pusher struct {
	Kind    *string         `json:"kind"` // null removes it
	App     string          `json:"app_id"`
	Key     string          `json:"pushkey"`
	AppName string          `json:"app_display_name"`
	Device  string          `json:"device_display_name"`
	Lang    string          `json:"lang"`
	Profile string          `json:"profile_tag,omitempty"`
	Data    json.RawMessage `json:"data"`
}

func pushers(c *call) (any, error) {
	return map[string]any{"pushers": append([]pusher{}, c.user.Pushers...)}, nil
}

func setPusher(c *call) (any, error) {
	var in pusher
	if err := c.json(&in); err != nil {
		return nil, err
	}
	if in.App == "" || in.Key == "" {
		return nil, errMissing("app_id, pushkey")
	}
	c.user.Pushers = slices.DeleteFunc(c.user.Pushers, func(old pusher) bool { return old.App == in.App && old.Key == in.Key })
	if in.Kind != nil {
		if !isObject(in.Data) {
			return nil, errMissing("data")
		}
		c.user.Pushers = append(c.user.Pushers, in)
	}
	c.s.mark()
	return nil, nil
}

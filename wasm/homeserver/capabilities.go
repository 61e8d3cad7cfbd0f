package homeserver

import (
	"context"

	"github.com/alcove-chat/alcove/wasm/scan"
)

// Capabilities are what the server lets this account do. The zero value is
// what holds where the server says nothing (FEATURES 2-10).
type Capabilities struct {
	// Raw is the object of all capabilities, to be stored; values need not be
	// objects.
	Raw scan.Value
}

// Capabilities asks what the account may do. Keep the answer for a while, and
// ask again after a 403.
func (c *Client) Capabilities(ctx context.Context) (Capabilities, error) {
	body, err := c.Do(ctx, Call{Name: "ask for capabilities", Method: "GET", Path: V3("capabilities")})
	return Capabilities{body.Get("capabilities")}, err
}

// Allows reports whether a capability of the form {enabled} is on. Those that
// let an account change itself are on unless switched off; all others are off
// unless switched on.
func (c Capabilities) Allows(name string) bool {
	enabled := c.Raw.Path(name, "enabled")
	switch name {
	case "m.change_password", "m.set_displayname", "m.set_avatar_url", "m.3pid_changes":
		return !enabled.IsFalse()
	}
	return enabled.IsTrue()
}

// AllowsProfile reports whether the account may set a field of its profile,
// such as displayname. m.profile_fields replaced two older capabilities in
// v1.16; without any, fields other than those two need a server of v1.16.
func (c Capabilities) AllowsProfile(field string, server *Versions) bool {
	fields := c.Raw.Get("m.profile_fields")
	if fields.Kind() == scan.Object {
		if fields.Get("enabled").IsFalse() {
			return false
		}
		if allowed := fields.Get("allowed"); allowed.Kind() == scan.Array {
			return holds(allowed, field)
		}
		return !holds(fields.Get("disallowed"), field)
	}
	switch field {
	case "displayname":
		return c.Allows("m.set_displayname")
	case "avatar_url":
		return c.Allows("m.set_avatar_url")
	}
	return server.Supports("v1.16")
}

// RoomVersions returns the version that new rooms get, and whether the server
// calls a version stable.
func (c Capabilities) RoomVersions() (standard string, stable func(version string) bool) {
	rooms := c.Raw.Get("m.room_versions")
	standard, ok := rooms.Get("default").AsText()
	available := rooms.Get("available")
	if !ok || available.Kind() != scan.Object {
		return "1", func(v string) bool { return v == "1" }
	}
	return standard, func(v string) bool { return available.Get(v).Text() == "stable" }
}

func holds(list scan.Value, text string) bool {
	for item := range list.Items() {
		if item.Text() == text {
			return true
		}
	}
	return false
}

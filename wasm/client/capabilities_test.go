package client

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestReadCapabilities: what a server does not say has a meaning, another for each
// capability, and values need not be objects (FEATURES 2-10).
func TestReadCapabilities(t *testing.T) {
	for _, c := range []struct {
		name, capabilities, versions, want string
	}{
		{"nothing", `{}`, `["v1.2"]`, "name avatar password 1 [1]"},
		{"a new server that says nothing", `{}`, `["v1.16"]`, "name avatar fields password 1 [1] rooms users"},
		{"no object", `[7]`, `["v1.13"]`, "name avatar password 1 [1] rooms"},
		{"switched off", `{"m.set_displayname":{"enabled":false},"m.set_avatar_url":{"enabled":false},"m.change_password":{"enabled":false}}`, `["v1.2"]`, "1 [1]"},
		{"odd values", `{"m.set_displayname":7,"m.change_password":{"enabled":"no"},"m.room_versions":"12"}`, `["v1.2"]`, "name avatar password 1 [1]"},
		{"fields allowed", `{"m.profile_fields":{"enabled":true,"allowed":["m.tz"],"disallowed":["m.tz"]}}`, `["v1.2"]`, "fields password 1 [1]"},
		{"fields disallowed", `{"m.profile_fields":{"enabled":true,"disallowed":["displayname"]},"m.set_displayname":{"enabled":true}}`, `["v1.16"]`, "avatar fields password 1 [1] rooms users"},
		{"versions", `{"m.room_versions":{"default":"10","available":{"9":"stable","10":"stable","11":"unstable","org.x":"stable","1":"stable"}}}`, `["v1.2"]`,
			"name avatar password 10 [1 9 10 org.x] restricted knock"},
		{"invitations may be blocked", `{}`, `["v1.18"]`, "name avatar fields password 1 [1] rooms users invites"},
		{"and before that was in the spec", `{}`, `["v1.2"],"unstable_features":{"org.matrix.msc4380.stable":true}`, "name avatar password 1 [1] invites"},
		{"or may not", `{}`, `["v1.2"],"unstable_features":{"org.matrix.msc4380.stable":"yes"}`, "name avatar password 1 [1]"},
		{"an old default", `{"m.room_versions":{"default":"7","available":{"7":"stable"}}}`, `["v1.2"]`, "name avatar password 7 [7] knock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, _ := homeserver.ReadVersions(scan.Value(`{"versions":` + c.versions + `}`))
			now := readCapabilities(homeserver.Capabilities{Raw: scan.Value(c.capabilities)}, server)
			got := said("name", now.Name) + said("avatar", now.Avatar) + said("fields", now.Fields) + said("password", now.Password) +
				fmt.Sprint(now.RoomVersion, " ", now.RoomVersions, " ") +
				said("restricted", now.Restricted) + said("knock", now.Knock) + said("rooms", now.ReportRooms) + said("users", now.ReportUsers) +
				said("invites", now.InvitePermission)
			got = strings.TrimSpace(got)
			if got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func said(name string, is bool) string {
	if is {
		return name + " "
	}
	return ""
}

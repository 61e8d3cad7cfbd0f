package homeserver_test

import (
	"errors"
	"testing"

	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// FEATURES B-02, 2-05: flows that a browser cannot use are left out, and a
// server without any login says so.
func TestLoginFlows(t *testing.T) {
	for _, c := range []struct {
		answer step
		want   string
		err    error
	}{
		{step{status: 200, body: `{"flows":[{"type":"m.login.password"},{"type":"m.login.application_service"},{"type":"m.login.appservice"},{"type":"m.login.sso","identity_providers":[]},{"type":7},null,{}]}`}, "m.login.password m.login.sso ", nil},
		{step{status: 200, body: `{"flows":[]}`}, "", nil},
		{step{status: 200, body: `{}`}, "", homeserver.ErrNotMatrix},
		{step{status: 404, body: `{"errcode":"M_UNRECOGNIZED"}`}, "", homeserver.ErrOAuthOnly},
		{step{status: 404, body: `{"errcode":"M_NOT_FOUND"}`}, "", homeserver.ErrNotFound},
		{step{status: 404, body: `<html>`}, "", homeserver.ErrNotMatrix},
	} {
		flows, err := client(newScript(c.answer)).LoginFlows(t.Context())
		got := ""
		for _, f := range flows {
			got += f.Type + " "
		}
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q %v", c.answer.body, got, err)
		}
	}
}

func TestLoginNeedsAll(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"user_id":"@a:b","device_id":"D","access_token":"t"}`:         true,
		`{"user_id":"@a:b","device_id":"D"}`:                            false,
		`{"user_id":"@a:b","access_token":"t"}`:                         false,
		`{"device_id":"D","access_token":"t"}`:                          false,
		`{"user_id":"@a:b","device_id":"D","access_token":7}`:           false,
		`{"user_id":"@a:b","device_id":"D","access_token":"a\r\nX: y"}`: false,
		`{"flows":[]}`: false,
	} {
		s, err := client(newScript(step{status: 200, body: body})).LoginPassword(t.Context(), homeserver.Password{User: "a", Password: "p"})
		if (err == nil) != ok || !ok && (!errors.Is(err, homeserver.ErrNotMatrix) || s.Token != "") {
			t.Errorf("%s: %+v %v", body, s, err)
		}
	}
}

// FEATURES 2-07: user and device must both be the stored ones.
func TestConfirm(t *testing.T) {
	for body, want := range map[string]error{
		`{"user_id":"@a:b","device_id":"D"}`:   nil,
		`{"user_id":"@a:b","device_id":"E"}`:   homeserver.ErrOtherDevice,
		`{"user_id":"@A:b","device_id":"D"}`:   homeserver.ErrOtherDevice,
		`{"user_id":"@a:b"}`:                   homeserver.ErrOtherDevice,
		`{"user_id":["@a:b"],"device_id":"D"}`: homeserver.ErrNotMatrix,
		``:                                     homeserver.ErrNotMatrix,
		`<html>a captive portal</html>`:        homeserver.ErrNotMatrix,
	} {
		if err := client(newScript(step{status: 200, body: body})).Confirm(t.Context(), "@a:b", "D"); !errors.Is(err, want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	id, err := client(newScript(step{status: 200, body: `{"user_id":"@a:b","device_id":"D","is_guest":true}`})).Whoami(t.Context())
	if err != nil || !id.Guest {
		t.Errorf("%+v %v", id, err)
	}
}

// FEATURES B-01: a later version implies the earlier ones.
func TestVersions(t *testing.T) {
	v, ok := homeserver.ReadVersions(scan.Value(`{"versions":["v1.2","r0.6.1","v1.11","v2.0","v1.x","v1.99999999999"],"unstable_features":{"a":true,"b":false,"c":"true"}}`))
	if !ok {
		t.Fatal("not read")
	}
	for version, want := range map[string]bool{"v1.1": true, "v1.2": true, "v1.11": true, "v1.12": false, "r0.6.1": false, "": false, "1.1": false} {
		if v.Supports(version) != want {
			t.Errorf("supports %q: %v", version, !want)
		}
	}
	if !v.Unstable("a") || v.Unstable("b") || v.Unstable("c") || v.Unstable("d") {
		t.Error("unstable features are wrong")
	}
	var none *homeserver.Versions
	if none.Supports("v1.1") || none.Unstable("a") {
		t.Error("nil supports something")
	}
	for _, raw := range []string{``, `{}`, `[]`, `{"versions":{}}`, `{"versions":[1]}`, `{"versions":[null]}`} {
		if _, ok := homeserver.ReadVersions(scan.Value(raw)); ok {
			t.Errorf("%s was taken", raw)
		}
	}
}

// FEATURES 2-10: what holds where the server says nothing.
func TestCapabilities(t *testing.T) {
	old, _ := homeserver.ReadVersions(scan.Value(`{"versions":["v1.15"]}`))
	now, _ := homeserver.ReadVersions(scan.Value(`{"versions":["v1.16"]}`))
	for _, c := range []struct {
		raw     string
		server  *homeserver.Versions
		allowed string
	}{
		{``, old, "displayname avatar_url password 3pid"},
		{``, now, "displayname avatar_url custom password 3pid"},
		{`{"m.set_displayname":{"enabled":false},"m.change_password":{"enabled":false}}`, old, "avatar_url 3pid"},
		{`{"m.set_avatar_url":false,"m.3pid_changes":7,"m.set_displayname":[],"m.get_login_token":true}`, old, "displayname avatar_url password 3pid"},
		{`{"m.get_login_token":{"enabled":true}}`, old, "displayname avatar_url password 3pid token"},
		{`{"m.profile_fields":{"enabled":false},"m.set_displayname":{"enabled":true}}`, now, "password 3pid"},
		{`{"m.profile_fields":{"enabled":true,"allowed":["displayname"],"disallowed":["displayname"]}}`, now, "displayname password 3pid"},
		{`{"m.profile_fields":{"enabled":true,"disallowed":["displayname"]}}`, now, "avatar_url custom password 3pid"},
		{`{"m.profile_fields":{"enabled":true},"m.set_displayname":{"enabled":false}}`, now, "displayname avatar_url custom password 3pid"},
	} {
		caps := homeserver.Capabilities{Raw: scan.Value(c.raw)}
		got := ""
		for _, f := range []struct {
			name string
			ok   bool
		}{
			{"displayname", caps.AllowsProfile("displayname", c.server)}, {"avatar_url", caps.AllowsProfile("avatar_url", c.server)},
			{"custom", caps.AllowsProfile("org.x.custom", c.server)}, {"password", caps.Allows("m.change_password")},
			{"3pid", caps.Allows("m.3pid_changes")}, {"token", caps.Allows("m.get_login_token")},
		} {
			if f.ok && got != "" {
				got += " "
			}
			if f.ok {
				got += f.name
			}
		}
		if got != c.allowed {
			t.Errorf("%s: %q, want %q", c.raw, got, c.allowed)
		}
	}
}

func TestRoomVersions(t *testing.T) {
	standard, stable := homeserver.Capabilities{}.RoomVersions()
	if standard != "1" || !stable("1") || stable("11") {
		t.Error("without the capability only version 1 is stable")
	}
	standard, stable = homeserver.Capabilities{Raw: scan.Value(`{"m.room_versions":{"default":"11","available":{"11":"stable","12":"unstable"}}}`)}.RoomVersions()
	if standard != "11" || !stable("11") || stable("12") || stable("1") {
		t.Error("capability is read wrongly")
	}
}

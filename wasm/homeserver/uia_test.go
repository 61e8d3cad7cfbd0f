package homeserver_test

import (
	"context"
	"errors"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

const (
	asksPassword = `{"session":"s","flows":[{"stages":["m.login.sso"]},{"stages":["m.login.password"]}]}`
	asksMore     = `{"session":"s","flows":[{"stages":["m.login.password","m.login.terms"]}]}`
)

// TestWithPassword: the password goes to the server when it asks for that and
// nothing else, once, with the session it named (spec: user-interactive
// authentication).
func TestWithPassword(t *testing.T) {
	for name, c := range map[string]struct {
		first    string
		second   int
		password string
		sent     int
		want     error
	}{
		"asked for nothing":   {"", 200, "pw", 1, nil},
		"asked and given":     {asksPassword, 200, "pw", 2, nil},
		"asked and not there": {asksPassword, 200, "", 1, homeserver.ErrPassword},
		"wrong":               {asksPassword, 401, "pw", 2, homeserver.ErrPassword},
		"asked for more":      {asksMore, 200, "pw", 1, homeserver.ErrStages},
	} {
		var bodies []scan.Value
		n := homeserver.Network{Transport: transportFunc(func(_ context.Context, r *homeserver.Request) (*homeserver.Response, error) {
			bodies = append(bodies, scan.Value(r.Body))
			switch {
			case len(bodies) == 1 && c.first != "":
				return &homeserver.Response{Status: 401, Body: []byte(c.first)}, nil
			case len(bodies) == 2 && c.second != 200:
				return &homeserver.Response{Status: c.second, Body: []byte(asksPassword)}, nil
			}
			return &homeserver.Response{Status: 200, Body: []byte("{}")}, nil
		})}
		client, err := n.Client("https://server.example", "token")
		if err != nil {
			t.Fatal(err)
		}
		err = client.DeleteDevices(t.Context(), "@me:x", []event.DeviceID{"A"}, c.password)
		if !errors.Is(err, c.want) || len(bodies) != c.sent {
			t.Errorf("%s: %v after %d requests", name, err, len(bodies))
		}
		if bodies[0].Get("auth").Exists() {
			t.Errorf("%s: it begins with %s", name, bodies[0])
		}
		if auth := bodies[len(bodies)-1].Get("auth"); c.sent == 2 && (auth.Get("session").Text() != "s" || auth.Get("password").Text() != "pw") {
			t.Errorf("%s: it answers %s", name, auth)
		}
	}
}

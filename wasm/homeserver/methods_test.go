//go:build !js

package homeserver_test

import (
	"context"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alcove-chat/alcove/build/conformance"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/homeserver"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// Ids with all that is hard to escape; one room has no colon (version 12).
const (
	room  = "!a/b+c%2F?d#e ü\\:server.example"
	bare  = "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"
	user  = "@alice=/+:server.example:8448"
	other = "@bob:server.example"
	id    = "$a/b+c%:server.example"
)

// methods calls every method of Client that sends something, once at least.
var methods = map[string]func(ctx context.Context, c *homeserver.Client) error{
	"Versions":     func(ctx context.Context, c *homeserver.Client) error { _, err := c.Versions(ctx); return err },
	"Capabilities": func(ctx context.Context, c *homeserver.Client) error { _, err := c.Capabilities(ctx); return err },
	"LoginFlows":   func(ctx context.Context, c *homeserver.Client) error { _, err := c.LoginFlows(ctx); return err },
	"Logout":       func(ctx context.Context, c *homeserver.Client) error { return c.Logout(ctx) },
	"Whoami":       func(ctx context.Context, c *homeserver.Client) error { _, err := c.Whoami(ctx); return err },
	"JoinedRooms":  func(ctx context.Context, c *homeserver.Client) error { _, err := c.JoinedRooms(ctx); return err },
	"State":        func(ctx context.Context, c *homeserver.Client) error { _, err := c.State(ctx, room); return err },
	"Event":        func(ctx context.Context, c *homeserver.Client) error { _, err := c.Event(ctx, room, id); return err },
	"Profile":      func(ctx context.Context, c *homeserver.Client) error { _, err := c.Profile(ctx, user); return err },
	"Presence":     func(ctx context.Context, c *homeserver.Client) error { _, err := c.Presence(ctx, user); return err },
	"Tags":         func(ctx context.Context, c *homeserver.Client) error { _, err := c.Tags(ctx, user, room); return err },
	"Forget":       func(ctx context.Context, c *homeserver.Client) error { return c.Forget(ctx, bare) },
	"Leave":        func(ctx context.Context, c *homeserver.Client) error { return c.Leave(ctx, room, "") },
	"Invite":       func(ctx context.Context, c *homeserver.Client) error { return c.Invite(ctx, room, other, "hello") },
	"Kick":         func(ctx context.Context, c *homeserver.Client) error { return c.Kick(ctx, room, other, "") },
	"Ban":          func(ctx context.Context, c *homeserver.Client) error { return c.Ban(ctx, room, other, "why") },
	"Unban":        func(ctx context.Context, c *homeserver.Client) error { return c.Unban(ctx, room, other, "") },
	"RemoveTag":    func(ctx context.Context, c *homeserver.Client) error { return c.RemoveTag(ctx, user, room, "u./#") },
	"RemoveProfile": func(ctx context.Context, c *homeserver.Client) error {
		return c.RemoveProfile(ctx, user, "m.tz")
	},
	"SetPresence":  func(ctx context.Context, c *homeserver.Client) error { return c.SetPresence(ctx, user, "online", "hi") },
	"Devices":      func(ctx context.Context, c *homeserver.Client) error { _, err := c.Devices(ctx); return err },
	"RenameDevice": func(ctx context.Context, c *homeserver.Client) error { return c.RenameDevice(ctx, "A/B", "phone") },
	"DeleteDevices": func(ctx context.Context, c *homeserver.Client) error {
		return c.DeleteDevices(ctx, user, []event.DeviceID{"A/B"}, "secret")
	},
	"WithPassword": func(ctx context.Context, c *homeserver.Client) error {
		call := homeserver.Call{Name: "sign out devices", Method: "POST", Path: homeserver.V3("delete_devices")}
		_, err := c.WithPassword(ctx, call, user, "secret", func(scan.Value) scan.Value { return scan.Value(`{"devices":["A"]}`) })
		return err
	},
	"SendReceipt": func(ctx context.Context, c *homeserver.Client) error {
		return c.SendReceipt(ctx, room, homeserver.ReadPrivate, id, homeserver.MainThread)
	},
	"SetTag": func(ctx context.Context, c *homeserver.Client) error {
		return c.SetTag(ctx, user, room, "u.x", scan.Value(`{"order":0.5}`))
	},
	"StateContent": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.StateContent(ctx, room, "m.room.name", "")
		return err
	},
	"ResolveAlias": func(ctx context.Context, c *homeserver.Client) error {
		_, _, err := c.ResolveAlias(ctx, "#ü/+:server")
		return err
	},
	"SetAlias":    func(ctx context.Context, c *homeserver.Client) error { return c.SetAlias(ctx, "#ü/+:server", room) },
	"RemoveAlias": func(ctx context.Context, c *homeserver.Client) error { return c.RemoveAlias(ctx, "#ü/+:server") },
	"Aliases":     func(ctx context.Context, c *homeserver.Client) error { _, err := c.Aliases(ctx, bare); return err },
	"Listed":      func(ctx context.Context, c *homeserver.Client) error { _, err := c.Listed(ctx, bare); return err },
	"SetListed":   func(ctx context.Context, c *homeserver.Client) error { return c.SetListed(ctx, room, true) },
	"Upgrade": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Upgrade(ctx, bare, "12", []string{other})
		return err
	},
	"LoginToken": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.LoginToken(ctx, "t", "n", "D")
		return err
	},
	"CreateRoom": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.CreateRoom(ctx, scan.Value(`{"name":"n"}`))
		return err
	},
	"UploadFilter": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.UploadFilter(ctx, user, scan.Value(`{"room":{"timeline":{"limit":20}}}`))
		return err
	},
	"SendEvent": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.SendEvent(ctx, room, "m.room.message", "t/1", scan.Value(`{"msgtype":"m.text","body":"b"}`))
		return err
	},
	"Redact": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Redact(ctx, room, id, "t", "why")
		return err
	},
	"RoomSummary": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.RoomSummary(ctx, "#ü/+:server", []string{"s1", "s2"})
		return err
	},
	"Hierarchy": func(ctx context.Context, c *homeserver.Client) error {
		depth := 0
		_, err := c.Hierarchy(ctx, bare, homeserver.HierarchyParams{Suggested: true, Depth: &depth, Limit: 7, From: "p/+"})
		return err
	},
	"SearchUsers": func(ctx context.Context, c *homeserver.Client) error {
		_, _, err := c.SearchUsers(ctx, "ali", 7)
		return err
	},
	"ReportEvent": func(ctx context.Context, c *homeserver.Client) error { return c.ReportEvent(ctx, room, id, "spam") },
	"ReportRoom":  func(ctx context.Context, c *homeserver.Client) error { return c.ReportRoom(ctx, bare, "") },
	"ReportUser":  func(ctx context.Context, c *homeserver.Client) error { return c.ReportUser(ctx, user, "spam") },
	"PublicRooms": func(ctx context.Context, c *homeserver.Client) error {
		for _, kind := range []string{"m.space", ""} {
			if _, err := c.PublicRooms(ctx, homeserver.PublicRoomsParams{Type: &kind}); err != nil {
				return err
			}
		}
		_, err := c.PublicRooms(ctx, homeserver.PublicRoomsParams{Server: "s", Limit: 3, Since: "p", Search: "cats"})
		return err
	},
	"Join": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Join(ctx, "#a:b", []string{"s1", "s2"}, "why")
		return err
	},
	"Knock": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Knock(ctx, room, nil, "")
		return err
	},
	"SetProfile": func(ctx context.Context, c *homeserver.Client) error {
		return c.SetProfile(ctx, user, "displayname", scan.Text("A"))
	},
	"Members": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Members(ctx, room, homeserver.MembersParams{At: "s+1", Not: "leave"})
		return err
	},
	"Context": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Context(ctx, room, id, 20, scan.Value(`{"lazy_load_members":true}`))
		return err
	},
	"Relations": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Relations(ctx, room, id, homeserver.RelationsParams{})
		return err
	},
	"Relations of a type": func(ctx context.Context, c *homeserver.Client) error {
		p := homeserver.RelationsParams{Relation: "m.annotation", Type: "m.reaction", From: "f", Limit: 30, Recurse: true}
		_, err := c.Relations(ctx, room, id, p)
		return err
	},
	"Threads": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Threads(ctx, room, true, "f", 7)
		return err
	},
	"EventAt": func(ctx context.Context, c *homeserver.Client) error {
		_, _, err := c.EventAt(ctx, room, 1700000000000, homeserver.Forward)
		return err
	},
	"Search": func(ctx context.Context, c *homeserver.Client) error {
		_, _, err := c.Search(ctx, room, "tea", "f", 7)
		return err
	},
	"Messages": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Messages(ctx, room, homeserver.MessagesParams{From: "f", To: "t", Dir: homeserver.Back, Limit: 30, Filter: scan.Value(`{}`)})
		return err
	},
	"Confirm": func(ctx context.Context, c *homeserver.Client) error {
		return c.Confirm(ctx, "@joe:example.org", "ABC1234")
	},
	"Upload": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Upload(ctx, "text/plain", "a&b.txt", []byte("x"))
		return err
	},
	"Download": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Download(ctx, "server.example:8448", "a_b-1", 1<<20)
		return err
	},
	"UploadSize":    func(ctx context.Context, c *homeserver.Client) error { _, err := c.UploadSize(ctx); return err },
	"LoginPassword": loginPassword,
	"Sync":          syncOnce,
	"SendState":     sendState,
	"SetReadMarkers": func(ctx context.Context, c *homeserver.Client) error {
		return c.SetReadMarkers(ctx, room, homeserver.ReadMarkers{FullyRead: id, Public: id, Private: id})
	},
	"PushRules": func(ctx context.Context, c *homeserver.Client) error { _, err := c.PushRules(ctx); return err },
	"SetPushRule": func(ctx context.Context, c *homeserver.Client) error {
		return c.SetPushRule(ctx, "content", "tea time", scan.Value(`{"pattern":"tea time","actions":["notify"]}`))
	},
	"RemovePushRule": func(ctx context.Context, c *homeserver.Client) error {
		return c.RemovePushRule(ctx, "room", string(room))
	},
	"EnablePushRule": func(ctx context.Context, c *homeserver.Client) error {
		return c.EnablePushRule(ctx, "override", ".m.rule.master", true)
	},
	"SetPushActions": func(ctx context.Context, c *homeserver.Client) error {
		return c.SetPushActions(ctx, "underride", ".m.rule.message", scan.Value(`["notify"]`))
	},
	"SetTyping":      setTyping,
	"AccountData":    accountData,
	"SetAccountData": setAccountData,
	"Request": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Request(ctx, "GET", "/_matrix/client/v3/devices", nil)
		return err
	},
	"Do": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.Do(ctx, homeserver.Call{Name: "list devices", Method: "GET", Path: homeserver.V3("devices")})
		return err
	},
	"DoBytes": func(ctx context.Context, c *homeserver.Client) error {
		_, err := c.DoBytes(ctx, homeserver.Call{Name: "load media", Method: "GET", Path: homeserver.V1("media", "download", "s", "m")})
		return err
	},
}

func loginPassword(ctx context.Context, c *homeserver.Client) error {
	_, err := c.LoginPassword(ctx, homeserver.Password{User: "a", Password: "hunter2", DeviceName: "n", DeviceID: "D"})
	return err
}

func syncOnce(ctx context.Context, c *homeserver.Client) error {
	if _, err := c.Sync(ctx, homeserver.SyncParams{FullState: true, Presence: "offline"}); err != nil {
		return err
	}
	_, err := c.Sync(ctx, homeserver.SyncParams{Since: "s+/=1", Filter: `{"room":{}}`, Timeout: 30 * time.Second})
	return err
}

func sendState(ctx context.Context, c *homeserver.Client) error {
	if _, err := c.SendState(ctx, room, "m.room.name", "", scan.Value(`{"name":"n"}`)); err != nil {
		return err
	}
	_, err := c.SendState(ctx, bare, "m.room.member", user, scan.Value(`{"membership":"join"}`))
	return err
}

func setTyping(ctx context.Context, c *homeserver.Client) error {
	if err := c.SetTyping(ctx, room, user, 30*time.Second); err != nil {
		return err
	}
	return c.SetTyping(ctx, room, user, 0)
}

func accountData(ctx context.Context, c *homeserver.Client) error {
	if _, err := c.AccountData(ctx, user, "", "m.direct"); err != nil {
		return err
	}
	_, err := c.AccountData(ctx, user, room, "m.fully_read")
	return err
}

func setAccountData(ctx context.Context, c *homeserver.Client) error {
	if err := c.SetAccountData(ctx, user, "", "m.direct", scan.Value(`{}`)); err != nil {
		return err
	}
	return c.SetAccountData(ctx, user, room, "m.marked_unread", scan.Value(`{"unread":true}`))
}

// quiet are the methods that send nothing.
const quiet = " BaseURL Once WithToken "

// unread are the methods that take a success as it is.
const unread = " Request DoBytes Download "

// Every request passes the specification's own definition, and none carries
// another header than CORS lets through (FEATURES B-61).
func TestEveryMethodConforms(t *testing.T) {
	api := conformance.NeedAPI(t)
	checker := api.Checker(t)
	srv := httptest.NewServer(checker.Handler(api.Answers()))
	defer srv.Close()
	n := homeserver.Network{Transport: homeserver.NewHTTPTransport(checker.RoundTripper(srv.Client().Transport))}
	c, err := n.Client(srv.URL, "secret")
	if err != nil {
		t.Fatal(err)
	}
	all := reflect.TypeFor[*homeserver.Client]()
	for i := range all.NumMethod() {
		name := all.Method(i).Name
		if strings.Contains(quiet, " "+name+" ") {
			continue
		}
		call := methods[name]
		if call == nil {
			t.Errorf("%s is not tested", name)
			continue
		}
		if err := call(t.Context(), c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(checker.Seen()); n < len(methods)-5 {
		t.Errorf("only %d operations were seen", n)
	}
}

// Decoding takes any answer without a panic: each example of the operation,
// whole and broken, with every status (FEATURES 2-22, B-62).
func TestDecodeAnything(t *testing.T) {
	api := conformance.NeedAPI(t)
	var now homeserver.Response
	n := homeserver.Network{Transport: transportFunc(func(context.Context, *homeserver.Request) (*homeserver.Response, error) {
		twin := now
		return &twin, nil
	})}
	c, err := n.Client("https://server.example", "secret")
	if err != nil {
		t.Fatal(err)
	}
	c = c.Once()
	bodies := map[string][]byte{}
	for e := range api.Examples() {
		bodies[string(e.Body)] = e.Body
	}
	for _, body := range bodies {
		for _, data := range conformance.Mutations(body) {
			for _, status := range []int{200, 400} {
				now = homeserver.Response{Status: status, Body: data}
				for _, name := range []string{"LoginPassword", "LoginFlows", "Messages", "Versions"} {
					_ = methods[name](t.Context(), c)
				}
			}
		}
	}
	for name, call := range methods {
		for _, data := range conformance.Mutations([]byte(`{"event_id":"$a","chunk":[],"flows":[{"type":"a"}],"event":{}}`)) {
			now = homeserver.Response{Status: 200, Body: data}
			if call(t.Context(), c) == nil && len(data) > 0 && !scan.Valid(scan.Prune(data)) && !strings.Contains(unread, " "+name+" ") {
				t.Errorf("%s took %q", name, data)
			}
		}
	}
}

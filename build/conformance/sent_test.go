package conformance

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCheckEvents(t *testing.T) {
	api, events := NeedAPI(t), NeedEvents(t)
	for _, c := range []struct {
		name, path, body string
		wrong            string
	}{
		{"message", "rooms/%21r/send/m.room.message/1", `{"msgtype":"m.text","body":"x"}`, ""},
		{"no body", "rooms/%21r/send/m.room.message/1", `{"msgtype":"m.text"}`, "m.room.message"},
		{"state", "rooms/%21r/state/m.room.name/", `{"name":"x"}`, ""},
		{"bad state", "rooms/%21r/state/m.room.name/", `{"name":7}`, "m.room.name"},
		{"account data", "user/@a:x/account_data/m.direct", `{"@b:x":["!r"]}`, ""},
		{"bad account data", "user/@a:x/account_data/m.direct", `{"@b:x":"!r"}`, "m.direct"},
		{"bad data of a room", "user/@a:x/rooms/%21r/account_data/m.tag", `{"tags":7}`, "m.tag"},
		{"a child taken out", "rooms/%21r/state/m.space.child/%21c", `{}`, ""},
		{"a child without servers", "rooms/%21r/state/m.space.child/%21c", `{"suggested":true}`, "m.space.child"},
		{"own type", "rooms/%21r/send/org.example/1", `{}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said recorder
			h := api.Checker(&said).CheckEvents(events).Handler(http.NotFoundHandler())
			r := httptest.NewRequest("PUT", "/_matrix/client/v3/"+c.path, strings.NewReader(c.body))
			r.Header.Set("Authorization", bearer)
			r.Header.Set("Content-Type", "application/json")
			h.ServeHTTP(httptest.NewRecorder(), r)
			got := strings.Join(said, "\n")
			if (got == "") != (c.wrong == "") || !strings.Contains(got, c.wrong) {
				t.Errorf("said %q", got)
			}
		})
	}
}

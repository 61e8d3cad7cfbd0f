package conformance

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPIIsWhole(t *testing.T) {
	api := NeedAPI(t)
	if n := len(api.Operations()); n != 166 {
		t.Errorf("%d operations", n)
	}
	n := 0
	for e := range api.Examples() {
		if len(e.Body) == 0 || e.Operation == nil {
			t.Errorf("%+v", e)
		}
		n++
	}
	if n < 263 {
		t.Errorf("%d examples", n)
	}
	for _, o := range api.Operations() {
		content := object(object(object(o.definition["requestBody"])["content"])["application/json"])
		if content == nil {
			continue
		}
		if _, err := api.schemas.compile(o.Name()+fmt.Sprint(o.number), content["schema"]); err != nil {
			t.Error(err)
		}
	}
}

const bearer = "Bearer t"

func TestCheck(t *testing.T) {
	api := NeedAPI(t)
	const room = "/_matrix/client/v3/rooms/%21r/"
	for _, c := range []struct {
		name, method, url, token, body string
		// wrong is part of what must be reported; "" for a right request.
		wrong string
	}{
		{"right", "PUT", room + "send/m.room.message/1", bearer, `{}`, ""},
		{"id with a slash", "GET", room + "event/%24a%2Fb", bearer, ``, ""},
		{"slash not escaped", "GET", room + "event/$a/b", bearer, ``, "no such operation"},
		{"room id of another kind", "PUT", "/_matrix/client/v3/rooms/r/send/m.room.message/1", bearer, `{}`, "parameter roomId"},
		{"empty state key", "PUT", room + "state/m.room.name/", bearer, `{}`, ""},
		{"no token", "PUT", room + "send/m.room.message/1", "", `{}`, "Authorization is missing"},
		{"token for login", "POST", "/_matrix/client/v3/login", bearer, `{"type":"m.login.password"}`, "none is asked for"},
		{"optional token", "GET", "/_matrix/client/versions", bearer, ``, ""},
		{"basic auth", "GET", "/_matrix/client/versions", "Basic x", ``, "no bearer"},
		{"empty part", "PUT", "/_matrix/client/v3/rooms//send/m.room.message/1", bearer, `{}`, "no such operation"},
		{"method", "POST", room + "send/m.room.message/1", bearer, `{}`, "no such operation"},
		{"query missing", "GET", room + "messages", bearer, ``, "dir is missing"},
		{"query unknown", "GET", room + "messages?dir=b&x=1", bearer, ``, "x is unknown"},
		{"query of another type", "GET", room + "messages?dir=b&limit=x", bearer, ``, "limit"},
		{"query not in the list", "GET", room + "messages?dir=z", bearer, ``, "dir"},
		{"query twice", "GET", room + "messages?dir=b&dir=b", bearer, ``, "more than once"},
		{"query repeated where it may be", "POST", "/_matrix/client/v3/join/%23a:b?via=a&via=b", bearer, `{}`, ""},
		{"token in the query", "GET", "/_matrix/client/v3/joined_rooms?access_token=t", bearer, ``, "access_token is unknown"},
		{"body missing", "POST", "/_matrix/client/v3/createRoom", bearer, ``, "body is missing"},
		{"body of another type", "POST", "/_matrix/client/v3/createRoom", bearer, `{"name":1}`, "body"},
		{"body where none is", "POST", "/_matrix/client/v3/logout", bearer, `{}`, "none is asked for"},
		{"body not JSON", "POST", "/_matrix/client/v3/createRoom", bearer, `{`, "body"},
		{"member deprecated", "POST", "/_matrix/client/v3/login", "", `{"type":"m.login.password","user":"a"}`, "user is deprecated"},
		{"operation deprecated", "GET", "/_matrix/client/v3/initialSync", bearer, ``, "deprecated"},
		{"either of two operations", "POST", room + "invite", bearer, `{"user_id":"@a:b"}`, ""},
		{"made up", "GET", "/_matrix/client/v3/nothing", bearer, ``, "no such operation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.url, nil)
			if c.token != "" {
				r.Header.Set("Authorization", c.token)
			}
			r.Header.Set("Content-Type", "application/json")
			_, err := api.Check(r, []byte(c.body))
			if c.wrong == "" && err != nil {
				t.Error(err)
			}
			if c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("got %v, want %q", err, c.wrong)
			}
		})
	}
}

type recorder []string

func (r *recorder) Errorf(format string, args ...any) {
	*r = append(*r, fmt.Sprintf(format, args...))
}

func TestCheckerPassesOn(t *testing.T) {
	api := NeedAPI(t)
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	var inside, outside recorder
	in, out := api.Checker(&inside), api.Checker(&outside)
	srv := httptest.NewServer(in.Handler(echo))
	defer srv.Close()
	client := http.Client{Transport: out.RoundTripper(http.DefaultTransport)}

	send := func(path string, header ...string) string {
		r, err := http.NewRequest("PUT", srv.URL+path, strings.NewReader(`{"typing":true,"timeout":1}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", bearer)
		r.Header.Set("Content-Type", "application/json")
		for _, name := range header {
			r.Header.Set(name, "1")
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	if got := send("/_matrix/client/v3/rooms/%21r/typing/@a:b"); !strings.Contains(got, "timeout") {
		t.Errorf("body arrived as %q", got)
	}
	send("/elsewhere")
	if len(inside)+len(outside) > 0 {
		t.Errorf("reported %q %q", inside, outside)
	}
	if n := in.Seen()["PUT /_matrix/client/v3/rooms/{roomId}/typing/{userId}"]; n != 1 {
		t.Errorf("seen %d times", n)
	}
	send("/_matrix/client/v3/unheard", "X-Custom")
	if len(inside) != 1 || len(outside) != 2 {
		t.Errorf("reported %q %q", inside, outside)
	}
	in.Ignore("/_matrix/client/v3/unheard")
	if send("/_matrix/client/v3/unheard"); len(inside) != 1 {
		t.Errorf("ignored, yet reported %q", inside)
	}
}

func TestEventExamples(t *testing.T) {
	events := NeedEvents(t)
	n := 0
	for name, event := range events.Examples() {
		n++
		// Shows only the members that all methods share.
		if name == "m.key.verification.start" {
			continue
		}
		if err := events.Check(event); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n != 83 {
		t.Errorf("%d examples", n)
	}
}

func TestCheckContent(t *testing.T) {
	events := NeedEvents(t)
	empty := ""
	for _, c := range []struct {
		kind     string
		stateKey *string
		content  string
		right    bool
	}{
		{"m.room.message", nil, `{"msgtype":"m.text","body":"a"}`, true},
		{"m.room.message", nil, `{"msgtype":"m.text"}`, false},
		{"m.room.message", nil, `{"msgtype":"m.image","body":"a","info":1}`, false},
		{"m.room.name", &empty, `{"name":"a"}`, true},
		{"m.room.name", nil, `{"name":"a"}`, false},
		{"m.room.name", &empty, `{"name":1}`, false},
		{"m.typing", nil, `{"user_ids":["@a:b"]}`, true},
		{"org.example.custom", nil, `{"x":1}`, true},
	} {
		if err := events.CheckContent(c.kind, c.stateKey, []byte(c.content)); (err == nil) != c.right {
			t.Errorf("%s %s: %v", c.kind, c.content, err)
		}
	}
	if !events.Known("m.room.encrypted") || events.Known("m.room") {
		t.Error("Known is wrong")
	}
}

func TestMutations(t *testing.T) {
	seen := map[string]bool{}
	for what, data := range Mutations([]byte(`{"a":[{"b":1}]}`)) {
		if seen[string(data)+what] {
			t.Errorf("%s twice", what)
		}
		seen[string(data)+what] = true
	}
	for _, want := range []string{
		`{"a":[{}]}/a/0/b dropped`, `{"a":[{"b":null}]}/a/0/b = null`, `{"a":[{"b":1},{"b":1}]}/a twice`,
		`{cut at 1`, `{"a":[{"b":"\ud800"}]}/a/0/b = lone surrogate`, `{"__proto__":{"polluted":true},"a":[{"b":1}]} with __proto__`,
	} {
		if !seen[want] {
			t.Errorf("no %s", want)
		}
	}
	n := 0
	for range Mutations([]byte(`{"a":1}`)) {
		if n++; n == 2 {
			break
		}
	}
}

func TestCheckAnswers(t *testing.T) {
	api := NeedAPI(t)
	const whoami = "/_matrix/client/v3/account/whoami"
	for _, c := range []struct {
		status int
		body   string
		right  bool
	}{
		{200, `{"user_id":"@a:b"}`, true},
		{200, `{"user_id":"@a:b","device_id":7}`, false},
		{200, `{}`, false},
		{200, `<html>`, false},
		{201, `{"user_id":"@a:b"}`, false},
		{401, `{"errcode":"M_UNKNOWN_TOKEN"}`, true},
		{401, `{"flows":[]}`, true},
		{500, `oops`, false},
		{404, `{}`, false},
	} {
		var wrong recorder
		h := api.Checker(&wrong).CheckAnswers().Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}))
		r := httptest.NewRequest("GET", whoami, nil)
		r.Header.Set("Authorization", bearer)
		seen := httptest.NewRecorder()
		h.ServeHTTP(seen, r)
		if (len(wrong) == 0) != c.right || seen.Code != c.status || seen.Body.String() != c.body {
			t.Errorf("%d %s: %q, passed on %d %s", c.status, c.body, wrong, seen.Code, seen.Body)
		}
	}
}

// The definition's own examples fit its schemas.
func TestExamplesFit(t *testing.T) {
	api := NeedAPI(t)
	n := 0
	for e := range api.Examples() {
		// One of the examples of thirdparty/protocols lacks a required icon.
		if e.Status != "200" || strings.HasSuffix(e.Operation.Path, "/thirdparty/protocols") {
			continue
		}
		if err := api.CheckAnswer(e.Operation, 200, e.Body); err != nil {
			t.Errorf("%s: %v", e.Operation.Name(), err)
		}
		n++
	}
	if n < 100 {
		t.Errorf("only %d examples", n)
	}
}

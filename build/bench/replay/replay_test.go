package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/build/bench/account"
)

const filter = `{"room":{"state":{"lazy_load_members":true},"timeline":{"limit":20}}}`

// device speaks to a server of its own.
type device struct {
	*testing.T
	*Server
	url string
}

func start(t *testing.T) *device {
	ready, err := Prepare(account.New(account.Plan{Seed: 1, Rooms: 60, Clear: true}))
	if err != nil {
		t.Fatal(err)
	}
	server := New(ready)
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return &device{t, server, web.URL}
}

// ask gives an answer's status and what it says.
func (d *device) ask(method, path, body string) (int, map[string]any) {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		d.Fatal(err)
	}
	var said map[string]any
	if err := json.Unmarshal(raw, &said); err != nil {
		d.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, said
}

func (d *device) sync(since string) map[string]any {
	d.Helper()
	status, said := d.ask("GET", "/_matrix/client/v3/sync?timeout=60000&filter="+url.QueryEscape(filter)+"&since="+since, "")
	if status != 200 {
		d.Fatalf("sync since %q: %d", since, status)
	}
	return said
}

func TestSyncsFollowEachOther(t *testing.T) {
	d := start(t)
	first := d.sync("")
	if rooms := first["rooms"].(map[string]any)["join"].(map[string]any); len(rooms) != 60 {
		t.Errorf("%d rooms", len(rooms))
	}
	d.ask("POST", "/bench/push?events=5&count=2", "")
	second := d.sync(first["next_batch"].(string))
	third := d.sync(second["next_batch"].(string))
	if again := d.sync(first["next_batch"].(string)); fmt.Sprint(again) != fmt.Sprint(second) {
		t.Error("the same token got another response")
	}
	for n, response := range []map[string]any{second, third} {
		if token := response["next_batch"]; token != account.Token(n+1) {
			t.Errorf("response %d ends with %v", n+1, token)
		}
	}
	status, _ := d.ask("GET", "/_matrix/client/v3/sync?filter=1&since=elsewhere", "")
	if status != 400 {
		t.Errorf("an unknown token got %d", status)
	}
}

func TestALongPollAnswersWhenThereIsNews(t *testing.T) {
	d := start(t)
	_, announced := d.ask("GET", "/bench/next", "")
	answers := make(chan []byte)
	go func() {
		r, _ := http.NewRequest("GET", "/_matrix/client/v3/sync?filter=1&timeout=3600000&since="+account.NextBatch, nil)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		answers <- w.Body.Bytes()
	}()
	for !d.saw("asked") {
	}
	select {
	case <-answers:
		t.Fatal("an answer without news")
	default:
	}
	d.ask("POST", "/bench/push?events=3&count=1", "")
	if answer := <-answers; !strings.Contains(string(answer), announced["marker"].(string)) {
		t.Error("the answer has no marker")
	}
	if !d.saw("answered") {
		t.Error("nobody noted the answer")
	}
}

func TestALongPollEndsInTimeAndWithItsClient(t *testing.T) {
	d := start(t)
	status, nothing := d.ask("GET", "/_matrix/client/v3/sync?filter=1&timeout=1&since="+account.NextBatch, "")
	if status != 200 || len(nothing) != 1 || nothing["next_batch"] != account.NextBatch {
		t.Errorf("%d %v", status, nothing)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(gone, "GET", "/_matrix/client/v3/sync?filter=1&timeout=3600000&since="+account.NextBatch, nil)
	d.ServeHTTP(httptest.NewRecorder(), r) // it returns
}

func (d *device) saw(what string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, entry := range d.journal {
		if entry.What == what {
			return true
		}
	}
	return false
}

func TestFiltersThatAskForOtherWorkAreRefused(t *testing.T) {
	d := start(t)
	const path = "/_matrix/client/v3/user/@ada:bench.example/filter"
	for _, other := range []string{`{}`, `{"room":{"timeline":{"limit":20}}}`, strings.Replace(filter, "20", "8", 1), `no`} {
		if status, _ := d.ask("POST", path, other); status != 400 {
			t.Errorf("%s was taken", other)
		}
		if status, _ := d.ask("GET", "/_matrix/client/v3/sync?filter="+url.QueryEscape(other), ""); status != 400 {
			t.Errorf("%s was taken inline", other)
		}
	}
	if len(d.Unknown()) != 8 {
		t.Errorf("complaints are %q", d.Unknown())
	}
	_, said := d.ask("POST", path, filter)
	if status, back := d.ask("GET", path+"/"+said["filter_id"].(string), ""); status != 200 || back["room"] == nil {
		t.Errorf("the filter came back as %d %v", status, back)
	}
}

func TestOwnKeysComeBack(t *testing.T) {
	d := start(t)
	d.ask("POST", "/_matrix/client/v3/keys/upload", `{"device_keys":{"algorithms":["m.olm.v1"]}}`)
	_, said := d.ask("POST", "/_matrix/client/v3/keys/query", `{"device_keys":{"`+account.User+`":[],"@bob:bench.example":[]}}`)
	keys := said["device_keys"].(map[string]any)
	if len(keys[account.User].(map[string]any)) != 1 || len(keys["@bob:bench.example"].(map[string]any)) != 0 {
		t.Errorf("keys are %v", keys)
	}
}

func TestMessagesAreTakenOnce(t *testing.T) {
	d := start(t)
	for range 2 {
		if status, _ := d.ask("PUT", "/_matrix/client/v3/rooms/!a:b/send/m.room.message/t1", `{"body":"hi"}`); status != 200 {
			t.Errorf("status %d", status)
		}
	}
	if len(d.sent) != 1 || d.sent["t1"] != "hi" {
		t.Errorf("sent is %v", d.sent)
	}
}

func TestHistoryIsServed(t *testing.T) {
	d := start(t)
	path := "/_matrix/client/v3/rooms/" + url.PathEscape(d.ready.Quiet()) + "/messages?dir=b&limit=7&from="
	if status, said := d.ask("GET", path+"h0", ""); status != 200 || len(said["chunk"].([]any)) != 7 {
		t.Errorf("%d %v", status, said)
	}
	if status, _ := d.ask("GET", path+"nowhere", ""); status != 400 {
		t.Errorf("a place that is none got %d", status)
	}
}

func TestWhatIsNotReplayedIsTold(t *testing.T) {
	d := start(t)
	if status, _ := d.ask("GET", "/_matrix/client/v3/publicRooms", ""); status != 404 || len(d.Unknown()) != 1 {
		t.Errorf("%d, %q", status, d.Unknown())
	}
	// What every server lacks is no complaint.
	d.ask("GET", "/_matrix/client/v3/room_keys/version", "")
	d.ask("GET", "/_matrix/client/versions", "")
	if len(d.Unknown()) != 1 {
		t.Errorf("complaints are %q", d.Unknown())
	}
}

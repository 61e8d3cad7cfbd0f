package event_test

import (
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/scan"
)

// TestBadNumber: appendices, canonical JSON.
func TestBadNumber(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 100) + `1.5` + strings.Repeat(`}`, 100)
	for content, want := range map[string]string{
		`{}`: "", `{"n":0,"m":-1,"o":-0}`: "", `{"n":9007199254740991,"m":-9007199254740991}`: "",
		`{"n":"1.5","1.5":[true,null,"1e3"]}`:      "",
		`{"n":9007199254740992}`:                   "n",
		`{"a":1,"n":-9007199254740992}`:            "n",
		`{"n":123456789012345678901234567890}`:     "n",
		`{"geo":{"lat":1.5}}`:                      "geo.lat",
		`{"n":1.0}`:                                "n",
		`{"n": 1e3 }`:                              "n",
		`{"n":-0.0}`:                               "n",
		`{"list":[0, [], {"x":[1,2,0.5]}],"n":.5}`: "list[2].x[2]",
		`{"":{"ü\n":1E2}}`:                         ".ü\n",
		deep:                                       strings.TrimSuffix(strings.Repeat("a.", 100), "."),
		`{"` + strings.Repeat("ü", 200) + `":0.5}`: strings.Repeat("ü", 99),
	} {
		if got, bad := event.BadNumber(scan.Value(content)); got != want || bad != (want != "") {
			t.Errorf("%s: %q, %v, want %q", content, got, bad, want)
		}
	}
	if _, bad := event.BadNumber(scan.Value(`{"":0.5}`)); !bad {
		t.Error("a member without a name")
	}
}

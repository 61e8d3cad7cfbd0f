package client

import (
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
)

func TestWithPinned(t *testing.T) {
	for _, c := range []struct {
		now    string
		pinned bool
		want   string
	}{
		{``, true, `{"pinned":["$e"]}`},
		{`{"pinned":["$a"],"x":1}`, true, `{"x":1,"pinned":["$a","$e"]}`},
		{`{"pinned":["$a","$e"]}`, true, ``},
		{`{"pinned":["$e","$a","$e"]}`, false, `{"pinned":["$a"]}`},
		{`{"pinned":["$e"]}`, false, `{"pinned":[]}`},
		{`{}`, false, ``},
		{`{"pinned":"$e"}`, true, `{"pinned":["$e"]}`},
		{`{"pinned":[1,null,"$a"]}`, true, `{"pinned":["$a","$e"]}`},
	} {
		if got := withPinned(scan.Value(c.now), api.SetPinnedParams{EventID: "$e", Pinned: c.pinned}); string(got) != c.want {
			t.Errorf("%s, %v: %s, want %s", c.now, c.pinned, got, c.want)
		}
	}
}

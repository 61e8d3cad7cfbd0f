package summary_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/summary"
)

// TestRoutes (FEATURES 2-06, 2-27, D-24).
func TestRoutes(t *testing.T) {
	var crowd [][]string
	for i := range 20 {
		crowd = append(crowd, []string{fmt.Sprintf("s%02d.org", i)})
	}
	for what, c := range map[string]struct {
		room    event.RoomID
		sources [][]string
		want    string
	}{
		"nothing known":                   {room: "!v12"},
		"the id's server":                 {room: "!a:made.org", want: "made.org"},
		"the id's server last":            {room: "!a:made.org", sources: [][]string{{"a.org", "b.org"}}, want: "a.org b.org made.org"},
		"each once":                       {room: "!a:a.org", sources: [][]string{{"a.org", "a.org", "b.org"}, {"b.org"}}, want: "a.org b.org"},
		"the best of each source first":   {room: "!a", sources: [][]string{{"a1.org", "a2.org", "a3.org"}, {}, {"b1.org", "b2.org"}}, want: "a1.org b1.org a2.org b2.org a3.org"},
		"no source has all the say":       {room: "!a", sources: [][]string{{"1.org", "2.org", "3.org", "4.org"}}, want: "1.org 2.org 3.org"},
		"the user's own need not be told": {room: "!a:own.org", sources: [][]string{{"own.org", "a.org", "asked.org"}}, want: "a.org"},
		"addresses are no names":          {room: "!a:127.0.0.1", sources: [][]string{{"10.0.0.1", "[::1]:80", "a.org:8448"}, {"2130706433", "x.0"}}, want: "a.org:8448"},
		"what is of no use hides nothing": {room: "!a", sources: [][]string{{"own.org", "10.0.0.1", "", "a.org", "b.org"}, {"a.org", "c.org"}}, want: "a.org c.org b.org"},
		"hostile names":                   {room: "!a:b/c?d#e", sources: [][]string{{"", "a b", "a&via=b"}, {"user@host", "-x", strings.Repeat("x", 256)}}},
		"few":                             {room: "!a:made.org", sources: crowd, want: "s00.org s01.org s02.org s03.org s04.org s05.org s06.org made.org"},
	} {
		got := summary.Routes(c.room, []string{"own.org", "asked.org"}, c.sources...)
		if want := strings.Fields(c.want); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
}

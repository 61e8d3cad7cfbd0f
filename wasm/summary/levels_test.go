package summary_test

import (
	"fmt"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/summary"
)

func power(version, levels string) summary.Power {
	create := scan.Value(`{"sender":"@c:x","content":{"additional_creators":["@d:x",7]}}`)
	if levels == "" {
		return summary.NewPower(version, create, nil)
	}
	return summary.NewPower(version, create, scan.Value(`{"content":`+levels+`}`))
}

// TestLevels: what the room leaves to the defaults is shown too (FEATURES 7-22).
func TestLevels(t *testing.T) {
	show := func(p summary.Power) string {
		l := p.Levels()
		return fmt.Sprint(*l.Users, *l.Events, *l.State, *l.Invite, *l.Kick, *l.Ban, *l.Redact, *l.Notify, l.Types)
	}
	for what, c := range map[string]struct{ version, levels, want string }{
		"no event":      {"10", "", "0 0 50 0 50 50 50 50 []"},
		"all set":       {"10", `{"users_default":1,"events_default":2,"state_default":3,"invite":4,"kick":5,"ban":6,"redact":7,"notifications":{"room":8},"events":{"b":9,"a":10}}`, "1 2 3 4 5 6 7 8 [{a 10} {b 9}]"},
		"wrong types":   {"10", `{"users_default":"1","ban":{},"events":[1],"notifications":7,"kick":1.5}`, "0 0 50 0 50 50 50 50 []"},
		"words, before": {"9", `{"users_default":"1","events":{"a":" 5 ","b":"x"}}`, "1 0 50 0 50 50 50 50 [{a 5}]"},
		"huge":          {"10", `{"ban":9223372036854775807,"kick":-9223372036854775808}`, fmt.Sprint("0 0 50 0 ", -summary.MaxLevel, " ", summary.MaxLevel, " 50 50 []")},
	} {
		if got := show(power(c.version, c.levels)); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
}

// TestMayReplace follows the authorization rules of m.room.power_levels.
func TestMayReplace(t *testing.T) {
	const now = `{"users":{"@me:here":60,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`
	for what, c := range map[string]struct {
		next string
		may  bool
	}{
		"nothing":                       {now, true},
		"unknown members":               {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20},"x":1}`, true},
		"raises a lower one to itself":  {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":60,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`, true},
		"raises above itself":           {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":61,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`, false},
		"raises itself":                 {`{"users":{"@me:here":61,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`, false},
		"lowers itself":                 {`{"users":{"@me:here":0,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`, true},
		"lowers a peer":                 {`{"users":{"@me:here":60,"@peer:x":0,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`, false},
		"takes out who is above":        {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":10},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`, false},
		"takes out a lower one":         {`{"users":{"@me:here":60,"@peer:x":60,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`, true},
		"lowers what is above":          {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":60,"m.low":10},"ban":60,"kick":70,"notifications":{"room":20}}`, false},
		"takes a type of its level out": {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70},"ban":60,"kick":70,"notifications":{"room":20}}`, true},
		"lowers a number at its level":  {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":0,"kick":70,"notifications":{"room":20}}`, true},
		"takes a number above out":      {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"notifications":{"room":20}}`, false},
		"adds a number above itself":    {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"redact":61,"notifications":{"room":20}}`, false},
		"notifies from above itself":    {`{"users":{"@me:here":60,"@peer:x":60,"@low:x":10,"@top:x":100},"events":{"m.room.power_levels":50,"high":70,"m.low":10},"ban":60,"kick":70,"notifications":{"room":61}}`, false},
	} {
		if got := power("11", now).MayReplace(me, scan.Value(c.next)); got != c.may {
			t.Errorf("%s: %v", what, got)
		}
	}
	if power("11", now).MayReplace("@low:x", scan.Value(now)) {
		t.Error("who may not send power levels may replace them")
	}
	if p := power("12", `{}`); !p.MayReplace("@d:x", scan.Value(`{"users":{"@a:x":9007199254740991}}`)) || p.MayReplace("@c:x", scan.Value(`{"users":{"@d:x":100}}`)) {
		t.Error("creators may do all but list one of them")
	}
	if p := power("11", ""); !p.MayReplace("@c:x", scan.Value(`{"users":{"@a:x":500}}`)) {
		t.Error("the first levels may be any")
	}
}

// TestWithLevels: an edit leaves everything else as it is.
func TestWithLevels(t *testing.T) {
	n := func(n int64) *int64 { return &n }
	before := scan.Value(`{"users":{"@a:x":1,"@b:x":"2"},"ban":1,"events":{"a":1},"notifications":{"x":1},"z":[1]}`)
	for _, c := range []struct {
		got  scan.Value
		want string
	}{
		{summary.WithUser(before, "@a:x", n(5)), `{"ban":1,"events":{"a":1},"notifications":{"x":1},"z":[1],"users":{"@b:x":"2","@a:x":5}}`},
		{summary.WithUser(before, "@b:x", nil), `{"ban":1,"events":{"a":1},"notifications":{"x":1},"z":[1],"users":{"@a:x":1}}`},
		{summary.WithUser(before, "@c:x", nil), string(before)},
		{summary.WithUser(nil, "@c:x", n(-1)), `{"users":{"@c:x":-1}}`},
		{summary.WithLevels(before, &api.Levels{}), string(before)},
		{summary.WithLevels(before, &api.Levels{Ban: n(0), Notify: n(3), Types: []api.TypeLevel{{Type: "b", Level: 2}, {Type: "a", Level: 4}}}),
			`{"users":{"@a:x":1,"@b:x":"2"},"z":[1],"ban":0,"notifications":{"x":1,"room":3},"events":{"b":2,"a":4}}`},
		{power("10", "").Content(), `{"users":{"@c:x":100}}`},
		{power("12", "").Content(), `{}`},
	} {
		if string(c.got) != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

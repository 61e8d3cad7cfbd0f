package space_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/space"
)

// TestReadChild (FEATURES A.3, 1 and 2).
func TestReadChild(t *testing.T) {
	fifty := strings.Repeat("o", 50)
	for _, c := range []struct {
		name, content string
		ok            bool
		want          space.Edge
	}{
		{"one server", `{"via":["a"]}`, true, space.Edge{Via: []string{"a"}}},
		{"taken out", `{}`, false, space.Edge{}},
		{"no servers", `{"via":[]}`, false, space.Edge{}},
		{"no list", `{"via":"a"}`, false, space.Edge{}},
		{"an object", `{"via":{"0":"a"}}`, false, space.Edge{}},
		{"null", `{"via":null,"order":"a"}`, false, space.Edge{}},
		{"no strings", `{"via":[1,null,["a"],{"a":"a"}],"order":"a"}`, false, space.Edge{}},
		{"some strings", `{"via":[1,"a",null,"b"]}`, true, space.Edge{Via: []string{"a", "b"}}},
		{"no object", `["via"]`, false, space.Edge{}},
		{"nothing", ``, false, space.Edge{}},
		{"order", `{"via":["a"],"order":" ~"}`, true, space.Edge{Via: []string{"a"}, Order: " ~"}},
		{"longest order", `{"via":["a"],"order":"` + fifty + `"}`, true, space.Edge{Via: []string{"a"}, Order: fifty}},
		{"order too long", `{"via":["a"],"order":"` + fifty + `o"}`, true, space.Edge{Via: []string{"a"}}},
		{"empty order", `{"via":["a"],"order":""}`, true, space.Edge{Via: []string{"a"}}},
		{"order below space", `{"via":["a"],"order":"a\u001f"}`, true, space.Edge{Via: []string{"a"}}},
		{"order above tilde", `{"via":["a"],"order":"a\u007f"}`, true, space.Edge{Via: []string{"a"}}},
		{"order beyond ASCII", `{"via":["a"],"order":"é"}`, true, space.Edge{Via: []string{"a"}}},
		{"order a number", `{"via":["a"],"order":1}`, true, space.Edge{Via: []string{"a"}}},
		{"suggested", `{"via":["a"],"suggested":true}`, true, space.Edge{Via: []string{"a"}, Suggested: true}},
		{"suggested a string", `{"via":["a"],"suggested":"true"}`, true, space.Edge{Via: []string{"a"}}},
		{"suggested a number", `{"via":["a"],"suggested":1}`, true, space.Edge{Via: []string{"a"}}},
	} {
		edge, ok := space.ReadChild(scan.Value(c.content))
		if ok != c.ok || !sameEdge(edge, c.want) {
			t.Errorf("%s: %+v %t, want %+v %t", c.name, edge, ok, c.want, c.ok)
		}
	}
}

// TestReadParent (FEATURES A.3, 4 and 5).
func TestReadParent(t *testing.T) {
	for content, want := range map[string][2]bool{
		`{"via":["a"]}`:                      {false, true},
		`{"via":["a"],"canonical":true}`:     {true, true},
		`{"via":["a"],"canonical":"true"}`:   {false, true},
		`{"via":["a"],"canonical":{"a":[]}}`: {false, true},
		`{"via":[],"canonical":true}`:        {false, false},
		`{"canonical":true}`:                 {false, false},
		`{}`:                                 {false, false},
	} {
		canonical, ok := space.ReadParent(scan.Value(content))
		if got := [2]bool{canonical, ok}; got != want {
			t.Errorf("%s: %v, want %v", content, got, want)
		}
	}
}

// FuzzRead holds the readers against encoding/json.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"via":["a",1],"order":"x","suggested":true,"canonical":true}`, `{"via":{},"order":[],"suggested":"no"}`,
		`{"via":[],"via":["a"],"order":"a","order":7}`, `{"via":["\ud800"],"order":"\ud800"}`, `[]`, `7`, ``, `{"via":[`, "{\"via\":[\"\xff\"]}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		edge, ok := space.ReadChild(content)
		place, placed := space.ReadPlace(content)
		canonical, parent := space.ReadParent(content)
		order := space.ReadOrder(content)
		if ok != placed || ok != parent || ok && len(edge.Via) == 0 || place.Via != nil {
			t.Fatalf("%t %t %t %v %v", ok, placed, parent, edge, place)
		}
		if edge.Via = nil; !sameEdge(edge, place) {
			t.Fatalf("%v and %v", edge, place)
		}
		if !json.Valid(content) || !scan.Valid(content) {
			return
		}
		var all map[string]any
		_ = json.Unmarshal(content, &all)
		want := wanted(all)
		if got, _ := space.ReadChild(content); !sameEdge(got, want) || order != orderOf(all) {
			t.Fatalf("%+v %q, want %+v %q", got, order, want, orderOf(all))
		}
		if canonical != (len(want.Via) > 0 && all["canonical"] == true) {
			t.Fatalf("canonical %t", canonical)
		}
	})
}

func wanted(content map[string]any) (edge space.Edge) {
	list, _ := content["via"].([]any)
	for _, item := range list {
		if server, ok := item.(string); ok {
			edge.Via = append(edge.Via, server)
		}
	}
	if len(edge.Via) == 0 {
		return space.Edge{}
	}
	edge.Order, edge.Suggested = orderOf(content), content["suggested"] == true
	return edge
}

func orderOf(content map[string]any) string {
	order, _ := content["order"].(string)
	odd := strings.ContainsFunc(order, func(c rune) bool { return c < 0x20 || c > 0x7e })
	if odd || len([]rune(order)) > 50 {
		return ""
	}
	return order
}

func sameEdge(a, b space.Edge) bool {
	return slices.Equal(a.Via, b.Via) && a.Order == b.Order && a.Suggested == b.Suggested
}

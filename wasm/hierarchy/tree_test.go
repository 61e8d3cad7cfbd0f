package hierarchy_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/api"
	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/hierarchy"
	"github.com/alcove-chat/alcove/wasm/scan"
	"github.com/alcove-chat/alcove/wasm/table"
)

// account is what a user knows.
type account struct {
	rooms    map[event.RoomID]*table.Room
	children map[event.RoomID][]string // m.space.child events
}

func (a account) Room(id event.RoomID) *table.Room { return a.rooms[id] }

func (a account) Children(id event.RoomID) (map[event.RoomID]hierarchy.Child, bool) {
	events, ok := a.children[id]
	all := map[event.RoomID]hierarchy.Child{}
	for _, raw := range events {
		if c, ok := hierarchy.ReadChild(scan.Value(raw)); ok {
			all[c.ID] = c
		}
	}
	return all, ok
}

var nobody = account{}

// edge is an m.space.child; more adds to its content.
func edge(to string, ts int, more string) string {
	return fmt.Sprintf(`{"type":"m.space.child","state_key":%q,"origin_server_ts":%d,"sender":"@a:x","content":{"via":["x"]%s}}`, to, ts, more)
}

func space(id string, edges ...string) string {
	return fmt.Sprintf(`{"room_id":%q,"room_type":"m.space","children_state":[%s]}`, id, strings.Join(edges, ","))
}

func room(id string) string {
	return fmt.Sprintf(`{"room_id":%q,"name":"room %s","children_state":[]}`, id, id)
}

func page(rooms ...string) scan.Value { return scan.Value("[" + strings.Join(rooms, ",") + "]") }

// ended is a tree of one page.
func ended(rooms ...string) *hierarchy.Tree {
	t := hierarchy.New("!root", false, nil)
	t.Add(page(rooms...))
	t.End()
	return t
}

// drawn shows places as lines, deeper ones further in.
func drawn(places []api.SpaceRoom) string {
	var lines []string
	for _, p := range places {
		line := strings.Repeat(" ", p.Level-1) + string(p.Room.ID)
		if p.Hidden {
			line += "?"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "|")
}

func TestPlaces(t *testing.T) {
	for name, c := range map[string]struct {
		tree *hierarchy.Tree
		want string
	}{
		"nothing":             {hierarchy.New("!root", false, nil), ""},
		"order, then age, id": {ended(space("!root", edge("!d", 1, ""), edge("!c", 9, `,"order":"b"`), edge("!b", 2, `,"order":"a"`), edge("!a", 1, "")), room("!a"), room("!b"), room("!c"), room("!d")), "!b|!c|!a|!d"},
		"orders that are none": {ended(space("!root", edge("!a", 2, `,"order":"é"`), edge("!b", 1, `,"order":`+fmt.Sprintf("%q", strings.Repeat("a", 51))), edge("!c", 3, `,"order":"z"`), edge("!d", 4, `,"order":7`)),
			room("!a"), room("!b"), room("!c"), room("!d")), "!c|!b|!a|!d"},
		"depth first":           {ended(room("!b"), space("!root", edge("!s", 1, ""), edge("!b", 2, "")), room("!a"), space("!s", edge("!a", 1, ""))), "!s| !a|!b"},
		"one room, two places":  {ended(space("!root", edge("!s", 1, ""), edge("!a", 2, "")), space("!s", edge("!a", 1, "")), room("!a")), "!s| !a|!a"},
		"hidden":                {ended(space("!root", edge("!a", 1, ""), edge("!b", 2, "")), room("!b")), "!a?|!b"},
		"itself":                {ended(space("!root", edge("!root", 1, ""), edge("!a", 2, "")), room("!a")), "!a"},
		"a circle":              {ended(space("!root", edge("!s", 1, "")), space("!s", edge("!t", 1, "")), space("!t", edge("!root", 1, ""), edge("!s", 2, ""), edge("!a", 3, "")), room("!a")), "!s| !t|  !a"},
		"no space has children": {ended(space("!root", edge("!a", 1, "")), `{"room_id":"!a","children_state":[`+edge("!b", 1, "")+`]}`, room("!b")), "!a"},
		"twice, with fewer":     {ended(space("!root", edge("!a", 1, ""), edge("!b", 2, "")), space("!root", edge("!a", 1, "")), room("!a"), room("!b")), "!a|!b"},
		"not below the root":    {ended(space("!root", edge("!a", 1, "")), room("!a"), room("!b")), "!a"},
	} {
		if got := drawn(c.tree.Places(nobody)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestHostileEdges: what is no edge leads nowhere, and takes nothing else with it.
func TestHostileEdges(t *testing.T) {
	bad := []string{
		`7`, `null`, `[]`, `{}`, `{"type":"m.space.child","state_key":"!a"}`, edge("@a:x", 1, ""), edge("", 1, ""), edge("!", 1, ""),
		edge("!a\nb", 1, ""), edge("!"+strings.Repeat("x", 255), 1, ""),
		`{"type":"m.room.name","state_key":"!a","content":{"via":["x"]}}`, `{"type":"m.space.child","content":{"via":["x"]}}`,
		`{"type":"m.space.child","state_key":"!a","content":{}}`, `{"type":"m.space.child","state_key":"!a","content":{"via":[]}}`,
		`{"type":"m.space.child","state_key":"!a","content":{"via":"x"}}`, `{"type":"m.space.child","state_key":"!a","content":{"via":[7]}}`,
		`{"type":"m.space.child","state_key":7,"content":{"via":["x"]}}`, `{"type":"m.space.child","state_key":"!a","content":["via"]}`,
	}
	tree := ended(space("!root", append(bad, edge("!ok", -5, `,"suggested":"yes"`))...), room("!ok"), `{"room_id":7}`, `"!x"`, `[]`, `null`)
	places := tree.Places(nobody)
	if drawn(places) != "!ok" || places[0].Suggested {
		t.Errorf("%+v", places)
	}
	for _, list := range []string{`{}`, `null`, `"x"`, ``, `[[[]]]`} {
		tree.Add(scan.Value(list))
	}
}

func TestSuggestedAndDepth(t *testing.T) {
	pages := page(space("!root", edge("!s", 1, `,"suggested":true`), edge("!b", 2, "")), space("!s", edge("!t", 1, `,"suggested":true`)),
		space("!t", edge("!c", 1, `,"suggested":true`)), room("!b"), room("!c"))
	depth := func(n int) *int { return &n }
	for _, c := range []struct {
		suggested bool
		depth     *int
		want      string
	}{
		{false, nil, "!s| !t|  !c|!b"}, {true, nil, "!s| !t|  !c"}, {false, depth(0), "!s|!b"}, {false, depth(-3), "!s|!b"},
		{false, depth(1), "!s| !t|!b"}, {true, depth(99), "!s| !t|  !c"},
	} {
		tree := hierarchy.New("!root", c.suggested, c.depth)
		tree.Add(pages)
		tree.End()
		places := tree.Places(nobody)
		if drawn(places) != c.want || places[0].Children != 1 {
			t.Errorf("%+v: %s, want %s", c, drawn(places), c.want)
		}
	}
}

// TestPageByPage: a room shows once it was told of, and is hidden only when nothing
// more comes.
func TestPageByPage(t *testing.T) {
	tree := hierarchy.New("!root", false, nil)
	var all []string
	for _, p := range []scan.Value{page(space("!root", edge("!a", 1, ""), edge("!b", 2, ""), edge("!c", 3, ""))), page(room("!a")), page(room("!c"))} {
		tree.Add(p)
		all = append(all, drawn(tree.Places(nobody)))
	}
	tree.End()
	if all = append(all, drawn(tree.Places(nobody))); !slices.Equal(all, []string{"", "!a", "!a|!c", "!a|!b?|!c"}) {
		t.Errorf("%q", all)
	}
	// The pages start anew: what was shown stays until it is sure that it went.
	tree.Begin()
	tree.Add(page(space("!root", edge("!a", 1, ""), edge("!b", 2, ""))))
	before := drawn(tree.Places(nobody))
	tree.Add(page(room("!b")))
	tree.End()
	if after := drawn(tree.Places(nobody)); before != "!a|!b?" || after != "!a?|!b" {
		t.Errorf("%s, then %s", before, after)
	}
}

// TestOwnKnowledge: what the account knows is newer than what a server told.
func TestOwnKnowledge(t *testing.T) {
	own := account{
		rooms: map[event.RoomID]*table.Room{
			"!root": {ID: "!root", Membership: event.Join, Type: "m.space"},
			"!mine": {ID: "!mine", Membership: event.Join, Name: "Mine", Joined: 2},
			"!inv":  {ID: "!inv", Membership: event.Invite, Name: "Invited"},
			"!left": {ID: "!left", Membership: event.Leave, Name: "Left"},
			"!s":    {ID: "!s", Membership: event.Join, Type: "m.space"},
			"!a":    {ID: "!a", Membership: event.Join, Name: "Own"},
		},
		children: map[event.RoomID][]string{
			"!root": {edge("!mine", 1, ""), edge("!inv", 2, ""), edge("!left", 3, ""), edge("!s", 4, ""), edge("!new", 5, "")},
			"!s":    {edge("!a", 1, "")},
		},
	}
	tree := ended(space("!root", edge("!old", 1, ""), edge("!left", 3, "")), room("!old"), room("!a"))
	places := tree.Places(own)
	// The server does not tell of !left; of !new it was not asked.
	if got, want := drawn(places), "!mine|!inv|!left?|!s| !a"; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	for i, want := range []api.EntryHow{api.EntryIn, api.EntryAccept, api.EntryInvite, api.EntryIn, api.EntryIn} {
		if r := places[i].Room; r.Entry.How != want || i != 3 && !slices.Equal(r.Via, []string{"x"}) {
			t.Errorf("%+v, want %s", r, want)
		}
	}
	if places[0].Room.Name != "Mine" || places[1].Room.Name != "Invited" || places[2].Room.Name != "" || places[4].Room.Name != "Own" {
		t.Errorf("%+v", places)
	}
	for id, want := range map[event.RoomID]bool{"!root": true, "!mine": true, "!new": true, "!a": true, "!old": false} {
		if tree.Names(id) != want {
			t.Errorf("%s is named: %v", id, !want)
		}
	}
	local := hierarchy.New("!root", false, nil)
	local.EndLocal()
	if got, want := drawn(local.Places(own)), "!mine|!inv|!left?|!s| !a|!new?"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestThrough: a room that the members of a space may join can be joined by them, and
// changes with that membership.
func TestThrough(t *testing.T) {
	closed := `{"room_id":"!a","join_rule":"restricted","allowed_room_ids":["!club"],"room_version":"11"}`
	tree := ended(space("!root", edge("!a", 1, "")), closed)
	if e := tree.Places(nobody)[0].Room.Entry; e.How != api.EntryInvite || !slices.Equal(e.Through, []event.RoomID{"!club"}) {
		t.Errorf("%+v", e)
	}
	member := account{rooms: map[event.RoomID]*table.Room{"!club": {ID: "!club", Membership: event.Join}}}
	if e := tree.Places(member)[0].Room.Entry; e.How != api.EntryJoin || !tree.Names("!club") {
		t.Errorf("%+v", e)
	}
}

// TestBounds: chains, shared children and wide spaces end.
func TestBounds(t *testing.T) {
	var chain, ladder []string
	for i := range 9000 {
		chain = append(chain, space(fmt.Sprint("!", i), edge(fmt.Sprint("!", i+1), 1, "")))
	}
	for i := range 40 { // 2^40 ways down
		next := []string{edge(fmt.Sprint("!", i+1, "a"), 1, ""), edge(fmt.Sprint("!", i+1, "b"), 2, "")}
		ladder = append(ladder, space(fmt.Sprint("!", i, "a"), next...), space(fmt.Sprint("!", i, "b"), next...))
	}
	var wide []string
	for i := range 12000 {
		wide = append(wide, edge(fmt.Sprint("!", i), i, ""))
	}
	for name, c := range map[string]struct {
		rooms []string
		want  int
	}{
		"a chain":            {append(chain, space("!root", edge("!0", 1, ""))), 32},
		"a ladder":           {append(ladder, space("!root", edge("!0a", 1, ""), edge("!0b", 2, ""))), 10_000},
		"a wide one":         {[]string{space("!root", wide...)}, 10_000},
		"wide and in itself": {[]string{space("!root", wide...), space("!0", wide...), space("!1", wide...)}, 10_000},
	} {
		places := ended(c.rooms...).Places(nobody)
		if len(places) != c.want {
			t.Errorf("%s: %d places", name, len(places))
		}
		keys := map[string]bool{}
		for _, p := range places {
			keys[p.Key] = true
		}
		if len(keys) != len(places) {
			t.Errorf("%s: %d keys of %d places", name, len(keys), len(places))
		}
	}
}

func same(a, b []api.SpaceRoom) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }

// TestReplaced (FEATURES D-22): where the user is in what replaced a child, that is
// shown, once, if both rooms say so.
func TestReplaced(t *testing.T) {
	joined := func(id, before, after event.RoomID) *table.Room {
		return &table.Room{ID: id, Membership: event.Join, Predecessor: before, Successor: after}
	}
	gone := func(id, before, after event.RoomID) *table.Room {
		r := joined(id, before, after)
		r.Membership = event.Leave
		return r
	}
	for name, c := range map[string]struct {
		rooms []*table.Room
		want  string
	}{
		"both say so":            {[]*table.Room{joined("!a", "", "!b"), joined("!b", "!a", "")}, "!b|!c"},
		"by one that is further": {[]*table.Room{gone("!a", "", "!b"), gone("!b", "!a", "!x"), joined("!x", "!b", "")}, "!x|!c"},
		"only the old one does":  {[]*table.Room{joined("!a", "", "!b"), joined("!b", "", "")}, "!a|!c"},
		"only the new one does":  {[]*table.Room{joined("!a", "", ""), joined("!b", "!a", "")}, "!a|!c"},
		"the user is not in it":  {[]*table.Room{joined("!a", "", "!b"), gone("!b", "!a", "")}, "!a|!c"},
		"by another child":       {[]*table.Room{joined("!a", "", "!c"), joined("!c", "!a", "")}, "!c"},
		"by the space":           {[]*table.Room{joined("!a", "", "!root"), joined("!root", "!a", "")}, "!c"},
		"a circle":               {[]*table.Room{joined("!a", "!x", "!b"), joined("!b", "!a", "!x"), joined("!x", "!b", "!a")}, "!a|!c"},
		"nobody knows":           {nil, "!a|!c"},
	} {
		own := account{rooms: map[event.RoomID]*table.Room{}}
		for _, r := range c.rooms {
			own.rooms[r.ID] = r
		}
		tree := ended(space("!root", edge("!a", 1, ""), edge("!c", 2, "")), room("!a"), room("!c"))
		if got := drawn(tree.Places(own)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if len(c.rooms) > 0 && c.rooms[0].Successor != "" && !tree.Names(c.rooms[0].Successor) {
			t.Errorf("%s: what comes of it is not looked at again", name)
		}
	}
}

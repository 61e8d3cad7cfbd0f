package space_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
)

func open(id event.RoomID, children ...event.RoomID) space.Node {
	n := space.Node{ID: id, Space: true, Joined: true}
	for i, c := range children {
		n.Children = append(n.Children, space.Child{ID: c, TS: int64(i)})
	}
	return n
}

func joined(id event.RoomID, claims ...space.Claim) space.Node {
	return space.Node{ID: id, Joined: true, Claims: claims}
}

func graph(nodes ...space.Node) *space.Graph {
	g := space.New(0)
	for _, n := range nodes {
		n.Count.Unread = 1
		g.Put(n)
	}
	return g
}

// shown writes down the list of spaces, a dash before each for a level, and what each
// shows.
func shown(g *space.Graph) string {
	var out []string
	for _, s := range g.Spaces() {
		line := strings.Repeat("-", s.Level) + string(s.ID) + ":"
		for _, e := range g.Children(s.ID) {
			line += " " + string(e.Room)
		}
		out = append(out, fmt.Sprint(line, " =", g.Sum(s.ID).Unread))
	}
	return strings.Join(out, "\n")
}

// TestExamples is FEATURES A.3, point by point.
func TestExamples(t *testing.T) {
	claim := space.Claim{Parent: "!S:x", Sender: "@keeper:x"}
	keepers := []event.UserID{"@other:x", "@keeper:x"}
	kept := open("!S:x")
	kept.Keepers = keepers
	free := open("!S:x")
	free.Anyone = true
	left := open("!S:x", "!a")
	left.Joined, left.Keepers = false, keepers
	first, second := open("!Z:x"), open("!A:x")
	first.Order = "!"
	moved := joined("!a")
	moved.Successor = "!b"
	unjoined := space.Node{ID: "!a", Claims: []space.Claim{claim}}
	for _, c := range []struct {
		name  string
		nodes []space.Node
		want  string
	}{
		{"1: children of a space", []space.Node{open("!S:x", "!a", "!b"), joined("!a")}, "!S:x: !a !b =1"},
		{"1: children of a room", []space.Node{{ID: "!r", Joined: true, Children: open("", "!a").Children}, joined("!a")}, ""},
		{"1: state keys that are no room", []space.Node{open("!S:x", "", "!", "#a:x", "@a:x", "a", "!a")}, "!S:x: !a =0"},
		{"4: claimed by anyone", []space.Node{open("!S:x"), joined("!a", claim)}, "!S:x: =0"},
		{"4: claimed by a keeper", []space.Node{kept, joined("!a", claim)}, "!S:x: !a =1"},
		{"4: anyone is a keeper", []space.Node{free, joined("!a", claim)}, "!S:x: !a =1"},
		{"4: the parent cannot be read", []space.Node{left, joined("!a", claim)}, ""},
		{"4: a claim that came with an invite", []space.Node{kept, unjoined}, "!S:x: =0"},
		{"6: a space in itself", []space.Node{open("!S:x", "!S:x", "!a"), joined("!a")}, "!S:x: !a =1"},
		{"6: a circle", []space.Node{open("!C:x", "!A:x"), open("!B:x", "!C:x"), open("!A:x", "!B:x")}, "!A:x: !B:x =0\n-!B:x: !C:x =0\n--!C:x: !A:x =0"},
		{"6: a circle below a root", []space.Node{open("!Z:x", "!C:x"), open("!C:x", "!A:x"), open("!A:x", "!C:x")}, "!Z:x: !C:x =0\n-!C:x: !A:x =0\n--!A:x: !C:x =0"},
		{"6: a circle below a circle", []space.Node{open("!Y:x", "!Z:x"), open("!Z:x", "!Y:x", "!B:x"), open("!A:x", "!B:x"), open("!B:x", "!A:x")},
			"!Y:x: !Z:x =0\n-!Z:x: !Y:x !B:x =0\n--!B:x: !A:x =0\n---!A:x: !B:x =0"},
		{"6: a room in two spaces", []space.Node{open("!R:x", "!A:x", "!B:x"), open("!A:x", "!a"), open("!B:x", "!a"), joined("!a")}, "!R:x: !A:x !B:x =1\n-!A:x: !a =1\n-!B:x: !a =1"},
		{"6: a diamond of spaces", []space.Node{open("!R:x", "!A:x", "!B:x"), open("!A:x", "!C:x"), open("!B:x", "!C:x"), open("!C:x", "!a"), joined("!a")},
			"!R:x: !A:x !B:x =1\n-!A:x: !C:x =1\n--!C:x: !a =1\n-!B:x: !C:x =1"},
		{"7: roots with an order, then by id", []space.Node{open("!B:x"), second, first}, "!Z:x: =0\n!A:x: =0\n!B:x: =0"},
		{"7: below what is not joined", []space.Node{left, open("!a", "!b")}, "!a: !b =0"},
		{"8: what is not joined does not count", []space.Node{open("!S:x", "!a", "!b"), joined("!a"), {ID: "!b"}}, "!S:x: !a !b =1"},
		{"8: nor what spaces have unread", []space.Node{open("!S:x", "!T:x"), open("!T:x", "!a"), joined("!a")}, "!S:x: !T:x =1\n-!T:x: !a =1"},
		{"9: children of an invite", []space.Node{{ID: "!S:x", Space: true, Children: open("", "!a").Children}, joined("!a")}, ""},
		{"10: a successor that is joined", []space.Node{open("!S:x", "!a", "!c"), moved, joined("!b")}, "!S:x: !b !c =1"},
		{"10: a successor that is not", []space.Node{open("!S:x", "!a", "!c"), moved, {ID: "!b"}}, "!S:x: !a !c =1"},
		{"10: both are children", []space.Node{open("!S:x", "!b", "!c", "!a"), moved, joined("!b")}, "!S:x: !b !c =1"},
		{"10: upgrades in a circle", []space.Node{open("!S:x", "!a"), moved, {ID: "!b", Joined: true, Successor: "!a"}}, "!S:x: !a =1"},
		{"10: a space's successor has none of its children", []space.Node{
			{ID: "!S:x", Space: true, Joined: true, Successor: "!T:x", Children: open("", "!a").Children}, open("!T:x"), joined("!a")}, "!S:x: !a =1\n!T:x: =0"},
	} {
		for range 2 {
			if got := shown(graph(c.nodes...)); got != c.want {
				t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
			}
			slices.Reverse(c.nodes)
		}
	}
}

// TestCompare (FEATURES A.3, 3).
func TestCompare(t *testing.T) {
	inOrder := []space.Child{
		{ID: "!z", Order: " ", TS: 9}, {ID: "!z", Order: "B", TS: 9}, {ID: "!z", Order: "a", TS: 1}, {ID: "!a", Order: "a", TS: 2},
		{ID: "!b", Order: "a", TS: 2}, {ID: "!a", Order: "aa"}, {ID: "!a", Order: "~"}, {ID: "!z"}, {ID: "!a", TS: 1}, {ID: "!b", TS: 1},
	}
	for i := range inOrder {
		for j := range inOrder {
			got := space.Compare(&inOrder[i], &inOrder[j])
			if (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%v and %v: %d", inOrder[i], inOrder[j], got)
			}
		}
	}
}

// TestCanonical (FEATURES A.3, 4 and 5; H-2): a claim is judged anew whenever its parent's
// children or keepers change.
func TestCanonical(t *testing.T) {
	room := joined("!a", space.Claim{"!C", "@k", true}, space.Claim{"!B", "@k", true}, space.Claim{"!A", "@k", false})
	kept := open("!B")
	kept.Keepers = []event.UserID{"@k"}
	g := graph(room, open("!A", "!a"), open("!C", "!a"))
	for _, step := range []struct {
		put     space.Node
		want    event.RoomID
		parents []event.RoomID
	}{
		{open("!B"), "!C", []event.RoomID{"!A", "!C"}},
		{kept, "!B", []event.RoomID{"!A", "!B", "!C"}},
		{open("!B"), "!C", []event.RoomID{"!A", "!C"}},
		{open("!B", "!a"), "!B", []event.RoomID{"!A", "!B", "!C"}},
		{space.Node{ID: "!B"}, "!C", []event.RoomID{"!A", "!C"}},
		{open("!C"), "", []event.RoomID{"!A"}},
	} {
		g.Put(step.put)
		got, ok := g.Canonical("!a")
		if got != step.want || ok != (got != "") || !slices.Equal(g.Parents("!a"), step.parents) {
			t.Errorf("%v: %q %t %v, want %q %v", step.put, got, ok, g.Parents("!a"), step.want, step.parents)
		}
	}
}

// TestDeep (FEATURES D-21): a chain of 10,000 spaces that is closed to a circle and
// opened again, with a room at its end that is in another space too.
func TestDeep(t *testing.T) {
	const deep = 10_000
	name := func(i int) event.RoomID { return event.RoomID(fmt.Sprintf("!%05d", i)) }
	g := space.New(0)
	for i := range deep {
		g.Put(open(name(i), name(i+1)))
	}
	g.Put(joined(name(deep)))
	g.Put(open("!also", name(deep)))
	g.Count(name(deep), space.Count{Unread: 2, Highlights: 1})
	for _, last := range []space.Node{open(name(deep-1), name(deep)), open(name(deep-1), name(deep), name(0)), open(name(deep-1), name(deep))} {
		g.Put(last)
		spaces := g.Spaces()
		if len(spaces) != deep+1 || spaces[0] != (space.Space{ID: name(0)}) || spaces[deep-1] != (space.Space{ID: name(deep - 1), Level: deep - 1}) {
			t.Fatalf("%d spaces, %v to %v", len(spaces), spaces[0], spaces[len(spaces)-1])
		}
		if got := g.Sum(name(0)); got != (space.Count{Unread: 2, Highlights: 1}) {
			t.Errorf("sum %v", got)
		}
		if len(g.Below(name(0))) != deep || len(g.Above(name(deep))) != deep+1 {
			t.Errorf("%d below, %d above", len(g.Below(name(0))), len(g.Above(name(deep))))
		}
	}
}

// TestWide: a space of 5,000 rooms that all claim it and were all upgraded.
func TestWide(t *testing.T) {
	const wide = 5_000
	g, s := space.New(0), open("!S")
	for i := range wide {
		old, id := event.RoomID(fmt.Sprintf("!old%d", i)), event.RoomID(fmt.Sprintf("!%05d", wide-i))
		s.Children = append(s.Children, space.Child{ID: old, TS: int64(-i)})
		g.Put(space.Node{ID: old, Successor: id, Claims: []space.Claim{{Parent: "!S"}}})
		g.Put(joined(id, space.Claim{Parent: "!S"}))
		g.Count(id, space.Count{Unread: 1})
	}
	g.Put(s)
	entries := g.Children("!S")
	if len(entries) != wide || entries[0].Room != "!00001" || entries[0].ID != "!old4999" || g.Sum("!S").Unread != wide {
		t.Errorf("%d children, the first %v, %v unread", len(entries), entries[0], g.Sum("!S"))
	}
}

// TestForgotten: what nobody names and nobody said is gone, and did no harm.
func TestForgotten(t *testing.T) {
	room := joined("!a", space.Claim{Parent: "!U"})
	room.Successor = "!b"
	g := graph(open("!S", "!T", "!a"), open("!T", "!a"), room)
	for _, id := range []event.RoomID{"!a", "!T", "!S", "!none"} {
		g.Remove(id)
		g.Count(id, space.Count{Unread: 7})
	}
	if g.Changed(); g.Size() != 0 {
		t.Errorf("%d rooms are kept", g.Size())
	}
	g.Put(open("!S", "!a"))
	g.Count("!a", space.Count{Unread: 7})
	g.Put(joined("!a"))
	if got := shown(g); got != "!S: !a =0" {
		t.Errorf("got %s", got)
	}
}

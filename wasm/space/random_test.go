package space_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alcove-chat/alcove/wasm/event"
	"github.com/alcove-chat/alcove/wasm/space"
)

var seeds = flag.Int("seeds", 4000, "how many graphs TestRandom makes up")

// made makes up a world and says it to a graph, piece by piece.
type made struct {
	*world
	*rand.Rand
	graph *space.Graph
	ids   []event.RoomID
}

func newMade(seed uint64) *made {
	m := &made{world: newWorld(), Rand: rand.New(rand.NewPCG(seed, 9)), graph: space.New(0)}
	for i := range 2 + m.IntN(11) {
		id := fmt.Sprintf("!%c:x", 'A'+i)
		if m.IntN(3) == 0 {
			id = fmt.Sprintf("!%c", 'A'+i)
		}
		m.ids = append(m.ids, event.RoomID(id))
	}
	return m
}

func (m *made) id() event.RoomID { return m.ids[m.IntN(len(m.ids))] }

func (m *made) user() event.UserID { return event.UserID("@" + string(rune('a'+m.IntN(3)))) }

func (m *made) one(in int) bool { return m.IntN(in) == 0 }

func (m *made) order() string { return []string{"", "", "a", "B", "a ", "~"}[m.IntN(6)] }

// about makes up some of what a room may say.
func (m *made) about(n *space.Node, what int) {
	switch what {
	case 0:
		n.Space = !m.one(3)
	case 1:
		n.Joined = !m.one(5)
	case 2:
		n.Order = m.order()
	case 3:
		if n.Successor = ""; m.one(4) {
			n.Successor = m.id()
		}
	case 4:
		n.Children = m.children()
	case 5:
		n.Claims = nil
		for range m.IntN(3) {
			c := space.Claim{Parent: m.id(), Sender: m.user(), Canonical: m.one(2)}
			known := slices.ContainsFunc(n.Claims, func(o space.Claim) bool { return o.Parent == c.Parent })
			if !known {
				n.Claims = append(n.Claims, c)
			}
		}
	case 6:
		n.Keepers = nil
		for range m.IntN(3) {
			n.Keepers = append(n.Keepers, m.user())
		}
	case 7:
		n.Anyone = m.one(5)
	}
}

func (m *made) children() (children []space.Child) {
	ids := slices.Clone(m.ids)
	m.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	for _, id := range ids[:m.IntN(min(4, len(ids))+1)] {
		c := space.Child{ID: id, Order: m.order(), TS: int64(m.IntN(3)), Suggested: m.one(3)}
		children = append(children, c)
	}
	if m.one(9) {
		children = append(children, space.Child{ID: "#no:room"})
	}
	return children
}

// edit says one thing.
func (m *made) edit() {
	id := m.id()
	n, known := m.nodes[id]
	switch kind := m.IntN(10); {
	case !known || kind == 0:
		n = space.Node{ID: id}
		for what := range 8 {
			m.about(&n, what)
		}
	case kind == 1:
		delete(m.nodes, id)
		delete(m.counts, id)
		m.graph.Remove(id)
		return
	case kind < 5:
		m.counts[id] = m.count()
		m.graph.Count(id, m.counts[id])
		return
	default:
		m.about(&n, m.IntN(8))
	}
	if m.one(3) {
		m.counts[id] = m.count()
	}
	n.Count = m.counts[id]
	m.nodes[id] = n
	m.graph.Put(n)
}

func (m *made) count() space.Count {
	return space.Count{Rooms: 1, Unread: m.IntN(50), Highlights: m.IntN(3)}
}

// anew says all that is true to another graph, in another order.
func (m *made) anew() *space.Graph {
	g := space.New(0)
	for _, i := range m.Perm(len(m.ids)) {
		n, known := m.nodes[m.ids[i]]
		if !known {
			continue
		}
		n.Children = slices.Clone(n.Children)
		m.Shuffle(len(n.Children), func(i, j int) { n.Children[i], n.Children[j] = n.Children[j], n.Children[i] })
		n.Count = m.counts[n.ID]
		g.Put(n)
	}
	return g
}

// check compares all that a graph answers with the truth.
func check(t *testing.T, name string, g *space.Graph, ids []event.RoomID, want *truth) {
	t.Helper()
	equal(t, name+" spaces", g.Spaces(), want.spaces)
	for _, id := range ids {
		at := fmt.Sprintf("%s %s ", name, id)
		equal(t, at+"children", g.Children(id), want.children[id])
		equal(t, at+"parents", g.Parents(id), want.parents[id])
		equal(t, at+"subspaces", g.Subspaces(id), want.subspaces(id))
		equal(t, at+"below", g.Below(id), want.below[id])
		equal(t, at+"above", g.Above(id), want.above[id])
		canonical, found := g.Canonical(id)
		if canonical != want.canonical[id] || found != (canonical != "") {
			t.Fatalf("%s canonical %q %t, want %q", at, canonical, found, want.canonical[id])
		}
		if g.Sum(id) != want.sum[id] {
			t.Fatalf("%s sum %v, want %v", at, g.Sum(id), want.sum[id])
		}
	}
}

func equal[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// TestRandom (FEATURES D-21; H-1 to H-3): on any graph, after any changes in any order,
// the answers are those of the oracle, and what changed was said to have.
func TestRandom(t *testing.T) {
	for seed := range *seeds {
		m := newMade(uint64(seed))
		was := m.truth(m.ids)
		for range 12 {
			for range 1 + m.IntN(6) {
				m.edit()
			}
			name := fmt.Sprintf("seed %d", seed)
			want := m.truth(m.ids)
			if m.one(2) {
				check(t, name, m.graph, m.ids, want)
			}
			said := m.graph.Changed()
			check(t, name, m.graph, m.ids, want)
			check(t, name+" anew", m.anew(), m.ids, want)
			covers(t, name, said, was, want)
			quiet(t, name, m)
			was = want
		}
	}
}

// covers fails unless a change says all that differs, and of no room that is no space.
func covers(t *testing.T, name string, said space.Change, was, is *truth) {
	t.Helper()
	if said.Arranged == slices.Equal(was.spaces, is.spaces) {
		t.Fatalf("%s: arranged %t from %v to %v", name, said.Arranged, was.spaces, is.spaces)
	}
	for _, id := range said.Spaces {
		are := func(s space.Space) bool { return s.ID == id }
		if !slices.ContainsFunc(was.spaces, are) && !slices.ContainsFunc(is.spaces, are) {
			t.Fatalf("%s: %s changed and is no space", name, id)
		}
	}
	for id := range is.children {
		same := slices.Equal(was.children[id], is.children[id]) && slices.Equal(was.below[id], is.below[id])
		if same = same && was.sum[id] == is.sum[id]; !same && !slices.Contains(said.Spaces, id) {
			t.Fatalf("%s: %s changed and was not said to: %v", name, id, said.Spaces)
		}
	}
}

// quiet fails if to say once more what is true already changes anything.
func quiet(t *testing.T, name string, m *made) {
	t.Helper()
	for id, n := range m.nodes {
		n.Count = m.counts[id]
		m.graph.Put(n)
	}
	if said := m.graph.Changed(); said.Arranged || len(said.Spaces) > 0 {
		t.Fatalf("%s: nothing changed, and %v was said to", name, said)
	}
}
